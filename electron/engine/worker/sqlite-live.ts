/** Copies a database in place, through a read-only connection and SQLite's backup API. */
import { rmSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { WorkerFailure, type SqliteSnapshotOrder, type SqliteSnapshotResult, type Tell } from './protocol.ts'
import { NotNow, primaryCode, sourceFailure } from './sqlite-errors.ts'
import { isSameFile, type DatabaseState, type Found } from './sqlite-state.ts'

/**
 * How long SQLite itself waits for a lock, in milliseconds; short, because the process is deaf meanwhile. The patience that
 * people set is kept around it.
 */
export const BUSY_MILLISECONDS = 250

/**
 * WAL mode, and rollback mode up to `oneLockBytes`: one read transaction held over all steps, so that no commit can restart
 * the copy. It stops no writer in WAL mode; in rollback mode it is the stall that is reported. Larger rollback-mode databases
 * go step by step, each step with its own lock; a commit between two steps restarts the copy.
 */
export async function copyLive(order: SqliteSnapshotOrder, found: Found, tell: Tell): Promise<SqliteSnapshotResult> {
  const db = openLive(order.path, found.state)
  try {
    const hasOneLock = found.journalMode === 'wal' || found.state.main.size <= BigInt(order.oneLockBytes)
    beginRead(db, order.path, hasOneLock)
    const begun = performance.now()
    refuseCreated(db, order.path, found.state)
    tell({ type: 'hold' })
    const restarts = await backUp(db, order, found.pageSize, tell)
    // Ends the transaction; COMMIT would first read the schema, which may be damaged.
    db.close()
    const held = Math.ceil(performance.now() - begun)
    tell({ type: 'free' })
    const stall = found.journalMode === 'delete' && hasOneLock ? held : 0
    const bytes = statSync(order.copy).size
    return { bytes, journalMode: found.journalMode, stallMilliseconds: stall, restarts }
  } catch (error) {
    throw sourceFailure(order.path, error)
  } finally {
    db.close()
  }
}

export function openLive(path: string, state: DatabaseState): Database.Database {
  try {
    return new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MILLISECONDS })
  } catch (error) {
    removeCreated(path, state)
    throw sourceFailure(path, error)
  }
}

/**
 * Takes a first lock and reads page 1; with `isHeld` in a transaction that stays open. A damaged database is opened as it is: a
 * copy of it is better than none (faults.md C09).
 */
export function beginRead(db: Database.Database, path: string, isHeld: boolean): void {
  try {
    if (isHeld) db.exec('BEGIN')
    // Does not need the schema, which may be damaged.
    db.pragma('schema_version')
  } catch (error) {
    if (primaryCode(error) !== 'SQLITE_CORRUPT') throw sourceFailure(path, error)
    tolerateDamage(db)
    db.pragma('schema_version')
  }
}

/** Lets SQLite work on a file that is shorter than its header says. A flag of this connection: nothing is written. */
export function tolerateDamage(db: Database.Database): void {
  db.unsafeMode(true)
  db.pragma('writable_schema = ON')
}

/**
 * The application may have closed the database, and so removed its side files, between our look and our opening; SQLite has
 * then created them anew. If they belong to us and not to the owner of the database, the application could not write to them.
 */
export function refuseCreated(db: Database.Database, path: string, state: DatabaseState): void {
  if (!isOursAndNew(`${path}-wal`, state.wal, state) && !isOursAndNew(`${path}-shm`, state.shm, state)) return
  db.close()
  removeCreated(path, state)
  throw new NotNow(new WorkerFailure('source-changing', { path }))
}

function removeCreated(path: string, state: DatabaseState): void {
  const [wal, shm] = [`${path}-wal`, `${path}-shm`]
  // A log with content is somebody's data, whoever owns it.
  if (isOursAndNew(wal, state.wal, state) && statSync(wal).size === 0) rmSync(wal, { force: true })
  if (isOursAndNew(shm, state.shm, state)) rmSync(shm, { force: true })
}

function isOursAndNew(path: string, before: DatabaseState['wal'], state: DatabaseState): boolean {
  const uid = process.geteuid?.()
  // On Windows there is no such owner; as root SQLite itself gives the files to the owner of the database.
  if (uid === undefined || uid === 0 || state.main.uid === BigInt(uid)) return false
  const now = statSync(path, { bigint: true, throwIfNoEntry: false })
  return now !== undefined && now.uid === BigInt(uid) && !isSameFile(before, now)
}

/** @returns how often a commit of another program restarted the copy */
async function backUp(
  db: Database.Database,
  order: SqliteSnapshotOrder,
  pageSize: number,
  tell: Tell,
): Promise<number> {
  const pages = Math.max(1, Math.floor(order.stepBytes / pageSize))
  const begun = performance.now()
  let [restarts, last, moved] = [0, Number.POSITIVE_INFINITY, begun]
  const done = await db.backup(order.copy, {
    progress: ({ totalPages, remainingPages }) => {
      const now = performance.now()
      if (now - begun > order.holdMilliseconds)
        throw new WorkerFailure('timed-out', { minutes: order.holdMilliseconds / 60_000 })
      // No page further after a full busy wait: not a restart, but a lock.
      const wasBusy = remainingPages === last && now - moved >= BUSY_MILLISECONDS
      if (wasBusy && now - moved > order.lockWaitSeconds * 1000)
        throw new NotNow(new WorkerFailure('source-locked', { path: order.path }))
      if (!wasBusy && remainingPages >= last) restarts += 1
      if (restarts > order.maxRestarts)
        throw new WorkerFailure('source-busy-too-long', { path: order.path, restarts: order.maxRestarts })
      if (!wasBusy) moved = now
      last = remainingPages
      tell({ type: 'progress', bytes: (totalPages - remainingPages) * pageSize, totalBytes: totalPages * pageSize })
      return pages
    },
  })
  // A first step that met a lock looks finished to better-sqlite3: nothing remains of nothing.
  if (done.totalPages === 0) throw new NotNow(new WorkerFailure('source-locked', { path: order.path }))
  return restarts
}
