/** SQLite databases: a consistent snapshot by a child process, its bytes as a stream, and what they must hold. */
import { basename, dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import type { Finding } from '../../contract/finding.ts'
import type { SourceOf, SourceReport } from '../../contract/source.ts'
import { freeBytesAt } from '../disk-errors.ts'
import { BackupError, errnoOf, reasonOf, throwIfAborted, toBackupError } from '../errors.ts'
import { callWorker } from '../worker/call-worker.ts'
import type { SqliteExamination, SqliteSnapshotOrder, SqliteSnapshotResult } from '../worker/protocol.ts'
import type { World } from '../world.ts'
import {
  copyBytes,
  emptyError,
  findingsOf,
  previousOf,
  rowsNotCounted,
  workFull,
  type SqliteContent,
} from './sqlite-guards.ts'
import { sqliteReader } from './sqlite-reader.ts'
import type { CheckContext, Snapshot, SnapshotContext, Source, SourceKindModule } from './source.ts'

type Config = SourceOf<'sqlite'>

/** Limits of a snapshot; tests lower them. */
export type SqliteLimits = Pick<SqliteSnapshotOrder, 'oneLockBytes' | 'maxRestarts' | 'holdMilliseconds' | 'stepBytes'>

export const sqliteLimits: SqliteLimits = {
  // DESIGN §4: in rollback-journal mode one step up to 1 GB, above that at most 50 restarts.
  oneLockBytes: 1024 ** 3,
  maxRestarts: 50,
  // faults.md C14: nobody's log may grow for longer because of us.
  holdMilliseconds: 15 * 60_000,
  stepBytes: 16 * 1024 ** 2,
}

/** Up to here hashing takes less time than starting a second process to do it beside the check. */
const HASH_ALONG_BYTES = 64 * 1024 ** 2
/** The "Test" button should answer in seconds. */
const LOOK_WAIT_SECONDS = 2
const lookLimits = { countUpToBytes: 2 * 1024 ** 3, copyUpToBytes: 256 * 1024 ** 2 }
const COPY_NAME = 'snapshot.sqlite3'
const CHUNK = 1024 * 1024

export const sqliteKind: SourceKindModule<'sqlite'> = {
  create: (config, world) => createSqliteSource(config, world),
  reader: sqliteReader,
}

/** @param limits other than the usual ones, for tests */
export function createSqliteSource(config: Config, world: World, limits: SqliteLimits = sqliteLimits): Source {
  return {
    kind: 'sqlite',
    isRestoreTestable: true,
    check: (context) => withUser(world, () => check(config, world, context)),
    snapshot: (context) => withUser(world, () => snapshot(config, world, limits, context)),
    paths: () => withUser(world, async () => [await canonical(config.path, world, { mayBeAbsent: true })]),
  }
}

async function check(config: Config, world: World, { workDir, signal }: CheckContext): Promise<SourceReport> {
  const path = await canonical(config.path, world)
  const copy = join(workDir, COPY_NAME)
  try {
    const order = { path, copy, lockWaitSeconds: LOOK_WAIT_SECONDS, ...lookLimits }
    const look = await callWorker(world, 'sqlite-look', order, { signal })
    const notes = look.tables === undefined ? [rowsNotCounted(config.name)] : []
    return { kind: 'sqlite', ...look, notes }
  } catch (error) {
    throw error instanceof BackupError && error.code === 'source-empty' ? emptyError(path, undefined, error) : error
  } finally {
    await removeCopy(copy, world)
  }
}

async function snapshot(
  config: Config,
  world: World,
  limits: SqliteLimits,
  context: SnapshotContext,
): Promise<Snapshot> {
  const path = await canonical(config.path, world)
  const copy = join(context.workDir, COPY_NAME)
  await refuseCrowded(context.workDir, path, world)
  const release = () => removeCopy(copy, world)
  const previous = previousOf(context.previous)
  try {
    const needed = await copyBytes(path, world)
    const free = await freeBytesAt(context.workDir, world)
    if (free !== undefined && free < needed) throw await workFull(context.workDir, needed, world)
    const order: SqliteSnapshotOrder = { path, copy, lockWaitSeconds: config.lockWaitSeconds, ...limits }
    const taken = await callWorker(world, 'sqlite-snapshot', order, {
      signal: context.signal,
      holdMilliseconds: limits.holdMilliseconds,
      // Half of the way: the copy is read once more for its hash.
      progress: (bytes, total) => context.progress(bytes, total === undefined ? undefined : total * 2),
    })
    const examined = await examine(copy, taken.bytes, world, context)
    const findings = findingsOf({ name: config.name, path }, taken, examined, previous)
    return assemble(basename(config.path), path, copy, { taken, examined, findings }, world, release)
  } catch (error) {
    await release()
    if (error instanceof BackupError && error.code === 'source-empty') throw emptyError(path, previous, error)
    if (error instanceof BackupError && error.code === 'work-full' && error.detail['free'] === undefined)
      throw await workFull(context.workDir, await copyBytes(path, world), world, error)
    throw error
  }
}

/** `release` removes files by name: in a folder that is not this snapshot's own they might be somebody's data (faults.md C15). */
async function refuseCrowded(workDir: string, path: string, world: World): Promise<void> {
  if ((await world.files.readdir(workDir)).length === 0) return
  if (dirname(path) === (await world.files.realpath(workDir))) throw new BackupError('destination-is-source', { path })
  throw new BackupError('internal', { reason: `the work folder ${workDir} is not empty` })
}

/** Checks, counts and hashes the copy; a large one is hashed by a second process at the same time. */
async function examine(
  copy: string,
  bytes: number,
  world: World,
  context: SnapshotContext,
): Promise<SqliteExamination & { sha256: string }> {
  const progress = (done: number) => context.progress(bytes + done, bytes * 2)
  const options = { signal: context.signal, progress }
  const hashesApart = bytes > HASH_ALONG_BYTES
  const [examined, hashed] = await Promise.all([
    callWorker(world, 'sqlite-examine', { path: copy, check: 'quick', hash: !hashesApart }, options),
    hashesApart ? callWorker(world, 'hash-file', { path: copy }, options) : undefined,
  ])
  const sha256 = hashed?.sha256 ?? examined.sha256
  if (sha256 === undefined) throw new BackupError('internal', { reason: 'the snapshot was not hashed' })
  return { ...examined, sha256 }
}

function assemble(
  name: string,
  origin: string,
  copy: string,
  facts: {
    readonly taken: SqliteSnapshotResult
    readonly examined: SqliteExamination & { sha256: string }
    readonly findings: readonly Finding[]
  },
  world: World,
  release: () => Promise<void>,
): Snapshot {
  const { taken, examined, findings } = facts
  const content: SqliteContent = {
    kind: 'sqlite',
    name,
    page_size: examined.pageSize,
    page_count: examined.pageCount,
    journal_mode: taken.journalMode,
    sqlite_version: examined.sqliteVersion,
    quick_check: examined.check,
    tables: [...examined.tables],
  }
  return {
    origin,
    artifacts: [
      {
        role: 'data',
        extension: 'sqlite3',
        expectedBytes: taken.bytes,
        expectedSha256: examined.sha256,
        open: (signal) =>
          Promise.resolve(Readable.from(bytesOf(copy, taken.bytes, world, signal), { objectMode: false })),
        evidence: () => content,
      },
    ],
    findings: () => findings,
    release,
  }
}

/** Every byte of the copy, or an error: never fewer. */
async function* bytesOf(copy: string, expected: number, world: World, signal: AbortSignal): AsyncGenerator<Buffer> {
  const file = await world.files.open(copy, 'r')
  try {
    for (let done = 0; done < expected;) {
      throwIfAborted(signal)
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK, expected - done))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, done)
      if (bytesRead === 0)
        throw new BackupError('internal', { reason: 'the snapshot became shorter while it was read' })
      done += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } catch (error) {
    throw toBackupError(error)
  } finally {
    await file.close()
  }
}

/** The real file behind links: its `-wal` lies beside it, not beside the link (faults.md C16). */
async function canonical(path: string, world: World, options = { mayBeAbsent: false }): Promise<string> {
  try {
    return await world.files.realpath(resolve(path))
  } catch (error) {
    const errno = errnoOf(error)
    if (options.mayBeAbsent) return resolve(path)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') throw new BackupError('source-missing', { path }, { cause: error })
    if (errno === 'EACCES' || errno === 'EPERM') throw new BackupError('source-denied', { path }, { cause: error })
    throw new BackupError('source-read-error', { path, reason: errno ?? reasonOf(error) }, { cause: error })
  }
}

/** Only BackupErrors leave; "may not read" names the account that may not. */
async function withUser<T>(world: World, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const failure = toBackupError(error)
    if (failure.code !== 'source-denied') throw failure
    throw new BackupError(failure.code, { ...failure.detail, user: world.host.user }, { cause: error })
  }
}

async function removeCopy(copy: string, world: World): Promise<void> {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    // Absent is what is wanted; what cannot be removed now goes with the work folder at the next start.
    await world.files.unlink(copy + suffix).catch(() => undefined)
  }
}
