/** Sets as the catalog knows them: one row per set and destination. */
import { z } from 'zod'
import { findingSchema } from './finding.ts'
import { destinationIdSchema, jobIdSchema, runIdSchema, setIdSchema } from './ids.ts'
import { backupTypeSchema } from './job.ts'
import { manifestSchema, tableRowsSchema } from './manifest.ts'
import { proofLevelSchema, reaches } from './proof.ts'
import { sourceKinds } from './source.ts'

/** `present` is the normal state; the others say why a set cannot be counted on now. */
export const setStates = ['present', 'missing', 'unreachable', 'damaged', 'orphan'] as const

export const setSourceSchema = z.object({
  name: z.string(),
  kind: z.enum(sourceKinds),
  file: z.string(),
  bytes: z.number(),
  plainBytes: z.number(),
  /** Which one, of a server's. */
  database: z.string().optional(),
  tables: z.array(tableRowsSchema).optional(),
  files: z.number().optional(),
})

export const setInfoSchema = z.object({
  id: setIdSchema,
  job: jobIdSchema,
  jobName: z.string(),
  type: backupTypeSchema,
  at: z.iso.datetime({ offset: true }),
  /** Where a person finds it: a folder path, or a URL without credentials. */
  path: z.string(),
  destination: destinationIdSchema,
  destinationName: z.string(),
  sequence: z.number(),
  state: z.enum(setStates),
  proof: proofLevelSchema,
  provenAt: z.iso.datetime({ offset: true }).optional(),
  bytes: z.number(),
  plainBytes: z.number(),
  pinned: z.boolean(),
  suspicious: z.boolean(),
  /** Absent where the set's manifest cannot be read and nothing else tells. */
  run: runIdSchema.optional(),
  sources: z.array(setSourceSchema),
})
export type SetInfo = z.infer<typeof setInfoSchema>

/** Whether a set counts as a backup: it lies where it should, and its data was found to match. One that lacks a source never is. */
export function countsAsBackup({ state, proof }: Pick<SetInfo, 'state' | 'proof'>): boolean {
  return state === 'present' && reaches(proof, 'matched')
}

/** When each proof level was last reached at this destination, newest first by level. */
export const setDetailSchema = z.object({
  info: setInfoSchema,
  manifest: manifestSchema.optional(),
  proofs: z.array(
    z.object({
      level: proofLevelSchema,
      ok: z.boolean(),
      at: z.iso.datetime({ offset: true }),
      run: runIdSchema,
      findings: z.array(findingSchema),
    }),
  ),
})
export type SetDetail = z.infer<typeof setDetailSchema>
