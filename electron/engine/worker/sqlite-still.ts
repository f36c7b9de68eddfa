/** Copies a WAL-mode database whose side files are not both there: its files while they stand still, recovered in the copy. */
import { open, type FileHandle } from 'node:fs/promises'
import { existsSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { WorkerFailure, type SqliteSnapshotOrder, type SqliteSnapshotResult, type Tell } from './protocol.ts'
import { NotNow, primaryCode, sourceFailure } from './sqlite-errors.ts'
import { tolerateDamage } from './sqlite-live.ts'
import { hasJournalContent, readFailure, stateOf, stoodStill, type Found } from './sqlite-state.ts'

/** Longer than the tick of file times on Linux (10 ms at most), so that a later write cannot bear the same time. */
const QUIET_MILLISECONDS = 50
const CHUNK = 4 * 1024 * 1024

/**
 * Opening the original is out of the question: SQLite would create `-wal` and `-shm` beside it, and where we are neither root
 * nor the owner of the database, the application could not write to them. No change from before to after the copying means
 * that the copied bytes are those of one moment; recovery and checkpoint then happen in the copy alone.
 * @throws NotNow where something moved; WorkerFailure source-hot-journal, source-read-error, work-full
 */
export async function copyStill(
  order: Pick<SqliteSnapshotOrder, 'path' | 'copy'>,
  found: Found,
  tell: Tell,
): Promise<SqliteSnapshotResult> {
  const moved = new NotNow(new WorkerFailure('source-changing', { path: order.path }))
  await sleep(QUIET_MILLISECONDS)
  const before = stateOf(order.path)
  if (!stoodStill(found.state, before)) throw moved
  if (hasJournalContent(order.path, before)) throw new WorkerFailure('source-hot-journal', { path: order.path })
  const hasLog = before.wal !== undefined && before.wal.size > 0n
  const totalBytes = Number(before.main.size) + (hasLog ? Number(before.wal.size) : 0)
  const step = (bytes: number) => tell({ type: 'progress', bytes, totalBytes })
  await copyBytes(order.path, order.copy, 0, step)
  if (hasLog) await copyBytes(`${order.path}-wal`, `${order.copy}-wal`, Number(before.main.size), step)
  if (!stoodStill(before, stateOf(order.path))) throw moved
  if (hasLog) foldLog(order.copy)
  await padToPage(order.copy, found.pageSize)
  return { bytes: statSync(order.copy).size, journalMode: 'wal', stallMilliseconds: 0, restarts: 0 }
}

async function copyBytes(from: string, to: string, offset: number, step: (bytes: number) => void): Promise<void> {
  const source = await open(from, 'r').catch((error: unknown) => {
    throw readFailure(from, error)
  })
  try {
    const target = await open(to, 'wx', 0o600)
    try {
      await pump(source, target, from, (bytes) => step(offset + bytes))
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

async function pump(
  source: FileHandle,
  target: FileHandle,
  from: string,
  step: (bytes: number) => void,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(CHUNK)
  for (let done = 0; ;) {
    const { bytesRead } = await source.read(buffer, 0, CHUNK).catch((error: unknown) => {
      throw readFailure(from, error)
    })
    if (bytesRead === 0) return
    for (let written = 0; written < bytesRead;)
      written += (await target.write(buffer, written, bytesRead - written)).bytesWritten
    done += bytesRead
    step(done)
  }
}

/** Brings what the log holds into the copy, which then needs no file beside it. */
function foldLog(copy: string): void {
  const db = new Database(copy, { fileMustExist: true })
  try {
    checkpoint(db)
  } catch (error) {
    throw sourceFailure(copy, error)
  } finally {
    db.close()
  }
  // SQLite removes the log when the last connection has brought all of it over; one that stays was not brought over.
  if (existsSync(`${copy}-wal`))
    throw new WorkerFailure('internal', { reason: 'the copied log could not be folded in' })
}

function checkpoint(db: Database.Database): void {
  try {
    db.pragma('wal_checkpoint(TRUNCATE)')
  } catch (error) {
    if (primaryCode(error) !== 'SQLITE_CORRUPT') throw error
    tolerateDamage(db)
    db.pragma('wal_checkpoint(TRUNCATE)')
  }
}

/** A file cut off inside a page gets the rest of that page as zeros, as SQLite reads it. */
async function padToPage(copy: string, pageSize: number): Promise<void> {
  const { size } = statSync(copy)
  const over = size % pageSize
  if (over === 0) return
  const file = await open(copy, 'r+')
  try {
    await file.truncate(size + pageSize - over)
  } finally {
    await file.close()
  }
}
