/** Triggers of the Windows Task Scheduler as cron strings, each with the reason where no cron string says the same. */
import type { Detail } from '../../contract/error.ts'
import type { ImportedTrigger } from '../../contract/task-import.ts'
import type { TaskReasonCode } from '../../contract/task-notes.ts'
import { field } from './cron-fields.ts'
import { boundaryInWords, boundaryOf, minutesOf, momentOf, weekdayOf, zoneOf, type Boundary } from './moments.ts'
import { forEver, onDays, type Mapped, type Repetition } from './repetition.ts'
import { isUsable } from './usable.ts'
import { child, textAt, type XmlNode } from './xml.ts'

export interface ReadTrigger extends ImportedTrigger {
  /** Values of the reason's words. */
  readonly detail: Detail
  /** When it stops by itself, and whether it has. */
  readonly end: { readonly at: string; readonly isPast: boolean } | undefined
  readonly timeoutMinutes: number | undefined
}

/** Source: the elements of the type triggersType in Microsoft's Task Scheduler schema. */
const WITHOUT_CLOCK: Readonly<Record<string, TaskReasonCode>> = {
  BootTrigger: 'trigger-boot',
  LogonTrigger: 'trigger-logon',
  IdleTrigger: 'trigger-idle',
  EventTrigger: 'trigger-event',
  WnfStateChangeTrigger: 'trigger-event',
  SessionStateChangeTrigger: 'trigger-session',
  RegistrationTrigger: 'trigger-registration',
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
]

export function readTrigger(node: XmlNode, now: Date): ReadTrigger {
  const start = boundaryOf(textAt(node, 'StartBoundary'))
  const end = boundaryOf(textAt(node, 'EndBoundary'))
  const mapped = dueOf(map(node, start))
  const zone = zoneOf(start?.offset, now)
  return {
    what: node.name,
    enabled: !isFalse(textAt(node, 'Enabled')),
    ...('cron' in mapped ? { cron: [...mapped.cron], detail: {} } : { cron: [], ...mapped }),
    ...(zone === undefined || !('cron' in mapped) ? {} : { zone }),
    ...(start?.offset === undefined ? {} : { offset: start.offset }),
    end: end === undefined ? undefined : { at: boundaryInWords(end), isPast: momentOf(end) <= now },
    timeoutMinutes: minutesOf(textAt(node, 'ExecutionTimeLimit')) || undefined,
  }
}

/** 30 February never comes. */
function dueOf(mapped: Mapped): Mapped {
  if (!('cron' in mapped) || mapped.cron.every((full) => isUsable({ full }))) return mapped
  return { reason: 'not-a-date', detail: {} }
}

export function isFalse(text: string | undefined): boolean {
  return text !== undefined && /^(false|0)$/i.test(text)
}

function map(node: XmlNode, start: Boundary | undefined): Mapped {
  const reason = WITHOUT_CLOCK[node.name]
  if (reason !== undefined) return { reason, detail: {} }
  if (node.name !== 'CalendarTrigger' && node.name !== 'TimeTrigger')
    return { reason: 'trigger-unknown', detail: { kind: node.name } }
  if (start === undefined) return { reason: 'trigger-incomplete', detail: {} }
  const repetition = repetitionOf(node)
  if (node.name === 'CalendarTrigger') return onCalendar(node, start, repetition)
  // One that repeats within a window runs on one day only.
  return repetition === undefined || repetition.duration !== undefined
    ? { reason: 'one-time', detail: { at: boundaryInWords(start) } }
    : forEver(start, repetition.interval)
}

function repetitionOf(node: XmlNode): Repetition | undefined {
  const interval = minutesOf(textAt(node, 'Repetition', 'Interval'))
  return interval === undefined ? undefined : { interval, duration: minutesOf(textAt(node, 'Repetition', 'Duration')) }
}

function onCalendar(node: XmlNode, start: Boundary, repetition: Repetition | undefined): Mapped {
  const days =
    byDay(child(node, 'ScheduleByDay'), start) ??
    byWeek(child(node, 'ScheduleByWeek'), start) ??
    byMonth(child(node, 'ScheduleByMonth')) ??
    byWeekOfMonth(child(node, 'ScheduleByMonthDayOfWeek'))
  if (days === undefined) return { reason: 'trigger-incomplete', detail: {} }
  return 'cron' in days ? onDays(start, days.cron, repetition) : days
}

/** In these, `cron` is the last three fields of each cron string. */
function byDay(node: XmlNode | undefined, start: Boundary): Mapped | undefined {
  if (node === undefined) return undefined
  const n = Number(textAt(node, 'DaysInterval') ?? 1)
  if (n === 1) return { cron: ['* * *'] }
  if (n === 7) return { cron: [`* * ${weekdayOf(start)}`] }
  return { reason: Number.isInteger(n) && n > 0 ? 'every-n-days' : 'trigger-incomplete', detail: { n } }
}

function byWeek(node: XmlNode | undefined, start: Boundary): Mapped | undefined {
  if (node === undefined) return undefined
  const n = Number(textAt(node, 'WeeksInterval') ?? 1)
  if (n !== 1) return { reason: Number.isInteger(n) && n > 0 ? 'every-n-weeks' : 'trigger-incomplete', detail: { n } }
  const days = weekdaysIn(node)
  return { cron: [`* * ${field(days.length === 0 ? [weekdayOf(start)] : days, 0, 6)}`] }
}

function byMonth(node: XmlNode | undefined): Mapped | undefined {
  if (node === undefined) return undefined
  const days = children(node, 'DaysOfMonth', 'Day')
  const numbers = days.map(Number).filter((day) => Number.isInteger(day) && day >= 1 && day <= 31)
  const parts = [...(numbers.length === 0 ? [] : [field(numbers, 1, 31)]), ...(days.some(isLast) ? ['L'] : [])]
  if (parts.length === 0) return { reason: 'trigger-incomplete', detail: {} }
  return { cron: [`${parts[0] === '*' ? '*' : parts.join(',')} ${monthsIn(node)} *`] }
}

function byWeekOfMonth(node: XmlNode | undefined): Mapped | undefined {
  if (node === undefined) return undefined
  const days = weekdaysIn(node)
  const weeks = children(node, 'Weeks', 'Week')
  const numbers = [...new Set(weeks.map(Number))]
    .filter((week) => Number.isInteger(week) && week >= 1 && week <= 4)
    .sort()
  const months = monthsIn(node)
  if (days.length === 0 || (numbers.length === 0 && !weeks.some(isLast)))
    return { reason: 'trigger-incomplete', detail: {} }
  // The first four weeks and the last are every week.
  if (numbers.length === 4 && weeks.some(isLast)) return { cron: [`* ${months} ${field(days, 0, 6)}`] }
  // One cron string takes one `#`; of last weekdays it takes a list.
  const nth = numbers.flatMap((week) => days.map((day) => `* ${months} ${day}#${week}`))
  return { cron: weeks.some(isLast) ? [...nth, `* ${months} ${days.map((day) => `${day}L`).join(',')}`] : nth }
}

function isLast(text: string): boolean {
  return text.toLowerCase() === 'last'
}

function weekdaysIn(node: XmlNode): number[] {
  const names = child(node, 'DaysOfWeek')?.children.map(({ name }) => WEEKDAYS.indexOf(name)) ?? []
  return [...new Set(names.filter((day) => day >= 0))].sort()
}

function monthsIn(node: XmlNode): string {
  const months = child(node, 'Months')?.children.map(({ name }) => MONTHS.indexOf(name) + 1) ?? []
  const known = months.filter((month) => month > 0)
  return known.length === 0 ? '*' : field(known, 1, 12)
}

function children(node: XmlNode, list: string, name: string): string[] {
  return (child(node, list)?.children ?? []).filter((one) => one.name === name).map(({ text }) => text.trim())
}
