/** Restores a whole set into a scratch place, compares it, and removes it: the proof `restored`. */
import type { ErrorData } from '../../contract/error.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { ProofLevel } from '../../contract/proof.ts'
import type { Compared } from '../../contract/run.ts'
import type { EngineDeps, RunHooks } from '../engine-api.ts'
import { toBackupError, type BackupError } from '../errors.ts'
import { restoreToScratch } from '../restore/scratch.ts'
import type { RunRecorder } from '../run-recorder.ts'
import type { SetStore } from './set-store.ts'

export interface RestoreTest {
  /** `restored`, or the level that still holds; `none` where the set lacks a source. */
  readonly level: ProofLevel
  readonly error: BackupError | undefined
  readonly compared: Compared | undefined
  /** What could not be tried here, each with its reason. */
  readonly unproven: readonly BackupError[]
}

/** What went wrong is in the result, be it the set's fault or the scratch place's. @throws BackupError only where the run was aborted */
export async function testRestore(
  manifest: Manifest,
  store: SetStore,
  deps: EngineDeps,
  hooks: RunHooks,
  recorder: RunRecorder,
): Promise<RestoreTest> {
  try {
    const restored = await restoreToScratch({ manifest, store }, undefined, deps, hooks, recorder)
    const { compared, level, unproven } = restored
    return { level: manifest.missing.length > 0 ? 'none' : level, error: undefined, compared, unproven }
  } catch (error) {
    if (hooks.signal.aborted) throw toBackupError(error)
    const failure = toBackupError(error, 'restore-check')
    return { level: levelAfter(failure, manifest.proof.level), error: failure, compared: undefined, unproven: [] }
  }
}

/** What still holds of a set of which a restore failed with `error`: for lack of space, what held before. */
export function levelAfter(error: Pick<ErrorData, 'code'>, before: ProofLevel): ProofLevel {
  switch (error.code) {
    case 'artifact-missing':
      return 'none'
    case 'artifact-damaged':
    case 'archive-hostile':
      return 'stored'
    case 'content-mismatch':
      return 'decoded'
    default:
      return before
  }
}

/** Errors that say something about the set, and not about this machine or this moment. */
export function isAboutSet(error: Pick<ErrorData, 'code'>): boolean {
  return /^(artifact|manifest|content|archive)-/.test(error.code)
}
