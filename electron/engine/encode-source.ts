/** Takes one source's snapshot and streams its artifacts, encoded, to every destination of the run. */
import { phrase } from '../contract/phrases.ts'
import { Readable } from 'node:stream'
import { join } from 'node:path'
import type { Artifact, Content } from '../contract/manifest.ts'
import { artifactTypes, type SourceConfig } from '../contract/source.ts'
import { artifactFiles, humanSize } from './artifact-names.ts'
import type { BackupRun, Branch } from './backup-run.ts'
import { failBranch, living } from './branches.ts'
import { BackupError, toBackupError, throwIfAborted } from './errors.ts'
import { openDecoded } from './proof/prove-artifact.ts'
import { indexOf } from './proof/prove-set.ts'
import { setPrefixOf, storeAt } from './proof/set-store.ts'
import { createSource } from './source/registry.ts'
import { SourceProgress } from './source-progress.ts'
import type { Snapshot, SnapshotArtifact, SnapshotContext } from './source/source.ts'
import { compress, compressionExtension } from './stage/compress.ts'
import { Digester, type Digest } from './stage/digest.ts'
import { fanOut } from './stage/fan-out.ts'
import { makeWorkDir, removeWorkDir, workRootOf } from './work-dir.ts'

/** @throws BackupError what the source reports; a destination's failure stays in its branch */
export async function encodeSource(
  run: BackupRun,
  config: SourceConfig,
  base: string,
  branches: readonly Branch[],
): Promise<void> {
  const { deps, job, hooks, recorder } = run
  const workDir = await makeWorkDir(deps.world, join(workRootOf(job, deps), `${hooks.run}-${config.id}`))
  const moving = new SourceProgress()
  let snapshot: Snapshot | undefined
  try {
    const source = createSource(config, deps.world)
    snapshot = await recorder.stage('snapshot', { source: config.name }, (progress) => {
      moving.enter(progress)
      const context = { workDir, signal: hooks.signal, progress: moving.read }
      return source.snapshot({ ...context, ...previousOf(run, config, branches) })
    })
    await encodeArtifacts(run, config, base, snapshot, branches, moving)
    recorder.find(...snapshot.findings())
  } finally {
    try {
      await snapshot?.release()
    } finally {
      await removeWorkDir(deps.world, workDir)
    }
  }
}

/** What the source held in its newest matched set, for the guards against shrinking and mass change. */
function previousOf(
  run: BackupRun,
  config: SourceConfig,
  branches: readonly Branch[],
): Pick<SnapshotContext, 'previous' | 'previousIndex'> {
  const { catalog } = run.deps
  for (const { open } of living(branches)) {
    const { destination } = open.writing
    const newest = catalog.newestMatched(run.job.id, destination.id)
    const manifest = newest === undefined ? undefined : catalog.manifest(destination.id, newest.id)?.manifest
    const files = manifest?.files.filter((file) => file.source.id === config.id) ?? []
    const data = files.find((file) => file.content.kind !== 'index')
    if (manifest === undefined || data === undefined) continue
    const index = indexOf(data, files)
    const store = storeAt(destination, setPrefixOf(manifest))
    return {
      previous: files.map((file): Content => file.content),
      previousIndex: index === undefined ? undefined : () => openDecoded(index, store, run.hooks.signal),
    }
  }
  return { previous: undefined, previousIndex: undefined }
}

interface Written {
  readonly artifact: SnapshotArtifact
  readonly file: string
  readonly plain: Digest
  readonly stored: Digest
}

async function encodeArtifacts(
  run: BackupRun,
  config: SourceConfig,
  base: string,
  snapshot: Snapshot,
  branches: readonly Branch[],
  moving: SourceProgress,
): Promise<void> {
  const names = artifactFiles(base, snapshot.artifacts, compressionExtension[run.job.compression], run.files)
  const written: Written[] = []
  try {
    for (const [position, artifact] of snapshot.artifacts.entries()) {
      const file = names[position] ?? base
      const subject = { source: config.name, totalBytes: artifact.expectedBytes }
      written.push(
        await run.recorder.stage('encode', subject, (progress) => {
          moving.enter(progress)
          return writeArtifact(run, artifact, file, branches, moving.streamed)
        }),
      )
    }
    const entries = written.map((one) => entryOf(run, config, snapshot.origin, one, names))
    for (const { branch } of living(branches)) branch.artifacts.push(...entries)
  } catch (error) {
    // The set may still be published without this source: then nothing of it may lie under the set's final name.
    await discardAll(run, names, branches)
    for (const name of names) run.files.delete(name)
    throw error
  }
}

/** A place that cannot let go of a half-written source must not publish it: it takes no further part. */
async function discardAll(run: BackupRun, names: readonly string[], branches: readonly Branch[]): Promise<void> {
  for (const { branch, open } of living(branches)) {
    try {
      for (const name of names) await open.staged.discard(name)
    } catch (error) {
      failBranch(run, branch, toBackupError(error, 'put'))
    }
  }
}

async function writeArtifact(
  run: BackupRun,
  artifact: SnapshotArtifact,
  file: string,
  branches: readonly Branch[],
  progress: (bytes: number) => void,
): Promise<Written> {
  const { hooks, recorder, job } = run
  const plain = new Digester()
  const stored = new Digester()
  const input = await artifact.open(hooks.signal)
  const read = counting((bytes) => recorder.addRead(bytes))
  const onPlain = (bytes: number): void => {
    read(bytes)
    progress(bytes)
  }
  const compressed = compress(job.compression, plain.through(input as AsyncIterable<Buffer>, onPlain))
  const encoded = stored.through(
    compressed,
    counting((bytes) => recorder.addStored(bytes)),
  )
  const targets = living(branches)
  const failures = await fanOut(
    encoded,
    targets.map(({ open }) => async (body: Readable) => {
      await open.staged.put(file, body, hooks.signal)
    }),
  )
  throwIfAborted(hooks.signal)
  for (const [position, failure] of failures.entries()) {
    if (failure !== undefined) failBranch(run, targets[position]?.branch, toBackupError(failure, 'put'))
  }
  if (living(branches).length === 0)
    throw targets[0]?.branch.error ?? new BackupError('internal', { reason: 'no destination' })
  checkExpected(artifact, file, plain.result())
  hooks.log(
    'info',
    `${file}: ${plain.result().bytes} bytes, stored ${stored.result().bytes}, sha256 ${stored.result().sha256}`,
  )
  return { artifact, file, plain: plain.result(), stored: stored.result() }
}

/** Turns "so far" into "since the last time". */
function counting(add: (bytes: number) => void): (soFar: number) => void {
  let before = 0
  return (soFar) => {
    add(soFar - before)
    before = soFar
  }
}

/** The snapshot's own digest was taken apart from this stream: a bad read in between shows here. */
function checkExpected(artifact: SnapshotArtifact, file: string, plain: Digest): void {
  if (artifact.expectedSha256 === undefined || artifact.expectedSha256 === plain.sha256) return
  throw new BackupError('content-mismatch', { file, reason: phrase('snapshot-differs') }, { stage: 'encode' })
}

function entryOf(
  run: BackupRun,
  config: SourceConfig,
  origin: string,
  written: Written,
  names: readonly string[],
): Artifact {
  const { artifact, file, plain, stored } = written
  return {
    type: artifactTypes[config.kind],
    file,
    size: humanSize(stored.bytes),
    source: { id: config.id, kind: config.kind, name: config.name, origin },
    bytes: stored.bytes,
    sha256: stored.sha256,
    plain_bytes: plain.bytes,
    plain_sha256: plain.sha256,
    compression: run.job.compression,
    encryption: null,
    content: artifact.evidence(names),
  }
}
