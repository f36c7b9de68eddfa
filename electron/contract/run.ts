/** Runs: one execution of a job, a restore or a verification, its progress and its outcome. */
import { z } from 'zod'
import { errorDataSchema, stageSchema } from './error.ts'
import { findingSchema } from './finding.ts'
import { destinationIdSchema, jobIdSchema, runIdSchema, setIdSchema } from './ids.ts'
import { backupTypeSchema } from './job.ts'
import { databaseNameSchema, postgresServerSchema } from './postgres.ts'
import { proofLevelSchema } from './proof.ts'
import { removalReasonSchema } from './retention.ts'

export const runKinds = ['backup', 'restore', 'verify', 'cleanup'] as const
export const runKindSchema = z.enum(runKinds)
export type RunKind = z.infer<typeof runKindSchema>

export const outcomes = ['good', 'warning', 'failed', 'cancelled'] as const
export const outcomeSchema = z.enum(outcomes)
export type Outcome = z.infer<typeof outcomeSchema>

export const runTriggers = ['manual', 'schedule', 'catch-up', 'hook'] as const

/** One stage's place on the time bar: milliseconds since the run began, and what went through. */
export const stageSpanSchema = z.object({
  stage: stageSchema,
  source: z.string().optional(),
  destination: z.string().optional(),
  startMs: z.number(),
  endMs: z.number(),
  bytes: z.number().optional(),
})
export type StageSpan = z.infer<typeof stageSpanSchema>

/** What a restore compared after it had reopened the result (DESIGN §9). */
export const comparedSchema = z.object({
  tables: z.array(z.object({ name: z.string(), rows: z.number(), expected: z.number() })).optional(),
  files: z.object({ count: z.number(), expected: z.number() }).optional(),
})
export type Compared = z.infer<typeof comparedSchema>

/** A set as a run made it, at one destination. */
export const madeSetSchema = z.object({
  set: setIdSchema,
  destination: destinationIdSchema,
  proof: proofLevelSchema,
  bytes: z.number(),
})

/** A set as a clean-up removed it, at one destination. */
export const removedSetSchema = z.object({
  set: setIdSchema,
  destination: destinationIdSchema,
  bytes: z.number(),
  reasons: z.array(removalReasonSchema),
})

/** What was put aside: a database, under another name. */
export const replacedSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('postgres'),
    server: postgresServerSchema,
    database: databaseNameSchema,
    kept: databaseNameSchema,
  }),
])
export type Replaced = z.infer<typeof replacedSchema>

export const runRecordSchema = z.object({
  id: runIdSchema,
  kind: runKindSchema,
  job: jobIdSchema.optional(),
  jobName: z.string().max(80),
  type: backupTypeSchema.optional(),
  trigger: z.enum(runTriggers),
  startedAt: z.iso.datetime({ offset: true }),
  finishedAt: z.iso.datetime({ offset: true }).optional(),
  /** Absent while the run goes on. */
  outcome: outcomeSchema.optional(),
  proof: proofLevelSchema.optional(),
  sets: z.array(madeSetSchema).max(100),
  /** The set that a restore or a verification read. */
  subject: setIdSchema.optional(),
  target: z.string().max(4096).optional(),
  /** What a restore in place has put aside: by it the restore can be taken back. */
  replaced: z.array(replacedSchema).max(1000).optional(),
  /** By a clean-up; its finding has the true count where there were more. */
  removed: z.array(removedSetSchema).max(1000).optional(),
  compared: comparedSchema.optional(),
  findings: z.array(findingSchema).max(1000),
  error: errorDataSchema.optional(),
  spans: z.array(stageSpanSchema).max(2000),
  /** Bytes read from the sources, and written to the destinations. */
  bytesRead: z.number(),
  bytesStored: z.number(),
})
export type RunRecord = z.infer<typeof runRecordSchema>

/** Live progress; never the source of a run's outcome (faults.md U12). */
export const progressSchema = z.object({
  run: runIdSchema,
  stage: stageSchema,
  source: z.string().optional(),
  destination: z.string().optional(),
  bytes: z.number(),
  /** Absent where the size cannot be known beforehand. */
  totalBytes: z.number().optional(),
  /** Bytes per second over the last seconds. */
  rate: z.number(),
  /** Estimate; absent where there is no ground for one. */
  secondsLeft: z.number().optional(),
  /** Whole run, 0…1; never goes back. */
  fraction: z.number().min(0).max(1),
  /** The size of what goes on is not known: meanwhile the fraction stands still and says nothing. */
  openEnded: z.boolean().optional(),
  /** Of the whole run so far, as in its record. */
  bytesRead: z.number().optional(),
  bytesStored: z.number().optional(),
})
export type Progress = z.infer<typeof progressSchema>
