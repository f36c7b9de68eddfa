/** A restore into a place of our own that is removed again: the one way of every restore test. */
import { join } from 'node:path'
import type { Manifest } from '../../contract/manifest.ts'
import type { EngineDeps, RunHooks } from '../engine-api.ts'
import type { SetStore } from '../proof/set-store.ts'
import type { RunRecorder } from '../run-recorder.ts'
import { sourcesNow } from '../set-reading.ts'
import { makeWorkDir, removeWorkDir } from '../work-dir.ts'
import { restoredBytes, restoreSet, type RestoredSet } from './restore-set.ts'
import { stageTarget } from './target.ts'

/**
 * Restores what `only` asks for, all where it is undefined, compares it as every restore does, and removes it.
 * @throws BackupError as `restoreSet`; target-full, target-denied, work-full, work-unusable for the scratch place
 */
export async function restoreToScratch(
  set: { readonly manifest: Manifest; readonly store: SetStore },
  only: string | undefined,
  deps: EngineDeps,
  hooks: RunHooks,
  recorder: RunRecorder,
): Promise<RestoredSet> {
  const { world, workRoot } = deps
  const { manifest, store } = set
  const totalBytes = restoredBytes(manifest, only)
  const scratch = await makeWorkDir(world, join(workRoot, `scratch-${hooks.run}`))
  try {
    const { path } = await stageTarget(join(scratch, 'restored'), totalBytes, world)
    const restored = await recorder.stage('restore-check', { totalBytes }, (progress) =>
      restoreSet(manifest, store, path, {
        ...{ world, signal: hooks.signal, only, progress },
        isTest: true,
        into: undefined,
        sources: sourcesNow(manifest, deps),
      }),
    )
    recorder.addRead(totalBytes)
    return restored
  } finally {
    await removeWorkDir(world, scratch)
  }
}
