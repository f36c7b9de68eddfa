/** The catalog's SQLite connection: cached statements, errors as BackupError, and rows that carry their own checksum. */
import { crc32 } from 'node:zlib'
import Database from 'better-sqlite3'
import { BackupError, errnoOf, reasonOf } from '../errors.ts'

export type Value = string | number | null
export type Row = Readonly<Record<string, Value>>

/** How long a statement waits for a lock that another program (a virus scanner, a copy) holds; faults.md G03. */
export const LOCK_WAIT_MS = 30_000

export class CatalogDatabase {
  readonly raw: Database.Database
  readonly path: string
  readonly readOnly: boolean
  readonly #statements = new Map<string, Database.Statement<unknown[], Row>>()

  constructor(raw: Database.Database, path: string, readOnly: boolean) {
    this.raw = raw
    this.path = path
    this.readOnly = readOnly
  }

  all(sql: string, ...values: readonly Value[]): Row[] {
    return this.#guard(() => this.#statement(sql).all(...values))
  }

  get(sql: string, ...values: readonly Value[]): Row | undefined {
    return this.#guard(() => this.#statement(sql).get(...values))
  }

  /** Changes rows. @throws BackupError `catalog-newer` where this catalog may only be read */
  run(sql: string, ...values: readonly Value[]): void {
    if (this.readOnly) throw new BackupError('catalog-newer', { path: this.path })
    this.#guard(() => this.#statement(sql).run(...values))
  }

  /** All or nothing; inside another transaction it joins that one. */
  transaction<T>(work: () => T): T {
    if (this.readOnly || this.raw.inTransaction) return work()
    return this.#guard(() => this.raw.transaction(work).immediate())
  }

  /** For a row whose content is not what this version writes: told, never passed on or skipped. */
  unreadable(error: Error): BackupError {
    const code = this.readOnly ? 'catalog-newer' : 'catalog-unusable'
    return new BackupError(code, { path: this.path, reason: error.message }, { cause: error })
  }

  close(): void {
    this.#statements.clear()
    this.raw.close()
  }

  #statement(sql: string): Database.Statement<unknown[], Row> {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const made = this.raw.prepare<unknown[], Row>(sql)
    this.#statements.set(sql, made)
    return made
  }

  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (error instanceof BackupError || !isSqliteError(error)) throw error
      // A newer schema may lack what this version asks for: that is "cannot be read", never "empty".
      throw this.unreadable(error instanceof Error ? error : new Error(reasonOf(error)))
    }
  }
}

export function isSqliteError(error: unknown): boolean {
  return errnoOf(error)?.startsWith('SQLITE_') === true
}

/** Columns in the order in which the checksum takes them; `key` columns identify a row. */
export interface TableShape {
  readonly name: string
  readonly columns: readonly string[]
  readonly key: readonly string[]
}

/**
 * CRC-32 over a row's values. SQLite checks its structure but not its content: of single flipped bits `quick_check` finds one in
 * ten (faults.md M2), and a flipped bit must not turn a weak proof into a strong one.
 */
export function rowSum(shape: TableShape, row: Row): number {
  return crc32(shape.columns.map((column) => row[column] ?? '\u0001').join('\u0000'))
}

/** Inserts or replaces the row with this key, and its checksum. */
export function putRow(database: CatalogDatabase, shape: TableShape, row: Row): void {
  const columns = [...shape.columns, 'sum']
  const changed = columns.filter((column) => !shape.key.includes(column))
  database.run(
    `INSERT INTO ${shape.name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
     ON CONFLICT (${shape.key.join(', ')}) DO UPDATE SET ${changed.map((c) => `${c} = excluded.${c}`).join(', ')}`,
    ...shape.columns.map((column) => row[column] ?? null),
    rowSum(shape, row),
  )
}

/** True where every row is what was written. */
export function rowsAreWhole(raw: Database.Database, shape: TableShape): boolean {
  for (const row of raw
    .prepare<unknown[], Row>(`SELECT ${shape.columns.join(', ')}, sum FROM ${shape.name}`)
    .iterate()) {
    if (row['sum'] !== rowSum(shape, row)) return false
  }
  return true
}

/** A column known to hold text; the schema says so (STRICT tables). */
export function text(row: Row, column: string): string {
  return String(row[column])
}

/** A column known to hold a whole number. */
export function count(row: Row, column: string): number {
  return Number(row[column])
}

/** Milliseconds since 1970 of an ISO 8601 string; 0 where it is not one. */
export function millisOf(iso: string): number {
  const value = Date.parse(iso)
  return Number.isNaN(value) ? 0 : value
}
