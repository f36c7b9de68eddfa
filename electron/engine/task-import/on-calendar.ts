/** systemd's calendar expressions (`Mon..Fri 02:00`, `*-*-01 04:00`, `daily`) as cron strings. */
import { field } from './cron-fields.ts'
import { isUsable } from './usable.ts'

/** Source: systemd.time(7), "Calendar Events". */
const SHORTHANDS: Readonly<Record<string, string>> = {
  minutely: '* * * * *',
  hourly: '0 * * * *',
  daily: '0 0 * * *',
  monthly: '0 0 1 * *',
  weekly: '0 0 * * 1',
  yearly: '0 0 1 1 *',
  annually: '0 0 1 1 *',
  quarterly: '0 0 1 1,4,7,10 *',
  semiannually: '0 0 1 1,7 *',
}
/** In systemd's order, so that `Sat..Mon` runs on over the end of the week. */
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

export interface Calendar {
  readonly cron: string
  readonly zone: string | undefined
}

/** Undefined where no cron string says the same. */
export function cronOfCalendar(text: string): Calendar | undefined {
  const words = text.trim().split(/\s+/)
  const zone = words.length > 1 && /^(UTC|[A-Z]\w+\/[\w+/-]+)$/.test(words.at(-1) ?? '') ? words.pop() : undefined
  const short = words.length === 1 ? SHORTHANDS[(words[0] ?? '').toLowerCase()] : undefined
  const cron = short ?? fieldsOf(words)
  return cron !== undefined && isUsable({ full: cron, ...(zone === undefined ? {} : { zone }) })
    ? { cron, zone }
    : undefined
}

function fieldsOf(words: readonly string[]): string | undefined {
  const rest = [...words]
  const shifted = (pattern: RegExp): string | undefined => (pattern.test(rest[0] ?? '') ? rest.shift() : undefined)
  const weekdays = weekdaysOf(shifted(/^[a-z]{3}/i))
  const date = dateOf(shifted(/^[\d*,./]+[-~]/))
  const time = rest.length > 1 ? undefined : timeOf(rest[0] ?? '00:00')
  const days = weekdays === undefined || date === undefined ? undefined : daysOf(date, weekdays)
  return time === undefined || days === undefined ? undefined : `${time} ${days}`
}

function daysOf({ day, month }: { day: string; month: string }, weekdays: string): string | undefined {
  if (weekdays === '*' || day === '*') return `${day} ${month} ${weekdays}`
  // Both must fit in systemd, either in cron: only the n-th weekday of a month can be said.
  const week = new Map([
    ['1-7', 1],
    ['8-14', 2],
    ['15-21', 3],
    ['22-28', 4],
  ]).get(day)
  return week === undefined || !/^\d$/.test(weekdays) ? undefined : `* ${month} ${weekdays}#${week}`
}

function weekdaysOf(text: string | undefined): string | undefined {
  if (text === undefined) return '*'
  const days = new Set<number>()
  for (const part of text.replace(/,$/, '').split(',')) {
    const [from = '', to = from] = part.split(/\.\.|-/)
    const first = WEEKDAYS.indexOf(from.slice(0, 3).toLowerCase())
    const last = WEEKDAYS.indexOf(to.slice(0, 3).toLowerCase())
    if (first === -1 || last === -1) return undefined
    for (let day = first; ; day = (day + 1) % 7) {
      days.add((day + 1) % 7)
      if (day === last) break
    }
  }
  return field(days, 0, 6)
}

function dateOf(text: string | undefined): { day: string; month: string } | undefined {
  if (text === undefined) return { day: '*', month: '*' }
  const last = /^(?:\*-)?([\d*,./]+)~0*1$/.exec(text)
  const parts = text.split('-')
  if (last?.[1] !== undefined) return both('L', valuesOf(last[1], 1, 12))
  const [day = '', month = '', year = '*'] = parts.reverse()
  return year !== '*' || parts.length > 3 || text.includes('~')
    ? undefined
    : both(valuesOf(day, 1, 31), valuesOf(month, 1, 12))
}

function both(day: string | undefined, month: string | undefined): { day: string; month: string } | undefined {
  return day === undefined || month === undefined ? undefined : { day, month }
}

/** Seconds are dropped, where they are one number. */
function timeOf(text: string): string | undefined {
  const [hour = '', minute = '', second = '0', ...more] = text.split(':')
  if (more.length > 0 || !/^\d{1,2}(\.\d+)?$/.test(second) || minute === '') return undefined
  const [minutes, hours] = [valuesOf(minute, 0, 59), valuesOf(hour, 0, 23)]
  return minutes === undefined || hours === undefined ? undefined : `${minutes} ${hours}`
}

/** `*`, `1,3`, `1..5`, `0/15`. */
function valuesOf(text: string, from: number, to: number): string | undefined {
  const ranges = text.split(',').map((part) => rangeOf(part, from, to))
  const values = ranges.flatMap((range) => range ?? [])
  return ranges.includes(undefined) || values.length === 0 ? undefined : field(values, from, to)
}

function rangeOf(part: string, from: number, to: number): number[] | undefined {
  const found = /^(\*|\d{1,2})(?:\.\.(\d{1,2}))?(?:\/(\d{1,2}))?$/.exec(part)
  if (found === null) return undefined
  const [, start = '', end, every] = found
  const first = start === '*' ? from : Number(start)
  // With a step, and for all, it goes on to the end.
  const isOpen = every !== undefined || start === '*'
  const last = end === undefined ? (isOpen ? to : first) : Number(end)
  const step = Number(every ?? 1)
  if (first < from || last > to || step < 1) return undefined
  return Array.from({ length: Math.max(0, Math.floor((last - first) / step) + 1) }, (_, at) => first + at * step)
}
