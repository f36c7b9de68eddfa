/** A job's schedule as timetables, one for each type of backup that it wants by the clock, and what they lead to next. */
import { scheduledTypes, type ScheduledType } from '../../contract/schedule.ts'
import type { Job } from '../../contract/job.ts'
import { localIso } from '../time.ts'
import { nextSlots, type Timetable } from './cron.ts'

/** In the order in which they go first where they fall due together. */
export function timetables(schedule: Job['schedule']): readonly (Timetable & { readonly type: ScheduledType })[] {
  return scheduledTypes.flatMap((type) => {
    const cron = schedule[type]
    return cron === undefined ? [] : [{ type, cron, zone: schedule.zone }]
  })
}

/** The next runs of all types together, soonest first. @throws BackupError invalid-input */
export function previewRuns(
  schedule: Job['schedule'],
  after: Date,
  count: number,
): { readonly type: ScheduledType; readonly at: string }[] {
  return timetables(schedule)
    .flatMap((timetable) => nextSlots(timetable, after, count).map((date) => ({ type: timetable.type, date })))
    .sort((a, b) => a.date.getTime() - b.date.getTime())
    .slice(0, count)
    .map(({ type, date }) => ({ type, at: localIso(date) }))
}

/** The soonest slot after `after`; undefined where there is no schedule, or one that cannot be understood (a file edited by hand). */
export function nextDue(schedule: Job['schedule'], after: Date): Date | undefined {
  try {
    const slots = timetables(schedule).flatMap((timetable) => nextSlots(timetable, after, 1))
    return slots.toSorted((a, b) => a.getTime() - b.getTime())[0]
  } catch {
    // The scheduler names it in the log; the light shows a job without a next run.
    return undefined
  }
}
