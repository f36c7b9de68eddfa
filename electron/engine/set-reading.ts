/** Opens an existing set for reading: by its destination, or by the path of its folder on any machine. */
import { phrase } from '../contract/phrases.ts'
import { basename, resolve } from 'node:path'
import type { Finding } from '../contract/finding.ts'
import type { Manifest } from '../contract/manifest.ts'
import type { Destination } from './destination/destination.ts'
import type { EngineDeps, SetLocation } from './engine-api.ts'
import { BackupError } from './errors.ts'
import { openDestination } from './open-destination.ts'
import { readManifest, setPrefixFrom, storeAt, storeInFolder, typeOfSet, type SetStore } from './proof/set-store.ts'
import { makeFinding } from './run-recorder.ts'

export interface OpenSet {
  readonly manifest: Manifest
  readonly store: SetStore
  /** Undefined for a set that was opened by its path. */
  readonly destination: Destination | undefined
  close(): Promise<void>
}

/** @throws BackupError manifest-missing, manifest-damaged, manifest-edited, manifest-newer, or what the place reports */
export async function openSet(from: SetLocation, deps: EngineDeps, signal: AbortSignal): Promise<OpenSet> {
  if (from.by === 'path') return openByPath(from.path, deps, signal)
  const destination = await openDestination(from.destination, deps, signal)
  try {
    const prefix = setPrefixFrom(from.set, typeOfSet(from.set))
    const store = storeAt(destination, prefix)
    const { manifest, sha256 } = await readManifest(store, signal)
    checkIdentity(manifest, sha256, from.set, destination, deps)
    return { manifest, store, destination, close: () => destination.close() }
  } catch (error) {
    await destination.close()
    throw error
  }
}

async function openByPath(path: string, deps: EngineDeps, signal: AbortSignal): Promise<OpenSet> {
  // `--set …/manifest.json` is an easy slip; the folder is meant.
  const folder = basename(path) === 'manifest.json' ? resolve(path, '..') : resolve(path)
  const store = storeInFolder(folder, deps.world)
  const { manifest } = await readManifest(store, signal)
  return { manifest, store, destination: undefined, close: () => Promise.resolve() }
}

/** A warning for each source that the set lacks: whoever reads the set must not take it for whole. */
export function missingFindings(manifest: Manifest): Finding[] {
  return manifest.missing.map(({ name, code }) =>
    makeFinding('source-failed', { source: name, reason: phrase('not-read-then'), cause: code }, { source: name }),
  )
}

/** The manifest must be the one that was published, in the place where it was published (faults.md K06, K15). */
function checkIdentity(
  manifest: Manifest,
  sha256: string,
  set: string,
  destination: Destination,
  deps: EngineDeps,
): void {
  const path = set
  if (manifest.set !== set) {
    throw new BackupError('manifest-edited', { path, reason: phrase('other-set'), set: manifest.set })
  }
  if (manifest.destination_id !== destination.id) {
    throw new BackupError('manifest-edited', { path, reason: phrase('other-place') })
  }
  const known = deps.catalog.manifest(destination.id, set)
  if (known !== undefined && known.manifestSha256 !== sha256) {
    throw new BackupError('manifest-edited', { path, reason: phrase('not-as-published') })
  }
}
