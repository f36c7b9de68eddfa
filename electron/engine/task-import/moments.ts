/** The dates, times of day, time zones and durations that a Task Scheduler task is written in. */

/** A wall-clock time, as it was written. */
export interface Boundary {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  /** `Z`, or `+08:00`; undefined where the computer's own time is meant. */
  readonly offset: string | undefined
}

/** `2024-01-01T23:30:00+08:00`; undefined where it is no date. Seconds are dropped: a schedule has none. */
export function boundaryOf(text: string | undefined): Boundary | undefined {
  const parts = /^\s*(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d(?:\.\d{1,9})?)?)?\s*(Z|[+-]\d\d:\d\d)?\s*$/.exec(
    text ?? '',
  )
  if (parts === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts.slice(1, 6).map(numberOf)
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute))
  // 31 February and 25:00 would roll over into another day.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || date.getUTCHours() !== hour) return undefined
  return minute > 59 ? undefined : { year, month, day, hour, minute, offset: parts[6] }
}

/** Of a part of a pattern, which may not be there. */
function numberOf(part: string | undefined): number {
  return part === undefined ? 0 : Number(part)
}

/** 0 is Sunday. */
export function weekdayOf({ year, month, day }: Boundary): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay()
}

/** The moment it stands for; a time without an offset is this computer's. */
export function momentOf({ year, month, day, hour, minute, offset }: Boundary): Date {
  if (offset === undefined) return new Date(year, month - 1, day, hour, minute)
  return new Date(Date.UTC(year, month - 1, day, hour, minute) - minutesOfOffset(offset) * 60_000)
}

function minutesOfOffset(offset: string): number {
  if (offset === 'Z') return 0
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

/** For people: as it was written, without seconds. */
export function boundaryInWords(boundary: Boundary): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const { year, month, day, hour, minute, offset = '' } = boundary
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}${offset}`
}

/**
 * The zone that has this fixed offset all year: `UTC`, `Etc/GMT-8` (whose sign is the other way round). Undefined where the computer's own
 * clock says the same, and for parts of an hour, which no fixed zone has: the offset then is only told.
 */
export function zoneOf(offset: string | undefined, now: Date): string | undefined {
  if (offset === undefined) return undefined
  const minutes = minutesOfOffset(offset)
  const here = [0, 6].map((month) => -new Date(now.getFullYear(), month, 15).getTimezoneOffset())
  if (offset !== 'Z' && here.every((own) => own === minutes)) return undefined
  if (minutes === 0) return 'UTC'
  const hours = minutes / 60
  if (!Number.isInteger(hours) || hours > 14 || hours < -12) return undefined
  return `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`
}

/** Minutes of `PT4H`, `P1D`, `PT1H30M`; seconds are rounded up, months are 30 days. Undefined where it is no duration. */
export function minutesOf(duration: string | undefined): number | undefined {
  const pattern =
    /^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})(?:\.\d+)?S)?)?$/
  const parts = pattern.exec((duration ?? '').trim())
  if (parts === null || duration?.trim() === 'P') return undefined
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map(numberOf)
  return ((years * 365 + months * 30 + weeks * 7 + days) * 24 + hours) * 60 + minutes + Math.ceil(seconds / 60)
}
