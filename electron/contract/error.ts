/** Every error that a person can meet: one table of codes, and the shape in which errors cross a process border. */
import { z } from 'zod'

/** What a code means for callers: may a retry help, and which exit code the command line ends with (DESIGN §9). */
export interface ErrorRow {
  readonly retryable: boolean
  readonly exit: 1 | 2 | 4 | 5
}

const failed = { retryable: false, exit: 1 } as const
const again = { retryable: true, exit: 1 } as const
const usage = { retryable: false, exit: 2 } as const
const notFound = { retryable: false, exit: 4 } as const
const unsafe = { retryable: false, exit: 5 } as const

/** The closed union of codes. A code's words in zh-CN and en lie in `messages.ts`; the compiler names the one that is missing. */
export const errorRows = {
  // usage and configuration
  'usage': usage,
  'bad-name': usage,
  'duplicate-name': usage,
  'invalid-input': usage,
  'config-invalid': failed,
  'config-newer': failed,
  'config-unusable': failed,
  'config-copy-failed': failed,
  'not-found': notFound,
  'ambiguous': usage,
  // sources
  'source-missing': failed,
  'source-is-directory': failed,
  'source-not-directory': failed,
  'source-not-sqlite': failed,
  'source-empty': failed,
  'source-denied': failed,
  'source-locked': again,
  'source-hot-journal': failed,
  'source-replaced': again,
  'source-read-error': failed,
  'source-changing': again,
  'source-busy-too-long': again,
  'source-no-files': failed,
  // PostgreSQL
  'postgres-tool-missing': failed,
  'postgres-tool-old': failed,
  'postgres-client-unsafe': failed,
  'postgres-unreachable': again,
  'postgres-login': failed,
  'postgres-lost': again,
  'postgres-denied': failed,
  'postgres-locked': again,
  'postgres-environment': failed,
  'postgres-no-create': failed,
  'postgres-busy': again,
  'postgres-no-terminate': failed,
  'database-exists': unsafe,
  'postgres-failed': failed,
  'database-missing': failed,
  'container-missing': failed,
  'dump-failed': failed,
  // destinations
  'destination-inside-source': usage,
  'destination-is-source': usage,
  'destination-missing': failed,
  'destination-parent-missing': failed,
  'destination-not-folder': failed,
  'nothing-to-adopt': notFound,
  'destination-marker-missing': failed,
  'destination-marker-damaged': failed,
  'destination-marker-foreign': failed,
  'destination-rolled-back': failed,
  'destination-read-only': failed,
  'destination-denied': failed,
  'destination-not-readable': failed,
  'destination-read-error': again,
  'destination-full': failed,
  'destination-no-inodes': failed,
  'destination-file-too-large': failed,
  'destination-busy': again,
  'destination-lease-damaged': again,
  'destination-unreachable': again,
  'destination-no-answer': again,
  'destination-io': again,
  'destination-object-exists': failed,
  'destination-object-missing': failed,
  // proof
  'artifact-missing': failed,
  'artifact-damaged': failed,
  'manifest-missing': failed,
  'manifest-damaged': failed,
  'manifest-edited': failed,
  'manifest-newer': failed,
  'content-mismatch': failed,
  'not-provable': failed,
  'restore-test-nowhere': usage,
  // restore
  'target-not-empty': unsafe,
  'target-inside-source': unsafe,
  'target-denied': failed,
  'target-full': failed,
  'target-unusable': failed,
  'archive-hostile': unsafe,
  'set-not-proven': unsafe,
  'masked-config': unsafe,
  // agent
  'agent-running': unsafe,
  'agent-unreachable': again,
  'protocol-mismatch': failed,
  'not-allowed': unsafe,
  'message-too-large': failed,
  'service-unavailable': unsafe,
  'service-not-here': usage,
  'service-rights': unsafe,
  'service-foreign': unsafe,
  'service-path': usage,
  'service-failed': failed,
  'service-silent': again,
  'safe-mode': again,
  'run-already-active': unsafe,
  'task-not-proven': unsafe,
  'task-unchanged': failed,
  'timed-out': again,
  'no-progress': again,
  'cancelled': failed,
  'interrupted': again,
  'work-full': failed,
  'work-unusable': failed,
  'state-unusable': failed,
  'catalog-unusable': again,
  'catalog-newer': failed,
  'secret-missing': failed,
  'unsupported': usage,
  'internal': failed,
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorRows
export const errorCodes = Object.keys(errorRows) as readonly ErrorCode[]
export const errorCodeSchema = z.enum(errorCodes as [ErrorCode, ...ErrorCode[]])

/** The stages of a run, in order; also the phase names that faults.md uses. */
export const stages = [
  'lock',
  'preflight',
  'snapshot',
  'encode',
  'put',
  'read-back',
  'decode',
  'match',
  'manifest',
  'publish',
  'journal',
  'catalog',
  'restore-fetch',
  'restore-stage',
  'restore-check',
  'restore-swap',
  'remove',
] as const
export const stageSchema = z.enum(stages)
export type Stage = z.infer<typeof stageSchema>

/** Values that fill the placeholders of a message; strings and numbers only, never secrets. */
export const detailSchema = z.record(z.string(), z.union([z.string(), z.number()]))
export type Detail = z.infer<typeof detailSchema>

/**
 * An error as data. `message` and `hint` are English; a page derives its own words from `code` and `detail`.
 * `message` says what happened and what it means for the data, `hint` what to press or type.
 */
export const errorDataSchema = z.object({
  code: errorCodeSchema,
  message: z.string(),
  hint: z.string(),
  stage: stageSchema.optional(),
  detail: detailSchema.optional(),
})
export type ErrorData = z.infer<typeof errorDataSchema>

/** What every call across a border answers. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorData }

/** Marks a branch that the compiler knows to be unreachable. */
export function assertNever(value: never, what: string): never {
  throw new Error(`${what}: unexpected ${JSON.stringify(value)}`)
}
