/** Job definitions: what to back up, when, where to, how long to keep, how to protect. */
import { z } from 'zod'
import { destinationIdSchema, jobIdSchema, slugSchema } from './ids.ts'
import { keepSchema } from './keep.ts'
import { pauseSchema, scheduleSchema } from './schedule.ts'
import { replacesSchema } from './replaces.ts'
import { sourceDraftSchema, sourceSchema } from './source.ts'

export { keepSchema, type Keep } from './keep.ts'

export const backupTypes = ['full', 'incremental', 'hot'] as const
export const backupTypeSchema = z.enum(backupTypes)
export type BackupType = z.infer<typeof backupTypeSchema>

/** Prefix of a set's folder name, by type (DESIGN §5). */
export const setPrefix = {
  full: 'full_backup',
  incremental: 'inc_backup',
  hot: 'hot_backup',
} as const satisfies Record<BackupType, string>

export const compressionSchema = z.enum(['gzip', 'zstd', 'none'])
export type Compression = z.infer<typeof compressionSchema>

export const rpoClocks = ['clock', 'schedule'] as const

export const jobSchema = z.object({
  id: jobIdSchema,
  name: z.string().min(1).max(80),
  /** Folder name at every destination; fixed when the job is made, so that renaming a job never orphans its sets. */
  slug: slugSchema,
  enabled: z.boolean().default(true),
  sources: z.array(sourceSchema).min(1).max(50),
  destinations: z.array(destinationIdSchema).min(1).max(20),
  schedule: scheduleSchema.default({}),
  paused: pauseSchema.optional(),
  keep: keepSchema.default({ full: 30, incremental: 7, hot: 3 }),
  compression: compressionSchema.default('gzip'),
  /** Prove this far in every run. */
  prove: z.enum(['matched', 'restored']).default('matched'),
  /** Promised age of the newest matched set, in minutes. */
  rpoMinutes: z
    .number()
    .int()
    .min(1)
    .default(24 * 60),
  /** `schedule`: the promise rests while no run is due, so that hourly backups on weekdays are not late every weekend. */
  rpoFollows: z.enum(rpoClocks).optional(),
  /** Promised time to restore, in minutes. */
  rtoMinutes: z.number().int().min(1).default(30),
  /** Upper limit for one run, in minutes. */
  timeoutMinutes: z
    .number()
    .int()
    .min(1)
    .default(12 * 60),
  /** A run without progress for this long is stopped, in minutes. */
  noProgressMinutes: z.number().int().min(1).default(15),
  /** The old task in whose place this job was made. */
  replaces: replacesSchema.optional(),
  /** Absolute folder for snapshots instead of SITEKEEP_HOME/work. */
  workDir: z.string().min(1).max(4096).optional(),
})
export type Job = z.infer<typeof jobSchema>

/** A job as it is asked for: ids and slug are given by the agent. A source that carries an id is kept, one without is new. */
export const jobDraftSchema = jobSchema.omit({ id: true, slug: true, sources: true }).extend({
  sources: z.array(sourceDraftSchema).min(1).max(50),
})
export type JobDraft = z.input<typeof jobDraftSchema>
