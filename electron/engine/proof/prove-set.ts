/** Proves every artifact of a set and says how far each got. */
import { isTree, type Artifact, type Manifest } from '../../contract/manifest.ts'
import { weakest, type ProofLevel } from '../../contract/proof.ts'
import type { SourceConfig } from '../../contract/source.ts'
import { toBackupError, type BackupError } from '../errors.ts'
import { sourceReader } from '../source/registry.ts'
import type { World } from '../world.ts'
import { proveArtifact, type ProveLevel } from './prove-artifact.ts'
import type { SetStore } from './set-store.ts'

export interface ArtifactProof {
  readonly file: string
  readonly level: ProofLevel
  readonly error: BackupError | undefined
}

export interface SetProof {
  /** Of the weakest artifact; `none` where the set lacks a source. */
  readonly level: ProofLevel
  readonly artifacts: readonly ArtifactProof[]
}

export interface ProveSetContext {
  readonly world: World
  readonly signal: AbortSignal
  /** As their job has them now, where that is known. */
  readonly sources: readonly SourceConfig[]
  /** Stored bytes of the set read so far. */
  progress(artifact: Artifact, bytes: number): void
}

/** @throws BackupError only where the run was aborted; what is wrong with an artifact is in the result */
export async function proveSet(
  files: readonly Artifact[],
  missing: Manifest['missing'],
  store: SetStore,
  level: ProveLevel,
  context: ProveSetContext,
): Promise<SetProof> {
  const proofs = new Map<Artifact, ArtifactProof>()
  // An index first: data can be matched only against an index that is itself whole, and the blame must fall on the right file.
  for (const artifact of indexesFirst(files)) {
    const index = indexOf(artifact, files)
    const isIndexWhole = index === undefined || proofs.get(index)?.error === undefined
    const reach = isIndexWhole || level === 'read' ? level : 'decoded'
    proofs.set(artifact, await proveOne(artifact, files, store, reach, context))
  }
  const artifacts = files.flatMap((file) => proofs.get(file) ?? [])
  return { level: missing.length > 0 ? 'none' : weakest(artifacts.map((artifact) => artifact.level)), artifacts }
}

function indexesFirst(files: readonly Artifact[]): readonly Artifact[] {
  const isIndex = (file: Artifact): boolean => file.content.kind === 'index'
  return [...files.filter(isIndex), ...files.filter((file) => !isIndex(file))]
}

async function proveOne(
  artifact: Artifact,
  all: readonly Artifact[],
  store: SetStore,
  level: ProveLevel,
  context: ProveSetContext,
): Promise<ArtifactProof> {
  const { world, signal } = context
  try {
    await proveArtifact(artifact, store, level, {
      world,
      signal,
      reader: sourceReader(artifact.source.kind, world),
      index: indexOf(artifact, all),
      source: sourceOf(artifact, context.sources),
      progress: (bytes) => context.progress(artifact, bytes),
    })
    return { file: artifact.file, level, error: undefined }
  } catch (error) {
    if (signal.aborted) throw toBackupError(error)
    const failure = toBackupError(error, 'read-back')
    return { file: artifact.file, level: levelBefore(failure), error: failure }
  }
}

/** What still holds of an artifact whose proof failed at a stage: the level below the one that failed. */
function levelBefore(error: BackupError): ProofLevel {
  if (error.code === 'artifact-missing') return 'none'
  // The bytes were proven; whether they can be used was not found out.
  if (error.code === 'not-provable') return 'read'
  if (error.stage === 'match') return 'decoded'
  // Bytes that came back as they were written but could not be decoded were wrong when they were written.
  return 'stored'
}

/** The index artifact that lists the entries of `artifact`. */
export function indexOf(artifact: Artifact, all: readonly Artifact[]): Artifact | undefined {
  const { content } = artifact
  return isTree(content) ? all.find((other) => other.file === content.index) : undefined
}

/** The source of an artifact as its job has it now. */
export function sourceOf({ source }: Artifact, sources: readonly SourceConfig[]): SourceConfig | undefined {
  return sources.find(({ id, kind }) => id === source.id && kind === source.kind)
}
