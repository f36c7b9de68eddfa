/** Destination definitions: where sets go. A discriminated union by `kind`. */
import { errorDataSchema } from './error.ts'
import { z } from 'zod'
import { destinationIdSchema } from './ids.ts'

const base = {
  id: destinationIdSchema,
  name: z.string().min(1).max(80),
  enabled: z.boolean().default(true),
}

export const folderDestinationSchema = z.object({
  ...base,
  kind: z.literal('folder'),
  path: z.string().min(1).max(4096),
})

export const destinationSchema = z.discriminatedUnion('kind', [folderDestinationSchema])

export type DestinationConfig = z.infer<typeof destinationSchema>
export type DestinationKind = DestinationConfig['kind']
export type DestinationOf<K extends DestinationKind> = Extract<DestinationConfig, { kind: K }>
export const destinationKinds = ['folder'] as const satisfies readonly DestinationKind[]

/**
 * `.sitekeep/marker.json` at a destination's root: proves that this is the place we know and not an empty mount point.
 * `generation` only ever rises; lower than the one last seen means another disk or an older clone (faults.md B12).
 */
export const markerSchema = z.object({
  format_version: z.literal(1),
  id: destinationIdSchema,
  generation: z.number().int().min(1),
  created_at: z.string(),
})
export type Marker = z.infer<typeof markerSchema>

/** What "Test" found out by really writing, listing, reading and removing a probe object. */
export const probeReportSchema = z.object({
  ok: z.boolean(),
  writable: z.boolean(),
  /** Bytes per second, written and read back. */
  writeRate: z.number().optional(),
  readRate: z.number().optional(),
  freeBytes: z.number().optional(),
  totalBytes: z.number().optional(),
  /** True where the place shares a volume with this machine's sources. */
  sameVolume: z.boolean().optional(),
  state: z.enum(['new', 'ours', 'foreign', 'missing']),
  error: errorDataSchema.optional(),
})
export type ProbeReport = z.infer<typeof probeReportSchema>
