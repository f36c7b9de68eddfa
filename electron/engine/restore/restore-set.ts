/** Restores a set into an empty folder: staged beside it, checked against the manifest, then given its name. */
import { phrase } from '../../contract/phrases.ts'
import type { Readable } from 'node:stream'
import { isTree, type Artifact, type Manifest } from '../../contract/manifest.ts'
import { weakest, type ProofLevel } from '../../contract/proof.ts'
import type { Compared, Replaced } from '../../contract/run.ts'
import type { SourceConfig } from '../../contract/source.ts'
import { restoredName } from '../artifact-names.ts'
import { BackupError, toBackupError } from '../errors.ts'
import { differenceOrDamage, openDecoded, proveArtifact, type ProveContext } from '../proof/prove-artifact.ts'
import { indexOf, proveSet, sourceOf } from '../proof/prove-set.ts'
import type { SetStore } from '../proof/set-store.ts'
import { sourceReader } from '../source/registry.ts'
import type { Restored, ServerTarget } from '../source/source.ts'
import { safeFileName } from '../source/safe-file-name.ts'
import { decodeErrorIn, decompress } from '../stage/decompress.ts'
import { Digester } from '../stage/digest.ts'
import { drain } from '../stage/drain.ts'
import { ownedStream } from '../stage/owned-stream.ts'
import type { World } from '../world.ts'

export interface RestoreSetContext {
  readonly world: World
  readonly signal: AbortSignal
  /** Source name, or a path or glob inside a folder source. */
  readonly only: string | undefined
  /** Nothing of it stays. */
  readonly isTest: boolean
  readonly into: ServerTarget | undefined
  /** As their job has them now, where that is known. */
  readonly sources: readonly SourceConfig[]
  /** Plain bytes done so far, over all artifacts. */
  readonly progress: (bytes: number) => void
}

export interface RestoredSet {
  readonly compared: Compared
  readonly places: readonly string[]
  /** Of the weakest artifact. */
  readonly level: ProofLevel
  /** Of a test: what could not be tried here. */
  readonly unproven: readonly BackupError[]
  /** What was put aside for it. */
  readonly replaced: readonly Replaced[]
}

/** The data artifacts that `only` asks for: one source by name, or every folder source for a path. */
export function selectArtifacts(manifest: Manifest, only: string | undefined): readonly Artifact[] {
  const data = manifest.files.filter((file) => file.content.kind !== 'index')
  if (only === undefined) return data
  const named = data.filter((file) => isNamed(file, only))
  return named.length > 0 ? named : data.filter((file) => isTree(file.content))
}

/** By its source, its file, or its database. */
function isNamed({ source, file, content }: Artifact, only: string): boolean {
  return source.name === only || file === only || (content.kind === 'postgres' && content.database === only)
}

/** Plain bytes that a restore of this selection writes. */
export function restoredBytes(manifest: Manifest, only: string | undefined): number {
  return selectArtifacts(manifest, only).reduce((sum, artifact) => sum + bytesOf(artifact), 0)
}

function bytesOf({ content, plain_bytes: plain }: Artifact): number {
  // A tar's own size may be far below what sparse files claim, and far above what a part of it needs.
  return isTree(content) ? Math.min(content.file_bytes, plain) : plain
}

/** True where `only` is a path inside a folder source, and not a source's name. */
export function isPathInside(manifest: Manifest, only: string | undefined): boolean {
  return only !== undefined && !manifest.files.some((file) => isNamed(file, only))
}

/**
 * Restores into `target`, an existing empty folder, and compares what came out.
 * Stored bytes, structure and content are checked against the manifest before this returns; the caller gives `target` its
 * final name only then.
 * @throws BackupError artifact-missing, artifact-damaged, content-mismatch, archive-hostile, not-found (nothing matches `only`)
 */
export async function restoreSet(
  manifest: Manifest,
  store: SetStore,
  target: string,
  context: RestoreSetContext,
): Promise<RestoredSet> {
  const tables: NonNullable<Compared['tables']> = []
  const files = { count: 0, expected: 0 }
  const places: string[] = []
  const levels: ProofLevel[] = []
  const unproven: BackupError[] = []
  const replaced: Replaced[] = []
  let hasFiles = false
  let before = 0
  const inside = isPathInside(manifest, context.only) ? context.only : undefined
  for (const artifact of selectArtifacts(manifest, context.only)) {
    const own = bytesOf(artifact)
    const restored = await restoreOrProve(artifact, manifest, store, target, inside, {
      ...context,
      // A source may count what it reads again to compare: nothing has more done than there is.
      progress: (bytes) => context.progress(before + Math.min(bytes, own)),
    })
    before += own
    levels.push(restored.level)
    if (restored.replaced !== undefined) replaced.push(restored.replaced)
    if (restored.unproven !== undefined) unproven.push(restored.unproven)
    tables.push(...(restored.compared.tables ?? []))
    places.push(...restored.places)
    if (restored.compared.files === undefined) continue
    hasFiles = true
    files.count += restored.compared.files.count
    files.expected += restored.compared.files.expected
  }
  if (places.length === 0)
    throw new BackupError('not-found', { what: phrase('file-in-backup'), name: context.only ?? '' })
  const level = weakest(levels)
  return {
    places,
    level,
    unproven,
    replaced,
    compared: { ...(tables.length > 0 ? { tables } : {}), ...(hasFiles ? { files } : {}) },
  }
}

/** Of a test: what cannot be tried here is proven as far as can be, and says why it went no further. */
async function restoreOrProve(
  artifact: Artifact,
  manifest: Manifest,
  store: SetStore,
  target: string,
  only: string | undefined,
  context: RestoreSetContext,
): Promise<Restored & { readonly unproven?: BackupError }> {
  try {
    return await restoreOne(artifact, manifest, store, target, only, context)
  } catch (error) {
    if (!(error instanceof BackupError) || error.code !== 'not-provable' || !context.isTest) throw error
    const proven = await proveSet([artifact], [], store, 'matched', { ...context, progress: () => undefined })
    const failure = proven.artifacts.find((one) => one.error !== undefined)?.error
    if (failure !== undefined && failure.code !== 'not-provable') throw failure
    return { compared: {}, problems: [], places: [artifact.file], level: proven.level, unproven: failure ?? error }
  }
}

async function restoreOne(
  artifact: Artifact,
  manifest: Manifest,
  store: SetStore,
  target: string,
  only: string | undefined,
  context: RestoreSetContext,
): Promise<Restored> {
  const { world, signal, progress, isTest, into } = context
  const source = sourceOf(artifact, context.sources)
  const reader = sourceReader(artifact.source.kind, world)
  const index = indexOf(artifact, manifest.files)
  const proving = { world, reader, signal, source, index: undefined, progress: () => undefined }
  // The index steers the comparison, so it is proven before it is believed.
  if (index !== undefined) {
    await proveArtifact(index, store, 'decoded', {
      world,
      reader,
      signal,
      source,
      index: undefined,
      progress: () => undefined,
    })
  }
  const checked = await openChecked(artifact, store, signal)
  try {
    const restored = await reader.restore(checked.plain, artifact.content, {
      ...{ target, only, signal, isTest, into, source },
      verify: () => verifyRead(checked, () => proveArtifact(artifact, store, 'decoded', proving)),
      fileName: safeFileName(restoredName(artifact), 'restored'),
      progress,
      index: index === undefined ? undefined : () => openDecoded(index, store, signal),
    })
    if (restored.problems.length > 0) throw await differenceOrDamage(artifact, restored.problems, store, proving)
    await drain(checked.plain)
    checked.verify()
    return restored
  } catch (error) {
    const broken = decodeErrorIn(error)
    if (broken !== undefined) throw damaged(artifact, broken.message)
    throw await trueCause(toBackupError(error, 'restore-stage'), artifact, store, proving)
  } finally {
    checked.plain.destroy()
  }
}

/** Read to the end the digests tell; a reader that needed less leaves it to a reading of its own. */
async function verifyRead(checked: Checked, proveAgain: () => Promise<void>): Promise<void> {
  if (!checked.plain.destroyed) await drain(checked.plain)
  if (checked.plain.readableEnded) checked.verify()
  else await proveAgain()
}

/** Data that is not what it should be: because the stored bytes were damaged? What a restore finds first need not be the cause. */
async function trueCause(
  failure: BackupError,
  artifact: Artifact,
  store: SetStore,
  context: ProveContext,
): Promise<BackupError> {
  // What a server makes of damaged bytes is an error of any kind.
  if (failure.code === 'postgres-failed') {
    await proveArtifact(artifact, store, 'read', context)
    return failure
  }
  // One that names the file has been through this.
  if (failure.code !== 'content-mismatch' || failure.detail['file'] === artifact.file) return failure
  const { reason = '', ...more } = failure.detail
  return await differenceOrDamage(artifact, [String(reason)], store, context, more)
}

interface Checked {
  readonly plain: Readable
  verify(): void
}

/** The decoded stream of an artifact, and the check of stored and plain digests once it has been read to its end. */
async function openChecked(artifact: Artifact, store: SetStore, signal: AbortSignal): Promise<Checked> {
  const stored = new Digester()
  const decoded = new Digester()
  const raw = await store.get(artifact.file, signal)
  const counted = ownedStream(stored.through(raw as AsyncIterable<Buffer>), raw)
  const plain = ownedStream(decoded.through(decompress(artifact.compression, counted, artifact.plain_bytes)), counted)
  return {
    plain,
    verify: () => {
      if (stored.result().sha256 !== artifact.sha256) throw damaged(artifact, phrase('sha-differs'))
      if (decoded.result().sha256 !== artifact.plain_sha256) throw damaged(artifact, phrase('plain-sha-differs'))
    },
  }
}

function damaged(artifact: Artifact, reason: string): BackupError {
  return new BackupError(
    'artifact-damaged',
    { file: artifact.file, reason, alternative: phrase('another-backup') },
    { stage: 'restore-fetch' },
  )
}
