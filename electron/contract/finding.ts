/** Findings: what a run noticed without failing; each has a code, words, and a say in whether the run is good. */
import { z } from 'zod'
import { detailSchema } from './error.ts'

/** `note` informs; `warning` makes the run a warning; `suspicious` also freezes retention until acknowledged (DESIGN §1, §7). */
export const findingRows = {
  'files-unreadable': 'warning',
  'files-changed': 'warning',
  'files-vanished': 'warning',
  'files-accepted': 'note',
  'root-missing': 'warning',
  'root-empty': 'warning',
  'special-skipped': 'note',
  'live-sqlite': 'warning',
  'attributes-lost': 'note',
  'other-filesystem': 'note',
  'config-masked': 'note',
  'config-keys-left-out': 'note',
  'config-unparsed': 'warning',
  'writer-stalled': 'note',
  'source-damaged': 'suspicious',
  'source-shrunk': 'suspicious',
  'tables-gone': 'warning',
  'database-gone': 'suspicious',
  'source-mass-change': 'suspicious',
  'source-retried': 'note',
  'dump-warning': 'warning',
  'snapshot-held': 'warning',
  'roles-without-passwords': 'note',
  'database-left-out': 'note',
  'not-provable': 'warning',
  'restore-test-failed': 'warning',
  'database-kept': 'note',
  'database-replaced': 'note',
  'destination-failed': 'warning',
  'source-failed': 'warning',
  'same-volume': 'note',
  'log-not-written': 'note',
  'adopted': 'note',
  'counted-partly': 'note',
  'rows-not-counted': 'note',
  'target-occupied': 'warning',
  'newer-set-passed-over': 'warning',
  'no-sound-set': 'warning',
  'masked-restored': 'warning',
  'destination-older': 'warning',
  'sets-removed': 'note',
  'retention-frozen': 'warning',
  'set-not-removed': 'warning',
  'removal-finished': 'note',
} as const satisfies Record<string, 'note' | 'warning' | 'suspicious'>

export type FindingCode = keyof typeof findingRows
export type FindingWeight = (typeof findingRows)[FindingCode]
export const findingCodes = Object.keys(findingRows) as readonly FindingCode[]

export const findingSchema = z.object({
  code: z.enum(findingCodes as [FindingCode, ...FindingCode[]]),
  weight: z.enum(['note', 'warning', 'suspicious']),
  message: z.string(),
  hint: z.string(),
  /** The source it is about, where it is about one. */
  source: z.string().optional(),
  detail: detailSchema.optional(),
  /** At most 100 paths or names; `detail.count` is the true number. */
  paths: z.array(z.string()).max(100).optional(),
})
export type Finding = z.infer<typeof findingSchema>
