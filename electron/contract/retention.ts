/** What retention would do at one destination: for every backup, whether it goes, and why. */
import { z } from 'zod'
import { detailSchema } from './error.ts'
import { destinationIdSchema, jobIdSchema, setIdSchema } from './ids.ts'
import { backupTypeSchema } from './job.ts'
import { proofLevelSchema } from './proof.ts'
import { setStates } from './set.ts'

/** Why nothing may go at a destination now. Their words are the phrases of the same name. */
export const freezeCodes = [
  'frozen-unreachable',
  'frozen-older',
  'frozen-shrank',
  'frozen-missing',
  'frozen-no-run',
  'frozen-last-run',
  'frozen-verification',
  'frozen-overdue',
  'frozen-damaged',
  'frozen-suspicious',
  'frozen-clock',
] as const
export type FreezeCode = (typeof freezeCodes)[number]

export const keepCodes = [
  'keep-not-ours',
  'keep-absent',
  'keep-foreign',
  'keep-pinned',
  'keep-in-use',
  'keep-newest',
  'keep-newest-sound',
  'keep-parent',
  'keep-age',
  'keep-gap',
  'keep-count',
  'keep-daily',
  'keep-weekly',
  'keep-monthly',
  'keep-doubtful',
] as const
export const deleteCodes = ['delete-age', 'delete-unproven', 'delete-damaged'] as const
export const retentionCodes = [...keepCodes, ...deleteCodes, ...freezeCodes] as const
export type RetentionCode = (typeof retentionCodes)[number]

export const retentionReasonSchema = z.object({ code: z.enum(retentionCodes), detail: detailSchema })
export type RetentionReason = z.infer<typeof retentionReasonSchema>

/** As it is written down at a destination: a later version may have reasons that this one does not know. */
export const removalReasonSchema = z.object({ code: z.string().max(60), detail: detailSchema })

export const retentionDecisionSchema = z.object({
  set: setIdSchema,
  at: z.string(),
  type: backupTypeSchema,
  bytes: z.number(),
  state: z.enum(setStates),
  proof: proofLevelSchema,
  action: z.enum(['keep', 'delete']),
  /** Never empty. Of a set that would go but for a freeze: first the freeze, then why it would. */
  reasons: z.array(retentionReasonSchema),
})
export type RetentionDecision = z.infer<typeof retentionDecisionSchema>

export const retentionPlanSchema = z.object({
  job: jobIdSchema,
  jobName: z.string(),
  destination: destinationIdSchema,
  destinationName: z.string(),
  /** Why nothing may go here now; empty where something may. */
  frozen: z.array(retentionReasonSchema),
  /** Newest first. */
  sets: z.array(retentionDecisionSchema),
  /** Of all of them, also where `sets` is cut because one answer is bounded. */
  deletes: z.number(),
  deletedBytes: z.number(),
  total: z.number(),
})
export type RetentionPlan = z.infer<typeof retentionPlanSchema>
