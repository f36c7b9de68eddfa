/** Restores one database of a set into a server: beside what is there, or in its place with the old one kept. */
import { join } from 'node:path'
import type { Artifact, Manifest } from '../../contract/manifest.ts'
import { phrase } from '../../contract/phrases.ts'
import type { EngineDeps, RestoreOrder, RunHooks } from '../engine-api.ts'
import { BackupError } from '../errors.ts'
import type { RunRecorder } from '../run-recorder.ts'
import { sourcesNow, type OpenSet } from '../set-reading.ts'
import type { ServerTarget } from '../source/source.ts'
import { makeWorkDir, removeWorkDir } from '../work-dir.ts'
import { restoreSet, selectArtifacts, type RestoredSet } from './restore-set.ts'

/**
 * @throws BackupError as `restoreSet`; invalid-input where `only` names no single database; database-exists where a database
 *   of that name is there and was not to be replaced; postgres-no-create, postgres-busy, postgres-environment, …
 */
export async function restoreInto(
  { manifest, store }: OpenSet,
  into: ServerTarget,
  only: string | undefined,
  deps: EngineDeps,
  hooks: RunHooks,
  recorder: RunRecorder,
): Promise<RestoredSet> {
  const { world, workRoot } = deps
  const artifact = databaseFor(manifest, only)
  const totalBytes = artifact.plain_bytes
  // For the password, nothing else: the data goes from the backup to the server.
  const folder = await makeWorkDir(world, join(workRoot, `into-${hooks.run}`))
  try {
    const restored = await recorder.stage('restore-stage', { totalBytes }, (progress) =>
      restoreSet(manifest, store, folder, {
        ...{ world, signal: hooks.signal, only: artifact.file, progress },
        ...{ isTest: false, into, sources: sourcesNow(manifest, deps) },
      }),
    )
    recorder.addRead(totalBytes)
    for (const place of restored.places) hooks.log('info', `restored ${place}`)
    for (const { kept } of restored.replaced) hooks.log('info', `the database that was there is kept as ${kept}`)
    return restored
  } finally {
    await removeWorkDir(world, folder)
  }
}

/** The one database that `only` means. @throws BackupError invalid-input, not-found */
export function databaseFor(manifest: Manifest, only: string | undefined): Artifact {
  const found = selectArtifacts(manifest, only).filter(({ content }) => content.kind === 'postgres')
  const [artifact, ...others] = found
  if (artifact === undefined)
    throw new BackupError('not-found', { what: phrase('database-in-backup'), name: only ?? '' })
  if (others.length === 0) return artifact
  const names = found.map(({ content }) => (content.kind === 'postgres' ? content.database : '')).join(', ')
  throw new BackupError('invalid-input', { reason: phrase('one-database'), names })
}

/**
 * The order with its database found: in its own place, the server that the set's job names now.
 * @throws BackupError not-found, invalid-input
 */
export function resolved(order: RestoreOrder, manifest: Manifest, deps: EngineDeps): RestoreOrder {
  if (order.inPlace !== true && order.into === undefined) return order
  const artifact = databaseFor(manifest, order.only)
  const only = artifact.file
  if (order.into !== undefined) return { ...order, only }
  const source = sourcesNow(manifest, deps).find(({ id }) => id === artifact.source.id)
  if (source?.kind !== 'postgres' || artifact.content.kind !== 'postgres')
    throw new BackupError('not-found', { what: phrase('source-of-backup'), name: artifact.source.name })
  return { ...order, only, into: { server: source.server, database: artifact.content.database, mode: 'replace' } }
}
