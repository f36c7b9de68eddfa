/** Schedules as the editor offers them, and the cron text that each stands for; other text is kept as it is. */
import cronstrue from 'cronstrue'
import 'cronstrue/locales/zh_CN.min.js'
import type { TFunction } from 'i18next'
import type { Language } from '../electron/contract/words.ts'

export type Schedule =
  | { readonly kind: 'none' }
  | { readonly kind: 'daily'; readonly time: string }
  | { readonly kind: 'hourly'; readonly from: number; readonly to: number; readonly weekdays: boolean }
  | { readonly kind: 'weekly'; readonly time: string; readonly day: number }
  | { readonly kind: 'cron'; readonly text: string }
export type ScheduleKind = Schedule['kind']

const two = (value: string | number): string => String(value).padStart(2, '0')
const daily = /^(\d{1,2}) (\d{1,2}) \* \* \*$/
const weekly = /^(\d{1,2}) (\d{1,2}) \* \* ([0-6])$/
const hourly = /^0 (\d{1,2})-(\d{1,2}) \* \* (\*|1-5)$/

/** Recognises the presets in a cron text. */
export function readSchedule(cron: string | undefined): Schedule {
  if (cron === undefined) return { kind: 'none' }
  const text = cron.trim().replace(/\s+/g, ' ')
  const everyDay = daily.exec(text)
  if (everyDay !== null) return { kind: 'daily', time: `${two(everyDay[2] ?? '')}:${two(everyDay[1] ?? '')}` }
  const everyWeek = weekly.exec(text)
  if (everyWeek !== null)
    return { kind: 'weekly', time: `${two(everyWeek[2] ?? '')}:${two(everyWeek[1] ?? '')}`, day: Number(everyWeek[3]) }
  const everyHour = hourly.exec(text)
  if (everyHour !== null)
    return { kind: 'hourly', from: Number(everyHour[1]), to: Number(everyHour[2]), weekdays: everyHour[3] === '1-5' }
  return { kind: 'cron', text: cron }
}

function minuteHour(time: string): string {
  const [hour = '2', minute = '0'] = time.split(':')
  return `${Number(minute)} ${Number(hour)}`
}

/** The cron text; `undefined` means by hand only. */
export function writeSchedule(schedule: Schedule): string | undefined {
  switch (schedule.kind) {
    case 'none':
      return undefined
    case 'daily':
      return `${minuteHour(schedule.time)} * * *`
    case 'weekly':
      return `${minuteHour(schedule.time)} * * ${schedule.day}`
    case 'hourly':
      return `0 ${schedule.from}-${schedule.to} * * ${schedule.weekdays ? '1-5' : '*'}`
    case 'cron':
      return schedule.text
  }
}

/** What a kind starts with when it is chosen. */
export function presetSchedule(kind: ScheduleKind, cron: string | undefined): Schedule {
  switch (kind) {
    case 'none':
      return { kind }
    case 'daily':
      return { kind, time: '02:00' }
    case 'weekly':
      return { kind, time: '02:00', day: 0 }
    case 'hourly':
      return { kind, from: 9, to: 18, weekdays: true }
    case 'cron':
      return { kind, text: cron ?? '0 2 * * *' }
  }
}

/** A cron text said in words; `undefined` where it cannot be understood. */
function cronInWords(cron: string, language: Language): string | undefined {
  try {
    return cronstrue.toString(cron, {
      locale: language === 'zh-CN' ? 'zh_CN' : 'en',
      use24HourTimeFormat: true,
      verbose: true,
    })
  } catch {
    // cronstrue throws a string for text that is no cron: the caller says so in words.
    return undefined
  }
}

/** A week whose Sunday is day 0, as in cron. */
const SUNDAY = Date.UTC(2024, 0, 7, 12)
const DAY_MS = 86_400_000

/** The names of the week's days, Sunday first. */
export function weekdayNames(language: Language): readonly string[] {
  const names = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' })
  return Array.from({ length: 7 }, (_, day) => names.format(SUNDAY + day * DAY_MS))
}

/** A schedule in words; `undefined` where the cron text cannot be understood. */
export function scheduleInWords(cron: string | undefined, t: TFunction, language: Language): string | undefined {
  const schedule = readSchedule(cron)
  switch (schedule.kind) {
    case 'none':
      return t('jobs.schedule.none')
    case 'daily':
      return t('jobs.schedule.words.daily', { time: schedule.time })
    case 'weekly': {
      const day = weekdayNames(language)[schedule.day] ?? ''
      return t('jobs.schedule.words.weekly', { day, time: schedule.time })
    }
    case 'hourly': {
      const hours = { from: `${two(schedule.from)}:00`, to: `${two(schedule.to)}:00` }
      return t(schedule.weekdays ? 'jobs.schedule.words.hourlyWeekdays' : 'jobs.schedule.words.hourly', hours)
    }
    case 'cron':
      return cronInWords(schedule.text, language)
  }
}
