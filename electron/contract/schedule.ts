/** When a job runs by itself, and what becomes of runs that were missed, failed or came at a bad time. */
import { z } from 'zod'

/** In the order in which they go first where they fall due together. */
export const scheduledTypes = ['full', 'incremental', 'hot'] as const
export type ScheduledType = (typeof scheduledTypes)[number]

const cronSchema = z.string().max(120)
const timeOfDaySchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 09:00')

/**
 * A run that was missed, because the computer was off or asleep or the service stopped: made up for at once, or left out, or made up for
 * where the newest proven backup is older than so many minutes.
 */
export const catchUpSchema = z.union([
  z.enum(['run', 'skip']),
  z.object({ olderThanMinutes: z.number().int().min(1).max(525_600) }),
])
export type CatchUp = z.infer<typeof catchUpSchema>

/** A failed run is tried again, each time after a longer wait, beginning with `everyMinutes`; `forMinutes` 0 is never. */
export const retrySchema = z.object({
  everyMinutes: z.number().int().min(1).max(1440),
  forMinutes: z.number().int().min(0).max(10_080),
})
export type Retry = z.infer<typeof retrySchema>

export const scheduleSchema = z.object({
  full: cronSchema.optional(),
  incremental: cronSchema.optional(),
  hot: cronSchema.optional(),
  /** IANA name of the zone whose clock counts; without it, this computer's. */
  zone: z.string().min(1).max(64).optional(),
  catchUp: catchUpSchema.optional(),
  retry: retrySchema.optional(),
  /** Nothing begins by itself between these times of day; what falls due then begins at their end. */
  quiet: z
    .object({ from: timeOfDaySchema, to: timeOfDaySchema })
    .refine(({ from, to }) => from !== to, 'expected two different times')
    .optional(),
})
export type Schedule = z.infer<typeof scheduleSchema>

/** Whether anything is due by the clock at all. */
export function hasSchedule(schedule: Schedule): boolean {
  return scheduledTypes.some((type) => schedule[type] !== undefined)
}

/** What holds where a job says nothing else. */
export const scheduleRules = {
  catchUp: 'run',
  retry: { everyMinutes: 10, forMinutes: 23 * 60 },
} as const satisfies { readonly catchUp: CatchUp; readonly retry: Retry }

/** Until this moment, or until somebody resumes it, a job starts nothing by itself. */
export const pauseSchema = z.union([z.iso.datetime({ offset: true }), z.literal('until-resumed')])
export type Pause = z.infer<typeof pauseSchema>
