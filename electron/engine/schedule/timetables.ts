/** A job's schedule as timetables, one for each type of backup that it wants by the clock, and what they lead to next. */
import { scheduledTypes, type ScheduledType } from '../../contract/schedule.ts'
import type { Job } from '../../contract/job.ts'
import { localIso } from '../time.ts'
import { slotsAfter, type Timetable } from './cron.ts'
import { quietEnd } from './quiet.ts'

const DAY = 24 * 60 * 60 * 1000

/** In the order in which they go first where they fall due together. */
export function timetables(schedule: Job['schedule']): readonly (Timetable & { readonly type: ScheduledType })[] {
  return scheduledTypes.flatMap((type) => {
    const cron = schedule[type]
    return cron === undefined ? [] : [{ type, cron, zone: schedule.zone }]
  })
}

/** The next runs of all types together, soonest first: what falls due in quiet hours begins at their end. @throws BackupError invalid-input */
export function previewRuns(
  schedule: Job['schedule'],
  after: Date,
  count: number,
): { readonly type: ScheduledType; readonly at: string }[] {
  return timetables(schedule)
    .flatMap((timetable) =>
      beginnings(timetable, schedule.quiet, after, count).map((date) => ({ type: timetable.type, date })),
    )
    .sort((a, b) => a.date.getTime() - b.date.getTime())
    .slice(0, count)
    .map(({ type, date }) => ({ type, at: localIso(date) }))
}

/** When the next run begins after `after`; undefined where there is no schedule, or one that cannot be understood (a file edited by hand). */
export function nextDue(schedule: Job['schedule'], after: Date): Date | undefined {
  try {
    const next = timetables(schedule).flatMap((timetable) => beginnings(timetable, schedule.quiet, after, 1))
    return next.toSorted((a, b) => a.getTime() - b.getTime())[0]
  } catch {
    // The scheduler names it in the log; the light shows a job without a next run.
    return undefined
  }
}

function beginnings(timetable: Timetable, quiet: Job['schedule']['quiet'], after: Date, count: number): Date[] {
  const { zone } = timetable
  // What fell due in the quiet hours that last begins when they end.
  const from = quietEnd(quiet, after, zone) === undefined ? after.getTime() : after.getTime() - DAY
  const begun = new Set<number>()
  for (const slot of slotsAfter(timetable, new Date(from))) {
    const begins = quietEnd(quiet, slot, zone) ?? slot
    if (begins > after) begun.add(begins.getTime())
    if (begun.size >= count) break
  }
  return [...begun].map((time) => new Date(time))
}
