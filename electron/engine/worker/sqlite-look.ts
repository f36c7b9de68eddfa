/** Looks at a database for the "Test" button: is it there, readable, unlocked, and what does it hold. Changes nothing. */
import type Database from 'better-sqlite3'
import { patiently } from './patience.ts'
import { WorkerFailure, type SqliteLook, type SqliteLookOrder, type Tell } from './protocol.ts'
import { sourceFailure } from './sqlite-errors.ts'
import { countTables, openOwn } from './sqlite-examine.ts'
import { beginRead, openLive, refuseCreated } from './sqlite-live.ts'
import { findDatabase, hasJournalContent, type Found } from './sqlite-state.ts'
import { copyStill } from './sqlite-still.ts'
import { removeCopy } from './sqlite-snapshot.ts'

/** @throws WorkerFailure as snapshotSqlite */
export async function lookAtSqlite(order: SqliteLookOrder, tell: Tell): Promise<SqliteLook> {
  return patiently(order, tell, async () => {
    const found = findDatabase(order.path)
    const bytes = Number(found.state.main.size) + Number(found.state.wal?.size ?? 0n)
    const counts = found.way === 'live' ? lookLive(order, found, bytes) : await lookStill(order, found, bytes, tell)
    return { bytes, journalMode: found.journalMode, ...counts }
  })
}

type Counts = { tables: number; rows: number } | undefined

function lookLive(order: SqliteLookOrder, found: Found, bytes: number): Counts {
  const db = openLive(order.path, found.state)
  try {
    beginRead(db, order.path, true)
    refuseCreated(db, order.path, found.state)
    return bytes > order.countUpToBytes ? undefined : countsOf(db)
  } catch (error) {
    throw sourceFailure(order.path, error)
  } finally {
    db.close()
  }
}

async function lookStill(order: SqliteLookOrder, found: Found, bytes: number, tell: Tell): Promise<Counts> {
  if (hasJournalContent(order.path, found.state)) throw new WorkerFailure('source-hot-journal', { path: order.path })
  if (bytes > order.copyUpToBytes) return undefined
  try {
    await copyStill(order, found, tell)
    const db = openOwn(order.copy)
    try {
      return countsOf(db)
    } finally {
      db.close()
    }
  } finally {
    removeCopy(order.copy)
  }
}

function countsOf(db: Database.Database): Counts {
  const tables = countTables(db)
  return { tables: tables.length, rows: tables.reduce((sum, table) => sum + table.rows, 0) }
}
