/** Examines a database file that nobody else uses — a snapshot, or one just restored — without changing it. */
import { closeSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { TableRows } from '../../contract/manifest.ts'
import { hashFile } from './hash-file.ts'
import { WorkerFailure, type SqliteExamination, type SqliteExamineOrder, type Tell } from './protocol.ts'
import { primaryCode } from './sqlite-errors.ts'
import { tolerateDamage } from './sqlite-live.ts'

/** As long as manifest.ts allows. */
const MAX_COMPLAINT = 2000

/** @throws WorkerFailure source-not-sqlite where SQLite cannot make anything of the file */
export async function examineSqlite(order: SqliteExamineOrder, tell: Tell): Promise<SqliteExamination> {
  const { size } = statSync(order.path)
  const pageSize = pageSizeOf(order.path)
  const sha256 = order.hash ? (await hashFile(order, tell)).sha256 : undefined
  const db = openOwn(order.path)
  try {
    db.pragma('trusted_schema = OFF')
    const { check, damaged } = checkStructure(db, order.check)
    if (damaged) tolerateDamage(db)
    const tables = countTables(db)
    const examined = {
      bytes: size,
      pageSize,
      pageCount: Math.floor(size / pageSize),
      sqliteVersion: sqliteVersion(),
      check,
      damaged,
      tables,
    }
    return sha256 === undefined ? examined : { ...examined, sha256 }
  } finally {
    db.close()
    removeSideFiles(order.path)
  }
}

/**
 * Opens a file that is ours alone. In WAL mode SQLite needs `-wal` and `-shm` beside it even for reading; a read-only connection
 * writes nothing into them and leaves them behind, so whoever closes it calls {@link removeSideFiles}.
 */
export function openOwn(path: string): Database.Database {
  return new Database(path, { readonly: true, fileMustExist: true })
}

export function removeSideFiles(path: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
}

/** Asked of a database of its own: even this question fails where the schema is damaged. */
function sqliteVersion(): string {
  const db = new Database(':memory:')
  try {
    return String(db.prepare('SELECT sqlite_version()').pluck().get())
  } finally {
    db.close()
  }
}

function pageSizeOf(path: string): number {
  const fd = openSync(path, 'r')
  try {
    const header = Buffer.alloc(18)
    readSync(fd, header, 0, header.length, 0)
    const stored = header.readUInt16BE(16)
    const size = stored === 1 ? 65_536 : stored
    if (size < 512) throw new WorkerFailure('source-not-sqlite', { path })
    return size
  } finally {
    closeSync(fd)
  }
}

function checkStructure(db: Database.Database, kind: 'quick' | 'integrity'): { check: string; damaged: boolean } {
  try {
    // Rows that break a CHECK constraint are the application's affair, and its functions are not known here.
    db.pragma('ignore_check_constraints = ON')
    const complaint = String(db.pragma(`${kind}_check(1)`, { simple: true }))
    const check = complaint.replace(/^\*\*\* in database main \*\*\*\n/, '').slice(0, MAX_COMPLAINT)
    return { check, damaged: check !== 'ok' }
  } catch (error) {
    const code = primaryCode(error)
    if (code === undefined) throw error
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, MAX_COMPLAINT - 20)
    // SQLITE_ERROR: an extension's function or collation is missing here, which says nothing about the data.
    return code === 'SQLITE_ERROR' && !reason.startsWith('malformed')
      ? { check: `not checked: ${reason}`, damaged: false }
      : { check: reason, damaged: true }
  }
}

/**
 * Exact rows of every ordinary table: those with a b-tree of their own, so also the shadow tables of FTS and R-Tree, but
 * neither virtual tables (whose module may be missing here) nor SQLite's internal ones. A table too damaged to be counted is left out.
 */
export function countTables(db: Database.Database): TableRows[] {
  const tables: TableRows[] = []
  for (const name of ordinaryTables(db)) {
    const rows = countRows(db, name)
    if (rows !== undefined) tables.push({ name, rows })
  }
  return tables
}

function ordinaryTables(db: Database.Database): string[] {
  try {
    const names = db
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name`)
      .pluck()
      .all()
    return names.filter((name): name is string => typeof name === 'string' && !/^sqlite_/i.test(name))
  } catch (error) {
    // A schema that cannot be read: the structure check has said so.
    if (primaryCode(error) !== undefined) return []
    throw error
  }
}

function countRows(db: Database.Database, name: string): number | undefined {
  try {
    const quoted = `"${name.replaceAll('"', '""')}"`
    return Number(db.prepare(`SELECT count(*) FROM ${quoted} NOT INDEXED`).pluck().get())
  } catch (error) {
    if (primaryCode(error) !== undefined) return undefined
    throw error
  }
}
