/** The fields of a cron string, and the wall-clock minutes that they name. */
import cronParser from 'cron-parser'
import type { Detail } from '../../contract/error.ts'
import { phrase } from '../../contract/phrases.ts'
import { BackupError } from '../errors.ts'
import type { Wall } from './wall-time.ts'

export interface CronFields {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  /** By what passes and not by the clock: the hour is `*` or a step of it. Source: Vixie cron. */
  readonly isEveryHour: boolean
  /** @param day its midnight */
  readonly isDay: (day: Wall) => boolean
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** 29 February on a given weekday comes every 28 years, and once after 40 (2100 is no leap year). */
const MOST_DAYS = 41 * 366
const ALL_DAYS = 31
/** Sunday is 0 and 7. */
const ALL_WEEKDAYS = 8

const known = new Map<string, CronFields>()

/** @throws BackupError invalid-input for what is not a five-field cron string, in words that name it */
export function fieldsOf(cron: string): CronFields {
  let fields = known.get(cron)
  if (fields === undefined) {
    fields = parsed(cron.trim(), cron)
    if (known.size > 1_000) known.clear()
    known.set(cron, fields)
  }
  return fields
}

export function refusedCron(cron: string, problem: Detail, cause?: unknown): BackupError {
  return new BackupError('invalid-input', { reason: phrase('bad-schedule'), schedule: cron, ...problem }, { cause })
}

function parsed(text: string, cron: string): CronFields {
  const parts = text.split(/\s+/)
  const isMacro = parts.length === 1 && text.startsWith('@')
  // Six fields would be seconds: nobody backs up every second, and a crontab pasted with its user field would be misread.
  if (parts.length !== 5 && !isMacro) throw refusedCron(cron, { problem: phrase('five-fields') })
  try {
    const { minute, hour, dayOfMonth, month, dayOfWeek } = cronParser.parseExpression(text, { utc: true }).fields
    const days = { dayOfMonth, month, dayOfWeek, nth: Number(/#([1-5])$/.exec(text)?.[1] ?? 0) }
    return {
      minutes: minute,
      hours: hour,
      isEveryHour: hour.length === 24 || parts[1]?.startsWith('*') === true,
      isDay: (day) => isDay(day, days),
    }
  } catch (error) {
    // 31 February: each field by itself is right.
    const isNoDay = /Invalid explicit day of month/.test(String(error))
    throw refusedCron(cron, { problem: phrase(isNoDay ? 'never-due' : 'schedule-not-understood') }, error)
  }
}

interface Days {
  /** Numbers, and `L` for the last. */
  readonly dayOfMonth: readonly (number | string)[]
  readonly month: readonly number[]
  /** Numbers, and `5L` for the last Friday of the month. */
  readonly dayOfWeek: readonly (number | string)[]
  /** The how-manieth of its weekday in the month; 0 is any. */
  readonly nth: number
}

/** Day of month and weekday: where both are restricted, one of them is enough. Source: crontab(5). */
function isDay(day: Wall, { dayOfMonth, month, dayOfWeek, nth }: Days): boolean {
  const date = new Date(day)
  const dayNumber = date.getUTCDate()
  if (!month.includes(date.getUTCMonth() + 1)) return false
  const weekday = date.getUTCDay()
  if (nth > 0 && Math.ceil(dayNumber / 7) !== nth) return false
  const isLast = new Date(day + DAY).getUTCDate() === 1
  const isLastOfWeekday = new Date(day + 7 * DAY).getUTCDate() <= 7
  const fitsMonth = dayOfMonth.includes(dayNumber) || (isLast && dayOfMonth.includes('L'))
  const fitsWeek = dayOfWeek.some((one) =>
    typeof one === 'number' ? one % 7 === weekday : Number.parseInt(one, 10) % 7 === weekday && isLastOfWeekday,
  )
  const isAnyDay = dayOfMonth.length >= ALL_DAYS
  const isAnyWeekday = dayOfWeek.length >= ALL_WEEKDAYS - 1 && dayOfWeek.every((one) => typeof one === 'number')
  if (isAnyDay) return fitsWeek
  return isAnyWeekday ? fitsMonth : fitsMonth || fitsWeek
}

/** All wall-clock minutes from `from` on, itself included: later ones soonest first, or earlier ones latest first. */
export function* walls(cron: string, from: Wall, direction: 1 | -1): Generator<Wall, void, undefined> {
  const { minutes, hours, isDay: fits } = fieldsOf(cron)
  const times = hours
    .flatMap((hour) => minutes.map((minute) => hour * HOUR + minute * MINUTE))
    .sort((a, b) => (a - b) * direction)
  const first = Math.floor(from / DAY) * DAY
  let empty = 0
  for (let day = first; empty < MOST_DAYS; day += DAY * direction) {
    if (!fits(day)) {
      empty += 1
      continue
    }
    empty = 0
    for (const time of times) if ((day + time - from) * direction >= 0) yield day + time
  }
}
