/** Configuration files by glob: keys left out, secrets masked by value, everything else byte for byte. */
import { createHash } from 'node:crypto'
import type { SourceOf, SourceReport } from '../../contract/source.ts'
import type { ArchiveEntry } from '../archive/entry.ts'
import { nameText } from '../archive/entry.ts'
import { archiveName, type TreeContent } from '../archive/roots.ts'
import { TarWriter } from '../archive/tar-writer.ts'
import { throwIfAborted, toBackupError } from '../errors.ts'
import type { World } from '../world.ts'
import { discover, type ConfigFile } from './config-discover.ts'
import { maskFile, secretValues, type MaskedFile } from './config-mask.ts'
import { entryOf } from './files-entries.ts'
import { judgeByCount } from './files-guards.ts'
import { readOwners, type Owners } from './files-owners.ts'
import { openFile, readWhole, WHOLE_BYTES } from './files-read.ts'
import { treeReader } from './files-reader.ts'
import { Report } from './files-report.ts'
import { treeSnapshot } from './files-snapshot.ts'
import { IndexSpool } from './files-spool.ts'
import type { Snapshot, SnapshotContext, SourceKindModule } from './source.ts'

type Config = SourceOf<'config'>

export const configKind: SourceKindModule<'config'> = {
  create: (config, world) => ({
    kind: 'config',
    isRestoreTestable: true,
    check: ({ signal }) => typed(() => check(config, world, signal)),
    snapshot: (context) => typed(() => snapshot(config, world, context)),
    paths: () => typed(() => paths(config, world)),
  }),
  reader: treeReader,
}

async function check(config: Config, world: World, signal: AbortSignal): Promise<SourceReport> {
  const report = new Report(config.name, { user: world.host.user })
  const { files } = await discover(config, world, signal, report)
  const bytes = files.reduce((sum, { stat }) => sum + Number(stat.size), 0)
  return { kind: 'config', bytes, files: files.length, notes: [...report.findings()] }
}

/** Only what is matched is read, so a destination beside a configuration file is no trouble. */
async function paths(config: Config, world: World): Promise<string[]> {
  const report = new Report(config.name, { user: world.host.user })
  const { files } = await discover(config, world, new AbortController().signal, report).catch(() => ({ files: [] }))
  return files.map(({ path }) => nameText(path))
}

async function snapshot(config: Config, world: World, context: SnapshotContext): Promise<Snapshot> {
  const report = new Report(config.name, { user: world.host.user })
  const { files, base } = await discover(config, world, context.signal, report)
  const read = await readFiles(files, world, context, report)
  const stored = maskAll(read, report)
  judgeByCount(report, config.name, context.previous, stored.length)
  const spool = new IndexSpool(world, context.workDir)
  const owners = await readOwners(world)
  const prefix = archiveName(base, world.host.platform)
  return treeSnapshot({
    kind: 'config',
    origin: config.globs.join(', '),
    roots: [{ path: base === '' ? '/' : base, prefix, name: 'config' }],
    spool,
    bytes: (signal) => archive(stored, spool, owners, signal),
    findings: () => report.findings(),
    masked: () => maskedOf(stored),
    release: () => spool.remove(),
  })
}

interface ReadFile {
  readonly file: ConfigFile
  readonly bytes: Buffer
}

interface StoredFile extends MaskedFile {
  readonly file: ConfigFile
}

async function readFiles(
  files: readonly ConfigFile[],
  world: World,
  context: SnapshotContext,
  report: Report,
): Promise<ReadFile[]> {
  const read: ReadFile[] = []
  let done = 0
  for (const file of files) {
    throwIfAborted(context.signal)
    const bytes = await readFile(file, world, context.signal, report)
    if (bytes === undefined) continue
    read.push(bytes)
    done += bytes.bytes.length
    context.progress(done)
  }
  return read
}

async function readFile(
  file: ConfigFile,
  world: World,
  signal: AbortSignal,
  report: Report,
): Promise<ReadFile | undefined> {
  if (file.stat.size > WHOLE_BYTES) {
    leaveOut(file, report)
    return undefined
  }
  const opened = await openFile(file.path, file.stat, world, signal)
  if ('lost' in opened) {
    report.count(opened.lost === 'vanished' ? 'files-vanished' : 'files-unreadable', file.shown)
    return undefined
  }
  try {
    const whole = await readWhole(opened.handle, opened.stat, file.path, world, signal)
    if (whole === undefined || whole.inconsistent) report.count('files-changed', file.shown)
    return whole === undefined ? undefined : { file: { ...file, stat: whole.stat }, bytes: whole.bytes }
  } finally {
    await opened.handle.close()
  }
}

/** A secret found in one file is masked wherever else it stands. */
function maskAll(read: readonly ReadFile[], report: Report): StoredFile[] {
  const known = new Set<string>()
  for (const { file, bytes } of read)
    for (const value of secretValues(nameText(file.name), bytes) ?? []) known.add(value)
  const stored: StoredFile[] = []
  for (const { file, bytes } of read) {
    const masked = maskFile(nameText(file.name), bytes, known)
    if (masked === undefined) leaveOut(file, report)
    else stored.push({ file, ...masked })
  }
  const count = stored.reduce((sum, { keys }) => sum + keys.length, 0)
  if (count > 0) report.find('config-masked', { count })
  return stored
}

function leaveOut(file: ConfigFile, report: Report): void {
  const path = nameText(file.shown)
  report.find('config-unparsed', { path }, path)
}

async function* archive(
  stored: readonly StoredFile[],
  spool: IndexSpool,
  owners: Owners,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  const writer = new TarWriter()
  for (const { file, bytes } of stored) {
    throwIfAborted(signal)
    const entry: ArchiveEntry = { ...entryOf(file, 'file', owners), size: bytes.length }
    yield* await writer.whole(entry, bytes)
    await spool.add(entry, createHash('sha256').update(bytes).digest('hex'), false)
  }
  yield* writer.end()
}

function maskedOf(stored: readonly StoredFile[]): TreeContent['masked'] {
  return stored
    .filter(({ keys }) => keys.length > 0)
    .map(({ file, keys }) => ({ path: nameText(file.name).slice(0, 4096), keys: keys.slice(0, 2000) }))
}

async function typed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toBackupError(error)
  }
}
