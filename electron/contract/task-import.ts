/** What an import of old tasks answers: jobs proposed, what is weak in the old way, and what could not be mapped and why. */
import { z } from 'zod'
import { detailSchema } from './error.ts'
import { replacesSchema } from './replaces.ts'
import { scheduleSchema } from './schedule.ts'
import { sourceDraftSchema } from './source.ts'
import { taskReasonCodes, weaknessCodes } from './task-notes.ts'

const words = { message: z.string(), hint: z.string(), detail: detailSchema }

export const weaknessSchema = z.object({ code: z.enum(weaknessCodes), ...words })
export type Weakness = z.infer<typeof weaknessSchema>

/** `task` is the old task's name; `trigger` which of its triggers, where only one is meant. */
export const unmappedSchema = z.object({
  task: z.string(),
  reason: z.enum(taskReasonCodes),
  ...words,
  trigger: z.string().optional(),
})
export type Unmapped = z.infer<typeof unmappedSchema>

/** One trigger, timer or line of the old task and what became of it; `reason` where no cron string says the same. */
export const importedTriggerSchema = z.object({
  what: z.string(),
  enabled: z.boolean(),
  cron: z.array(z.string()),
  zone: z.string().optional(),
  /** As it was written, `+08:00`, where it was a fixed one. */
  offset: z.string().optional(),
  reason: z.enum(taskReasonCodes).optional(),
})
export type ImportedTrigger = z.infer<typeof importedTriggerSchema>

export const proposedJobSchema = z.object({
  name: z.string().min(1).max(80),
  /** The old task's name. */
  task: z.string(),
  schedule: scheduleSchema,
  /** Empty where what the task does could not be read; then a person names them. */
  sources: z.array(sourceDraftSchema),
  weaknesses: z.array(weaknessSchema),
  triggers: z.array(importedTriggerSchema),
  /** Where the old way put its copies: paths, shares or bucket addresses. */
  destinations: z.array(z.string()),
  /** Days, where the old way said how long it keeps. */
  keepDays: z.number().int().min(1).max(36_500).optional(),
  /** The longest pause in the schedule, where it is more than a day. */
  rpoMinutes: z.number().int().min(1).optional(),
  /** The old limit of one run. */
  timeoutMinutes: z.number().int().min(1).optional(),
  /** How to find the old task again on the computer it comes from; absent where nothing tells. */
  replaces: replacesSchema.optional(),
})
export type ProposedJob = z.infer<typeof proposedJobSchema>

export const taskImportSchema = z.object({
  jobs: z.array(proposedJobSchema),
  unmapped: z.array(unmappedSchema),
  /** Tasks of the system itself, which are passed over. */
  ignored: z.number(),
})
export type TaskImport = z.infer<typeof taskImportSchema>

/** Bytes of one file, after unpacking. Source: `schtasks /query /xml ONE` of a whole Windows server is 2 MB in UTF-16. */
export const MAX_TASK_BYTES = 16 * 1024 * 1024

/** A file by its bytes, or by its absolute path on the service's computer. Packed bytes fit a message where plain ones would not. */
export const taskFileSchema = z.union([
  z.object({
    name: z.string().min(1).max(4096),
    base64: z.base64().max(1_000_000),
    /** The bytes are a gzip stream. */
    gzip: z.boolean().default(false),
  }),
  z.object({ path: z.string().min(1).max(4096) }),
])
export type TaskFile = z.infer<typeof taskFileSchema>
