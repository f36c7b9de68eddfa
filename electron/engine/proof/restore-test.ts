/** Restores a whole set into a scratch place, compares it, and removes it: the proof `restored`. */
import { join } from 'node:path'
import type { ErrorData } from '../../contract/error.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { ProofLevel } from '../../contract/proof.ts'
import type { Compared } from '../../contract/run.ts'
import type { EngineDeps, RunHooks } from '../engine-api.ts'
import { toBackupError, type BackupError } from '../errors.ts'
import { restoreSet } from '../restore/restore-set.ts'
import { stageTarget } from '../restore/target.ts'
import type { RunRecorder } from '../run-recorder.ts'
import { makeWorkDir, removeWorkDir } from '../work-dir.ts'
import type { SetStore } from './set-store.ts'

export interface RestoreTest {
  /** `restored`, or the level that still holds; `none` where the set lacks a source. */
  readonly level: ProofLevel
  readonly error: BackupError | undefined
  readonly compared: Compared | undefined
}

/** @throws BackupError only where the run was aborted */
export async function testRestore(
  manifest: Manifest,
  store: SetStore,
  deps: EngineDeps,
  hooks: RunHooks,
  recorder: RunRecorder,
): Promise<RestoreTest> {
  const { world } = deps
  const scratch = await makeWorkDir(world, join(deps.workRoot, `scratch-${hooks.run}`))
  const totalBytes = manifest.files.reduce((sum, file) => sum + file.plain_bytes, 0)
  try {
    const staging = await stageTarget(join(scratch, 'restored'), totalBytes, world)
    const { compared } = await recorder.stage('restore-check', { totalBytes }, (progress) =>
      restoreSet(manifest, store, staging.path, { world, signal: hooks.signal, only: undefined, progress }),
    )
    recorder.addRead(totalBytes)
    return { level: manifest.missing.length > 0 ? 'none' : 'restored', error: undefined, compared }
  } catch (error) {
    if (hooks.signal.aborted) throw error
    const failure = toBackupError(error, 'restore-check')
    return { level: levelAfter(failure, manifest.proof.level), error: failure, compared: undefined }
  } finally {
    await removeWorkDir(world, scratch)
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
