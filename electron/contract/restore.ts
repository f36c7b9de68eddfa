/** What a restore is asked for, and its plan: what it would do, in numbers. */
import { z } from 'zod'
import { findingSchema } from './finding.ts'
import { destinationIdSchema, setIdSchema } from './ids.ts'
import { backupTypeSchema } from './job.ts'
import { databaseNameSchema, postgresServerSchema } from './postgres.ts'
import { proofLevelSchema } from './proof.ts'

/** A set by id, `JOB/latest`, `latest`, or the path of a set's folder. */
export const setRefSchema = z.string().min(1).max(4096)

export const restoreRequestSchema = z.object({
  set: setRefSchema,
  /** Read from this destination only. */
  destination: destinationIdSchema.optional(),
  /** Absolute folder that must be absent or empty; absent with `testMode`. */
  to: z.string().min(1).max(4096).optional(),
  /** Into a database, instead of `to`: one that is made, or one whose data is kept beside. */
  into: z
    .object({ server: postgresServerSchema, database: databaseNameSchema, mode: z.enum(['new', 'replace']) })
    .optional(),
  /** In the place where the data came from; for a database of a server alone, whose present data is kept beside. */
  inPlace: z.boolean().default(false),
  /** Restore into a scratch place, compare, remove. */
  testMode: z.boolean().default(false),
  /** Source name, or a path or glob inside a folder source. */
  only: z.string().min(1).max(4096).optional(),
})
export type RestoreRequest = z.input<typeof restoreRequestSchema>

export const restorePlanSchema = z.object({
  /** What the manifest says, with the proof as it is now; a set opened by its path is in no catalog. */
  set: z.object({
    id: setIdSchema,
    jobName: z.string(),
    type: backupTypeSchema,
    at: z.string(),
    proof: proofLevelSchema,
  }),
  target: z.string(),
  items: z.array(
    z.object({
      source: z.string(),
      kind: z.string(),
      to: z.string(),
      bytes: z.number(),
      tables: z.number().optional(),
      files: z.number().optional(),
    }),
  ),
  bytesNeeded: z.number(),
  /** Absent where the target is a server. */
  bytesFree: z.number().optional(),
  /** From the newest measured restore of this job; absent where none was measured. */
  estimatedSeconds: z.number().optional(),
  warnings: z.array(findingSchema),
})
export type RestorePlan = z.infer<typeof restorePlanSchema>
