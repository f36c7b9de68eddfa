/** Dates, sizes, ages and durations as a person reads them, in the language of the window; made by Intl throughout. */
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Language } from '../electron/contract/words.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const sizeUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const

type Instant = string | number | Date

function day(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

export interface Format {
  readonly language: Language
  number(value: number): string
  percent(fraction: number): string
  /** Bytes with three digits at most: "418 MB". Decimal units, as disks are sold. */
  size(bytes: number): string
  rate(bytesPerSecond: number): string
  /** "3 hours ago". */
  age(at: Instant, now: number): string
  /** "in 55 minutes", "tomorrow". */
  until(at: Instant, now: number): string
  /** "4 min 12 s". */
  duration(seconds: number): string
  /** "02:00". */
  time(at: Instant): string
  /** "02:00:31". */
  timeWithSeconds(at: Instant): string
  /** "Thu, 19 Nov". */
  date(at: Instant): string
  /** "today 02:00", "yesterday 02:00", else with the date. */
  moment(at: Instant, now: number): string
  /** "Today, Thu 19 Nov". */
  dayHeading(at: Instant, now: number): string
  month(at: Instant): string
  /** Of `['a', 'b']`: "a and b". */
  list(words: readonly string[]): string
  /** Of `['a', 'b']`: "a, b"; empty ones are left out. */
  beside(...words: readonly string[]): string
  /** "Mon"; Monday is 0. */
  weekday(day: number): string
}

function sizeFormatter(language: Language): (bytes: number) => string {
  const formatters = sizeUnits.map(
    (unit) =>
      new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumSignificantDigits: 3 }),
  )
  return (bytes) => {
    const power = bytes < 1000 ? 0 : Math.min(sizeUnits.length - 1, Math.floor(Math.log10(bytes) / 3))
    return formatters[power]?.format(bytes / 1000 ** power).replace(/\bbyte$/, 'bytes') ?? ''
  }
}

function relativeFormatter(language: Language): (seconds: number) => string {
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  return (seconds) => {
    const size = Math.abs(seconds)
    if (size < MINUTE) return words.format(0, 'second')
    if (size < HOUR) return words.format(Math.trunc(seconds / MINUTE), 'minute')
    // Hours up to two days: "30 hours ago" says more than "yesterday" where a promise is 24 hours.
    if (size < 2 * DAY) return words.format(Math.trunc(seconds / HOUR), 'hour')
    return words.format(Math.trunc(seconds / DAY), 'day')
  }
}

function durationFormatter(language: Language): (seconds: number) => string {
  const unit = (name: string) => new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' })
  const [seconds, minutes, hours, days] = [unit('second'), unit('minute'), unit('hour'), unit('day')]
  const tenths = new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'second',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  })
  const pair = (large: string, small: string, rest: number) => (rest === 0 ? large : `${large} ${small}`)
  return (value) => {
    if (value < 10) return tenths.format(value)
    const whole = Math.round(value)
    if (whole < MINUTE) return seconds.format(whole)
    if (whole < HOUR)
      return pair(minutes.format(Math.floor(whole / MINUTE)), seconds.format(whole % MINUTE), whole % MINUTE)
    const inMinutes = Math.round(whole / MINUTE)
    if (whole < 2 * DAY)
      return pair(hours.format(Math.floor(inMinutes / 60)), minutes.format(inMinutes % 60), inMinutes % 60)
    const inHours = Math.round(whole / HOUR)
    return pair(days.format(Math.floor(inHours / 24)), hours.format(inHours % 24), inHours % 24)
  }
}

/** Chinese typography sets digits apart from words, as the mock-ups do: 4 分钟前. */
function spaced(text: string): string {
  return text.replace(/(\d)(?=\p{Script=Han})/gu, '$1 ').replace(/(\p{Script=Han})(?=\d|周)/gu, '$1 ')
}

/** Exported for tests; pages take `useFormat()`. */
export function createFormat(language: Language): Format {
  const space = language === 'zh-CN' ? spaced : (text: string) => text
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, options)
    return (at: Instant) => space(formatter.format(new Date(at)))
  }
  const numbers = new Intl.NumberFormat(language)
  const percents = new Intl.NumberFormat(language, { style: 'percent' })
  const comma = language === 'en' ? ', ' : '，'
  const weekdays = new Intl.DateTimeFormat(language, { weekday: language === 'en' ? 'short' : 'narrow' })
  const lists = new Intl.ListFormat(language, { type: 'conjunction' })
  const days = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const size = sizeFormatter(language)
  const relativeWords = relativeFormatter(language)
  const relative = (seconds: number) => space(relativeWords(seconds))
  const durationWords = durationFormatter(language)
  const time = dates(clock)
  const date = dates({ weekday: 'short', day: 'numeric', month: 'short' })
  const dayAway = (at: Instant, now: number) => Math.round((day(new Date(at)) - day(new Date(now))) / (DAY * 1000))
  const nearDay = (at: Instant, now: number): string | undefined => {
    const away = dayAway(at, now)
    return Math.abs(away) <= 1 ? days.format(away, 'day') : undefined
  }
  return {
    language,
    number: (value) => numbers.format(value),
    percent: (fraction) => percents.format(fraction),
    size,
    rate: (bytesPerSecond) => `${size(bytesPerSecond)}/s`,
    age: (at, now) => relative(Math.min(0, (new Date(at).getTime() - now) / 1000)),
    until: (at, now) => relative(Math.max(0, (new Date(at).getTime() - now) / 1000)),
    duration: (seconds) => space(durationWords(seconds)),
    time,
    timeWithSeconds: dates({ ...clock, second: '2-digit' }),
    date,
    moment: (at, now) => `${nearDay(at, now) ?? date(at)} ${time(at)}`,
    dayHeading: (at, now) => {
      const near = nearDay(at, now)
      if (near === undefined) return date(at)
      return `${near.charAt(0).toLocaleUpperCase(language)}${near.slice(1)}${comma}${date(at)}`
    },
    month: dates({ month: 'short' }),
    // Intl's Chinese "和" stands unspaced beside Latin names.
    list: (words) => (language === 'zh-CN' ? words.join('、') : lists.format(words)),
    beside: (...words) => words.filter((word) => word !== '').join(comma),
    // 1 January 2024 was a Monday.
    weekday: (at) => weekdays.format(new Date(2024, 0, 1 + at)),
  }
}

export function useFormat(): Format {
  const { i18n } = useTranslation()
  return useMemo(() => createFormat(i18n.language === 'zh-CN' ? 'zh-CN' : 'en'), [i18n.language])
}
