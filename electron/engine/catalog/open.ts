/** Opens the catalog, whatever state its file is in: absent, old, newer, locked or damaged (faults.md G01–G06). */
import { phrase } from '../../contract/phrases.ts'
import { accessSync, closeSync, constants, existsSync, openSync, renameSync, statSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import Database from 'better-sqlite3'
import { BackupError, errnoOf, reasonOf } from '../errors.ts'
import { localStamp } from '../time.ts'
import type { World } from '../world.ts'
import type { Catalog, CatalogNames } from './catalog.ts'
import {
  CatalogDatabase,
  isSqliteError,
  LOCK_WAIT_MS,
  putRow,
  rowsAreWhole,
  rowSum,
  type Row,
  type TableShape,
} from './database.ts'
import { metaShape, migrate, migrations, schemaVersion, type Migration } from './migrations.ts'
import { runShape } from './run-table.ts'
import { proofShape } from './proof-table.ts'
import { pinShape, setShape } from './set-table.ts'
import { slotShape } from './slot-table.ts'
import { destinationShape, jobShape, SqliteCatalog } from './sqlite-catalog.ts'

export interface OpenCatalogOptions {
  /** File of the catalog, `SITEKEEP_HOME/catalog.db`; its folder exists. */
  readonly path: string
  readonly names: CatalogNames
  readonly world: World
  /** Schema steps; only tests give others. */
  readonly steps?: readonly Migration[]
  /** Milliseconds to wait for another program's lock; only tests give another. */
  readonly lockWaitMs?: number
}

type Notice = Catalog['notices'][number]
type Opening =
  | { readonly is: 'usable' | 'newer'; readonly database: CatalogDatabase }
  | { readonly is: 'damaged'; readonly reason: string }

/** Oldest finished runs beyond this many are dropped: at one run every five minutes it is two years (faults.md G12). */
const MAX_RUNS = 200_000

const shapes: readonly TableShape[] = [
  metaShape,
  runShape,
  setShape,
  proofShape,
  pinShape,
  destinationShape,
  jobShape,
  slotShape,
]

/**
 * The catalog is always usable afterwards, or this throws `catalog-unusable` (locked, no rights, disk full). Where `notices` holds
 * `catalog-new` or `catalog-rebuilt`, the caller imports every destination. A damaged file is moved aside, never deleted.
 */
export function openCatalog(options: OpenCatalogOptions): Catalog {
  const { path, names, world, steps = migrations, lockWaitMs = LOCK_WAIT_MS } = options
  const notices: Notice[] = []
  // No jobs, no earlier catalog to miss: an ordinary first start.
  const isExpected = names.jobs().length > 0
  if (existsSync(path) && (statSync(path).size > 0 || isExpected)) {
    const opening = openExisting(path, steps, lockWaitMs)
    if (opening.is === 'newer') notices.push({ code: 'catalog-newer', detail: { path } })
    if (opening.is !== 'damaged') return new SqliteCatalog(opening.database, names, notices)
    const copy = moveAside(path, localStamp(world.clock.now()))
    notices.push({ code: 'catalog-rebuilt', detail: { path, copy, reason: opening.reason } })
  } else if (isExpected) {
    notices.push({ code: 'catalog-new', detail: { path } })
  }
  return new SqliteCatalog(createNew(path, steps, lockWaitMs), names, notices)
}

function openExisting(path: string, steps: readonly Migration[], lockWaitMs: number): Opening {
  let raw: Database.Database | undefined
  try {
    if (statSync(path).size === 0) return { is: 'damaged', reason: phrase('empty') }
    raw = new Database(path, { timeout: lockWaitMs })
    const fault = findFault(raw, steps)
    if (fault !== undefined) {
      raw.close()
      return { is: 'damaged', reason: fault }
    }
    if (schemaVersion(raw) > steps.length) {
      raw.close()
      const reader = new Database(path, { readonly: true, timeout: lockWaitMs })
      return { is: 'newer', database: new CatalogDatabase(reader, path, true) }
    }
    return { is: 'usable', database: makeReady(raw, path, steps) }
  } catch (error) {
    raw?.close()
    if (isDamage(error, path)) return { is: 'damaged', reason: reasonOf(error) }
    throw unusable(error, path)
  }
}

function createNew(path: string, steps: readonly Migration[], lockWaitMs: number): CatalogDatabase {
  try {
    // SQLite gives its side files the rights of the main one.
    closeSync(openSync(path, 'a', 0o600))
    return makeReady(new Database(path, { timeout: lockWaitMs }), path, steps)
  } catch (error) {
    throw unusable(error, path)
  }
}

function makeReady(raw: Database.Database, path: string, steps: readonly Migration[]): CatalogDatabase {
  raw.pragma('journal_mode = WAL')
  // FULL: a run that was recorded stays recorded after a power cut.
  raw.pragma('synchronous = FULL')
  migrate(raw, path, steps)
  const database = new CatalogDatabase(raw, path, false)
  // Also proves that the file can be written to.
  putRow(database, metaShape, { key: 'shape', value: shapeSum(raw) })
  database.run(`DELETE FROM runs WHERE outcome <> '' AND n <= (SELECT max(n) FROM runs) - ${MAX_RUNS}`)
  return database
}

/** The first thing that is wrong with the file, in words; undefined where every row is what was written. */
function findFault(raw: Database.Database, steps: readonly Migration[]): string | undefined {
  const checked = String(raw.pragma('integrity_check(1)', { simple: true }))
  if (checked !== 'ok') return checked
  const version = schemaVersion(raw)
  if (version === 0) return 'it holds nothing'
  if (metaValue(raw, 'schema') !== String(version)) return 'the schema version is not the one that was written'
  // Only this version's own shape can be checked row by row.
  if (version !== steps.length || steps !== migrations) return undefined
  if (metaValue(raw, 'shape') !== shapeSum(raw)) return 'the schema is not the one that was written'
  const broken = shapes.find((shape) => !rowsAreWhole(raw, shape))
  return broken === undefined ? undefined : `rows of ${broken.name} are not what was written`
}

/** A value of `meta`; undefined where it is absent or its checksum does not fit. */
function metaValue(raw: Database.Database, key: string): string | undefined {
  const row = raw.prepare<unknown[], Row>('SELECT key, value, sum FROM meta WHERE key = ?').get(key)
  return row === undefined || row['sum'] !== rowSum(metaShape, row) ? undefined : String(row['value'])
}

function shapeSum(raw: Database.Database): string {
  const rows = raw.prepare<unknown[], Row>('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all()
  return String(crc32(JSON.stringify(rows)))
}

/** Faults of the surroundings (locks, rights, space, the disk's own errors) say nothing about the file's content. */
const surroundings = /^SQLITE_(BUSY|LOCKED|CANTOPEN|PERM|AUTH|FULL|IOERR|NOMEM|PROTOCOL)/

function isDamage(thrown: unknown, path: string): boolean {
  const error = thrown instanceof BackupError ? thrown.cause : thrown
  if (!isSqliteError(error)) return false
  const code = errnoOf(error) ?? ''
  if (!code.startsWith('SQLITE_READONLY')) return !surroundings.test(code)
  // A flipped bit in the header makes a file read-only to SQLite that the system would let us write to.
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    // Truly read-only: a matter of rights.
    return false
  }
}

function unusable(error: unknown, path: string): BackupError {
  if (error instanceof BackupError) return error
  return new BackupError('catalog-unusable', { path, reason: reasonOf(error) }, { cause: error })
}

/** Moves the file and its side files together, so that the copy can still be opened by hand. */
function moveAside(path: string, stamp: string): string {
  const base = `${path}.damaged-${stamp}`
  let target = base
  for (let n = 2; existsSync(target); n += 1) target = `${base}_${n}`
  renameSync(path, target)
  for (const side of ['-wal', '-shm']) if (existsSync(path + side)) renameSync(path + side, target + side)
  return target
}
