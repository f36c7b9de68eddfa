/** On which local days a schedule wanted a run: what the calendar of nights is drawn from. */
import type { Job } from '../../contract/job.ts'
import { localIso } from '../time.ts'
import { nextSlots, type Timetable } from './cron.ts'
import { timetables } from './timetables.ts'

/** Days that are over do not change: they are worked out once a day for each schedule. */
export class DueDays {
  readonly #past = new Map<string, ReadonlySet<string>>()

  /** Local days (`2026-01-05`) between `from` and `to`; a schedule that cannot be understood wants none. */
  of(schedule: Job['schedule'], from: Date, to: Date): ReadonlySet<string> {
    const today = new Date(to.getFullYear(), to.getMonth(), to.getDate())
    const key = JSON.stringify([timetables(schedule), dayOf(from), dayOf(today)])
    let past = this.#past.get(key)
    if (past === undefined) {
      past = daysBetween(schedule, from, today)
      // Yesterday's answers are of no more use; a few thousand jobs have as many.
      if (this.#past.size > 5_000) this.#past.clear()
      this.#past.set(key, past)
    }
    return new Set([...past, ...daysBetween(schedule, today, to)])
  }
}

function daysBetween(schedule: Job['schedule'], from: Date, to: Date): Set<string> {
  const days = new Set<string>()
  for (const timetable of timetables(schedule)) {
    // One look a day: a schedule of every minute would else be walked 120,000 times.
    for (let at = dueAfter(timetable, from); at !== undefined && at <= to; at = dueAfter(timetable, nextMidnight(at)))
      days.add(dayOf(at))
  }
  return days
}

/** The first due moment at or after `from`. */
function dueAfter(timetable: Timetable, from: Date): Date | undefined {
  try {
    return nextSlots(timetable, new Date(from.getTime() - 1), 1)[0]
  } catch {
    // Only a settings file edited by hand holds such a schedule; the scheduler names it in the log.
    return undefined
  }
}

function nextMidnight(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1)
}

function dayOf(date: Date): string {
  return localIso(date).slice(0, 10)
}
