/** Proves one artifact from the bytes that lie at its place: read, decoded, matched — in one pass. */
import type { Detail } from '../../contract/error.ts'
import { phrase } from '../../contract/phrases.ts'
import type { Readable } from 'node:stream'
import type { Artifact } from '../../contract/manifest.ts'
import type { ProofLevel } from '../../contract/proof.ts'
import type { SourceConfig } from '../../contract/source.ts'
import { BackupError, reasonOf, toBackupError } from '../errors.ts'
import type { SourceReader } from '../source/source.ts'
import { decodeErrorIn, decompress } from '../stage/decompress.ts'
import { Digester } from '../stage/digest.ts'
import { drain } from '../stage/drain.ts'
import { ownedStream } from '../stage/owned-stream.ts'
import type { World } from '../world.ts'
import type { SetStore } from './set-store.ts'

export interface ProveContext {
  readonly world: World
  readonly reader: SourceReader
  readonly signal: AbortSignal
  /** The artifact that indexes this one, where there is one. */
  readonly index: Artifact | undefined
  /** The source as its job has it now, where that is known. */
  readonly source: SourceConfig | undefined
  /** Stored bytes read so far. */
  readonly progress: (bytes: number) => void
}

export type ProveLevel = Extract<ProofLevel, 'read' | 'decoded' | 'matched'>

/**
 * Reads `artifact` from `store` and proves it up to `level`.
 * @throws BackupError artifact-missing, artifact-damaged (bytes or structure), content-mismatch (well-formed, but not the data
 *   it was made from), each with the stage it was found in; not-provable only where the bytes themselves are whole
 */
export async function proveArtifact(
  artifact: Artifact,
  store: SetStore,
  level: ProveLevel,
  context: ProveContext,
): Promise<void> {
  const stored = new Digester()
  const raw = await store.get(artifact.file, context.signal)
  const chunks = stored.through(raw as AsyncIterable<Buffer>, context.progress)
  const counted = ownedStream(guardLength(chunks, artifact), raw)
  try {
    if (level === 'read') await drain(counted)
    else await decodeAndInspect(artifact, counted, level, store, context)
  } finally {
    counted.destroy()
  }
  if (stored.result().sha256 !== artifact.sha256)
    throw damaged(artifact, { reason: phrase('sha-differs') }, 'read-back')
}

/** Stops at the first byte beyond the announced size: an artifact with something appended is damaged (faults.md K03). */
async function* guardLength(input: AsyncIterable<Buffer>, artifact: Artifact): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of input) {
    bytes += chunk.length
    if (bytes > artifact.bytes) throw damaged(artifact, { reason: phrase('longer-than-said') }, 'read-back')
    yield chunk
  }
  if (bytes < artifact.bytes)
    throw damaged(artifact, { reason: phrase('shorter-than-said'), found: bytes }, 'read-back')
}

async function decodeAndInspect(
  artifact: Artifact,
  counted: Readable,
  level: ProveLevel,
  store: SetStore,
  context: ProveContext,
): Promise<void> {
  const plain = new Digester()
  const chunks = plain.through(decompress(artifact.compression, counted, artifact.plain_bytes))
  const decoded = ownedStream(chunks, counted)
  let notProvable: BackupError | undefined
  try {
    if (level === 'matched' && artifact.content.kind !== 'index') {
      const problems = await inspected(artifact, decoded, store, context)
      if (problems instanceof BackupError) notProvable = problems
      else if (problems.length > 0) throw await differenceOrDamage(artifact, problems, store, context)
    }
    await drain(decoded)
  } catch (error) {
    throw decodeFailure(artifact, error)
  } finally {
    decoded.destroy()
  }
  if (plain.result().sha256 !== artifact.plain_sha256)
    throw await differenceOrDamage(artifact, [phrase('decoded-differs')], store, context)
  if (notProvable !== undefined) throw notProvable
}

/** @returns the problems; what is missing here for finding them out, in which case the copy was not touched */
async function inspected(
  artifact: Artifact,
  decoded: Readable,
  store: SetStore,
  context: ProveContext,
): Promise<readonly string[] | BackupError> {
  try {
    return await context.reader.inspect(decoded, artifact.content, inspectContext(store, context))
  } catch (error) {
    if (error instanceof BackupError && error.code === 'not-provable') return error
    throw error
  }
}

/** Other data than expected: because the stored bytes were damaged, or although they are as they were written? */
export async function differenceOrDamage(
  artifact: Artifact,
  problems: readonly string[],
  store: SetStore,
  context: ProveContext,
  more: Detail = {},
): Promise<BackupError> {
  await proveArtifact(artifact, store, 'read', context)
  const reason = problems.slice(0, 5).join('; ')
  return new BackupError('content-mismatch', { ...more, file: artifact.file, reason }, { stage: 'match' })
}

function inspectContext(store: SetStore, context: ProveContext): Parameters<SourceReader['inspect']>[2] {
  const { index, world, signal, source } = context
  return {
    world,
    signal,
    source,
    index: index === undefined ? undefined : () => openDecoded(index, store, signal),
    progress: () => undefined,
  }
}

/** The decoded bytes of an artifact, unproven: for readers that need the index beside the data. */
export async function openDecoded(artifact: Artifact, store: SetStore, signal: AbortSignal): Promise<Readable> {
  const raw = await store.get(artifact.file, signal)
  return ownedStream(decompress(artifact.compression, raw, artifact.plain_bytes), raw)
}

function decodeFailure(artifact: Artifact, error: unknown): unknown {
  const broken = decodeErrorIn(error)
  return broken === undefined
    ? toBackupError(error, 'decode')
    : damaged(artifact, { reason: reasonOf(broken) }, 'decode', error)
}

function damaged(artifact: Artifact, why: Detail, stage: 'read-back' | 'decode', cause?: unknown): BackupError {
  return new BackupError(
    'artifact-damaged',
    { file: artifact.file, bytes: artifact.bytes, ...why, alternative: phrase('another-backup') },
    { stage, cause },
  )
}
