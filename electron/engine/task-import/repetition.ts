/** Repetitions of a trigger (every so many minutes, within a window or for ever) as one cron string, where one can say the same. */
import type { Detail } from '../../contract/error.ts'
import type { TaskReasonCode } from '../../contract/task-notes.ts'
import { timesOfDay } from './cron-fields.ts'
import { weekdayOf, type Boundary } from './moments.ts'

const DAY = 24 * 60

export interface Repetition {
  readonly interval: number
  /** Undefined: for ever. */
  readonly duration: number | undefined
}

export type Mapped = { readonly cron: readonly string[] } | { readonly reason: TaskReasonCode; readonly detail: Detail }

/** A trigger that starts once and then repeats for ever. */
export function forEver(start: Boundary, interval: number): Mapped {
  if (interval > 0 && interval % DAY === 0) {
    const days = interval / DAY
    if (days === 1) return { cron: [`${start.minute} ${start.hour} * * *`] }
    if (days === 7) return { cron: [`${start.minute} ${start.hour} * * ${weekdayOf(start)}`] }
    return { reason: 'every-n-days', detail: { n: days } }
  }
  const first = (start.hour * 60 + start.minute) % (interval || 1)
  const times = interval > 0 && DAY % interval === 0 ? timesOfDay(steps(first, interval, DAY)) : undefined
  return times === undefined
    ? { reason: 'interval-uneven', detail: { minutes: interval } }
    : { cron: [`${times} * * *`] }
}

/**
 * A trigger of the calendar that repeats on each of its days.
 * @param days day of month, month and weekday of a cron string, as often as it takes
 */
export function onDays(start: Boundary, days: readonly string[], repetition: Repetition | undefined): Mapped {
  const first = start.hour * 60 + start.minute
  if (repetition === undefined) return { cron: days.map((day) => `${start.minute} ${start.hour} ${day}`) }
  const { interval, duration = DAY } = repetition
  const isDaily = days.length === 1 && days[0] === '* * *'
  if (isDaily && duration >= DAY) return forEver(start, interval)
  const end = first + duration
  const window = `${clock(first)}–${clock(end)}, ${interval} min`
  // On other days it would run on into days that are not its own.
  if (interval < 1 || (end > DAY && !isDaily)) return { reason: 'window-uneven', detail: { window } }
  const times = timesOfDay(steps(first, interval, end).map((time) => time % DAY))
  if (times === undefined) return { reason: 'window-uneven', detail: { window } }
  return { cron: days.map((day) => `${times} ${day}`) }
}

function steps(first: number, interval: number, end: number): number[] {
  const times: number[] = []
  for (let time = first; time < end && times.length < DAY; time += interval) times.push(time)
  return times
}

function clock(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`
}
