/** The destination's journal: append-only records from which the catalog can be rebuilt. One immutable object per record. */
import { z } from 'zod'
import { findingSchema } from './finding.ts'
import { artifactNameSchema, destinationIdSchema, jobIdSchema, runIdSchema, setIdSchema } from './ids.ts'
import { jobSchema } from './job.ts'
import { proofLevelSchema } from './proof.ts'
import { removalReasonSchema } from './retention.ts'
import { runRecordSchema } from './run.ts'

const stamp = {
  sequence: z.number().int().min(1),
  at: z.iso.datetime({ offset: true }),
  destination: destinationIdSchema,
}
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)

export const journalRecordSchema = z.discriminatedUnion('type', [
  z.object({ ...stamp, type: z.literal('job'), job: jobSchema }),
  z.object({
    ...stamp,
    type: z.literal('set'),
    set: setIdSchema,
    job: jobIdSchema,
    run: runIdSchema,
    manifest_sha256: sha256Schema,
    /** The job as it was then: a fresh machine gets its jobs back from here. */
    definition: jobSchema,
  }),
  z.object({
    ...stamp,
    type: z.literal('proof'),
    set: setIdSchema,
    run: runIdSchema,
    level: proofLevelSchema,
    ok: z.boolean(),
    findings: z.array(findingSchema).max(1000),
  }),
  z.object({ ...stamp, type: z.literal('pin'), set: setIdSchema, pinned: z.boolean() }),
  /** Written before the set goes; one that lies there whole all the same is a backup as before. */
  z.object({
    ...stamp,
    type: z.literal('removed'),
    set: setIdSchema,
    run: runIdSchema.optional(),
    reasons: z.array(removalReasonSchema).max(20).optional(),
    /** Its artifacts: what an interrupted removal may have left, and nothing else, is cleared away later. */
    files: z.array(artifactNameSchema).max(200).optional(),
  }),
  z.object({ ...stamp, type: z.literal('run'), run: runRecordSchema }),
])
export type JournalRecord = z.infer<typeof journalRecordSchema>
