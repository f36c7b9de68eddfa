/** Schedules as cron strings: which are valid, and when they next fall due in local time. */
import type { Detail } from '../contract/error.ts'
import { phrase } from '../contract/phrases.ts'
import cronParser from 'cron-parser'
import type { BackupType, Job } from '../contract/job.ts'
import { BackupError } from '../engine/errors.ts'
import { localIso } from '../engine/time.ts'

/** Throws `invalid-input` for what is not a five-field cron string, in words that name the string. */
export function checkCron(expression: string): void {
  nextRuns(expression, new Date(0), 1)
}

/** The next `count` moments after `after`, in this machine's zone. */
export function nextRuns(expression: string, after: Date, count: number): Date[] {
  const fields = expression.trim().split(/\s+/)
  const isMacro = fields.length === 1 && fields[0]?.startsWith('@') === true
  // Six fields would be seconds: nobody backs up every second, and a crontab pasted with its user field would be misread.
  if (fields.length !== 5 && !isMacro) throw refused(expression, { problem: phrase('five-fields') })
  try {
    const interval = cronParser.parseExpression(expression.trim(), { currentDate: after })
    return Array.from({ length: count }, () => interval.next().toDate())
  } catch (error) {
    throw refused(expression, { problem: phrase('schedule-not-understood') }, error)
  }
}

/** The next runs of both types together, soonest first. */
export function previewRuns(
  schedule: Job['schedule'],
  after: Date,
  count: number,
): { readonly type: BackupType; readonly at: string }[] {
  const types = ['full', 'incremental'] as const
  return types
    .flatMap((type) => {
      const expression = schedule[type]
      return expression === undefined ? [] : nextRuns(expression, after, count).map((date) => ({ type, date }))
    })
    .sort((a, b) => a.date.getTime() - b.date.getTime())
    .slice(0, count)
    .map(({ type, date }) => ({ type, at: localIso(date) }))
}

/** The soonest next run; undefined where there is no schedule, or one that cannot be understood (a file edited by hand). */
export function nextRunOf(schedule: Job['schedule'], after: Date): string | undefined {
  try {
    return previewRuns(schedule, after, 1)[0]?.at
  } catch {
    // The scheduler names it in the log; the light shows a job without a next run.
    return undefined
  }
}

function refused(expression: string, problem: Detail, cause?: unknown): BackupError {
  return new BackupError(
    'invalid-input',
    { reason: phrase('bad-schedule'), schedule: expression, ...problem },
    { cause },
  )
}
