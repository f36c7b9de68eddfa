/** The one error class of the engine, and the one place where operating-system errors become codes. */
import type { Detail, ErrorCode, ErrorData, Stage } from '../contract/error.ts'
import { wordsOf } from '../contract/words.ts'

export class BackupError extends Error {
  readonly code: ErrorCode
  readonly detail: Detail
  readonly stage: Stage | undefined
  readonly hint: string

  /** @param options.stage where in a run it happened; filled in by the pipeline where the thrower does not know. */
  constructor(code: ErrorCode, detail: Detail = {}, options: { cause?: unknown; stage?: Stage | undefined } = {}) {
    const words = wordsOf(code, detail, 'en')
    super(words.message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'BackupError'
    this.code = code
    this.detail = detail
    this.stage = options.stage
    this.hint = words.hint
  }

  toData(): ErrorData {
    const { code, message, hint, stage, detail } = this
    return stage === undefined ? { code, message, hint, detail } : { code, message, hint, stage, detail }
  }

  /** The same error, with a stage if it has none. */
  at(stage: Stage): BackupError {
    return this.stage === undefined
      ? new BackupError(this.code, this.detail, { cause: this.cause ?? this, stage })
      : this
  }
}

/** The errno name of a Node error (`ENOSPC`), or undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** What was thrown, as text; never an object dump, which could hold a secret. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Whatever was thrown, as a BackupError: aborts become `cancelled` or the abort's own reason, the unknown becomes `internal`. */
export function toBackupError(error: unknown, stage?: Stage): BackupError {
  const found = findBackupError(error)
  if (found !== undefined) return stage === undefined ? found : found.at(stage)
  if (error instanceof Error && error.name === 'AbortError')
    return new BackupError('cancelled', {}, { cause: error, stage })
  return new BackupError('internal', { reason: reasonOf(error) }, { cause: error, stage })
}

/** An abort carries its true reason (cancelled, timed out, no progress) as its cause. */
function findBackupError(error: unknown): BackupError | undefined {
  if (error instanceof BackupError) return error
  return error instanceof Error && error.name === 'AbortError' && error.cause instanceof BackupError
    ? error.cause
    : undefined
}

/** Throws the abort's reason as a BackupError where `signal` is aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw signal.reason instanceof BackupError ? signal.reason : new BackupError('cancelled')
}
