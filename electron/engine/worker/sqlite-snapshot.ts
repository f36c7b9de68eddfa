/** Takes a consistent copy of a database that others are using, as one self-contained file, and leaves the original as it was. */
import { existsSync, rmSync } from 'node:fs'
import { patiently } from './patience.ts'
import { WorkerFailure, type SqliteSnapshotOrder, type SqliteSnapshotResult, type Tell } from './protocol.ts'
import { copyLive } from './sqlite-live.ts'
import { findDatabase, isSameFile, stateOf, type DatabaseState } from './sqlite-state.ts'
import { copyStill } from './sqlite-still.ts'

/**
 * @throws WorkerFailure source-missing, -is-directory, -empty, -denied, -not-sqlite, -read-error, -locked, -hot-journal,
 * -replaced, -busy-too-long, -changing; destination-is-source; timed-out where a lock was held for too long; work-full
 */
export async function snapshotSqlite(order: SqliteSnapshotOrder, tell: Tell): Promise<SqliteSnapshotResult> {
  refuseOverwriting(order)
  return patiently(order, tell, async () => {
    try {
      return await once(order, tell)
    } catch (error) {
      removeCopy(order.copy)
      throw error
    }
  })
}

async function once(order: SqliteSnapshotOrder, tell: Tell): Promise<SqliteSnapshotResult> {
  const found = findDatabase(order.path)
  const result = found.way === 'still' ? await copyStill(order, found, tell) : await copyLive(order, found, tell)
  refuseReplaced(order.path, found.state)
  return result
}

/** A copy onto the original would destroy both (faults.md C15). */
function refuseOverwriting(order: SqliteSnapshotOrder): void {
  if (['', '-wal', '-shm', '-journal'].some((suffix) => order.copy === order.path + suffix))
    throw new WorkerFailure('destination-is-source', { path: order.path })
  if (existsSync(order.copy)) throw new WorkerFailure('internal', { reason: 'the snapshot file exists already' })
}

/** One path, two files: what was copied is perhaps neither (faults.md C06). */
function refuseReplaced(path: string, before: DatabaseState): void {
  let after: DatabaseState
  try {
    after = stateOf(path)
  } catch (error) {
    if (error instanceof WorkerFailure && error.code === 'source-missing')
      throw new WorkerFailure('source-replaced', { path }, error)
    throw error
  }
  if (!isSameFile(before.main, after.main)) throw new WorkerFailure('source-replaced', { path })
}

/** Removes a copy and whatever SQLite may have put beside it. */
export function removeCopy(copy: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(copy + suffix, { force: true })
}
