/** One moment of one database: its tables locked against being dropped, its snapshot exported, its rows counted in that snapshot. */
import { phrase } from '../../../contract/phrases.ts'
import type { DatabaseRight } from '../../../contract/manifest.ts'
import { BackupError } from '../../errors.ts'
import { tableName } from './dump-summary.ts'
import type { PsqlSession } from './session.ts'

export interface DatabaseFacts {
  readonly database: string
  readonly isStandby: boolean
  readonly encoding: string
  readonly collate: string
  readonly ctype: string
  readonly provider: 'libc' | 'icu' | 'builtin'
  /** Of ICU or of the server itself; null for the operating system's. */
  readonly locale: string | null
  readonly owner: string
  readonly largeObjects: number
  /** `ALTER DATABASE … SET`, which a dump of one database leaves out: `name=value`, for one role or for all. */
  readonly settings: readonly { readonly role: string | null; readonly setting: string }[]
  /** Rights on the database itself, left out as well; null where nobody ever changed them. `role` null is everybody. */
  readonly privileges: readonly Privilege[] | null
  readonly comment: string | null
}

export interface Privilege {
  readonly role: string | null
  readonly privilege: DatabaseRight
  readonly grantable: boolean
}

export interface TableCount {
  readonly name: string
  readonly rows: number
  /** Sums of the halves of every row's MD5, in any order of the rows; only where asked for. */
  readonly digest?: string
}

export interface DatabaseSnapshot {
  /** For `pg_dump --snapshot`; good as long as the session's transaction lives. */
  readonly id: string
  readonly facts: DatabaseFacts
  readonly tables: readonly Table[]
}

export interface Table {
  readonly oid: string
  readonly schema: string
  readonly name: string
  /** `WHERE …` of an extension's own table, of which only some rows are dumped; empty otherwise. */
  readonly condition: string
}

/** Locking and counting go table by table in groups: a statement of all of 10,000 tables would be a page of memory each. */
const GROUP = 100

// By way of JSON, since a column's name differs between versions, and the oldest have none.
const FACTS = `SELECT current_database() AS database, pg_is_in_recovery() AS "isStandby",
  pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype,
  CASE to_jsonb(d) ->> 'datlocprovider' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END AS provider,
  coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') AS locale, pg_get_userbyid(datdba) AS owner,
  (SELECT count(*) FROM pg_largeobject_metadata) AS "largeObjects",
  (SELECT coalesce(json_agg(json_build_object('role', pg_get_userbyid(nullif(setrole, 0)), 'setting', setting)), '[]'::json)
     FROM pg_db_role_setting, unnest(setconfig) AS setting WHERE setdatabase = d.oid) AS settings,
  CASE WHEN datacl IS NOT NULL THEN (SELECT coalesce(json_agg(json_build_object('role', pg_get_userbyid(nullif(grantee, 0)),
     'privilege', privilege_type, 'grantable', is_grantable)), '[]'::json) FROM aclexplode(datacl)) END AS privileges,
  shobj_description(oid, 'pg_database') AS comment
  FROM pg_database d WHERE datname = current_database()`

/**
 * The tables whose rows a dump holds: ordinary ones and partitions, with their own rows alone; of an extension's tables those
 * that it marks for dumping (pg_extension_config_dump), as pg_dump chooses them. A standby has nothing of unlogged tables.
 */
const TABLES = `SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, coalesce(x.condition, '') AS condition
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN (SELECT unnest(extconfig) AS oid, unnest(extcondition) AS condition FROM pg_extension) x ON x.oid = c.oid
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e'
  WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND (d.objid IS NULL OR x.oid IS NOT NULL)
  AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery())
  ORDER BY 2, 3`

/** How often the tables may change while they are being locked. */
const TURNS = 5
/**
 * Above this many tables locks of our own beside pg_dump's would fill the server's lock table (64 per connection by default);
 * pg_dump's keep them from being dropped, and only a TRUNCATE in the moment before them would not be seen.
 */
const LOCKED_TABLES = 1000

/**
 * Begins the transaction that holds the snapshot. Locks come before the snapshot, since a table that is emptied, rewritten or
 * renamed in between would look empty in it (TRUNCATE is not seen by snapshots): where the tables of the snapshot are not
 * those that were locked, it is begun anew.
 * @param lockSeconds how long to wait for a table that somebody else has locked
 * @throws BackupError postgres-locked (table and holder), postgres-denied (table), postgres-failed (they change without an end)
 */
export async function takeSnapshot(session: PsqlSession, lockSeconds: number): Promise<DatabaseSnapshot> {
  await session.run(`SET lock_timeout = '${Math.max(1, Math.round(lockSeconds * 1000))}ms'`)
  for (let turn = 1; ; turn += 1) {
    const before = await tablesIn(session)
    await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    try {
      if (before.length <= LOCKED_TABLES) await lock(session, before, lockSeconds)
      const { id } = await session.row<{ id: string }>('SELECT pg_export_snapshot() AS id')
      const tables = await tablesIn(session)
      if (before.length > LOCKED_TABLES || isSame(before, tables)) return { id, tables, facts: await factsIn(session) }
      if (turn === TURNS) throw new BackupError('postgres-failed', { reason: phrase('tables-change') })
    } catch (error) {
      // One that was dropped before it could be locked: the next list does not have it.
      const isGone = error instanceof BackupError && error.code === 'postgres-failed' && turn < TURNS
      if (!isGone) throw error
    }
    await session.run('ROLLBACK')
  }
}

async function factsIn(session: PsqlSession): Promise<DatabaseFacts> {
  const [facts] = await session.sharedRows<DatabaseFacts>(FACTS)
  if (facts === undefined) throw new BackupError('internal', { reason: 'a database without facts' })
  return facts
}

function isSame(before: readonly Table[], now: readonly Table[]): boolean {
  const key = ({ oid, schema, name }: Table) => `${oid} ${tableName(schema, name)}`
  const known = new Set(before.map(key))
  return now.length === before.length && now.every((table) => known.has(key(table)))
}

/** Those whose rows a dump holds, by schema and name. */
export async function tablesIn(session: PsqlSession): Promise<Table[]> {
  return await session.rows<Table>(TABLES)
}

/**
 * As `countTables`, in the session's snapshot. What it must lock to count is let go at once: beside pg_dump's own locks, those of some
 * thousand tables would fill the server's lock table.
 */
export async function countSnapshot(
  session: PsqlSession,
  tables: readonly Table[],
  withDigests: boolean,
): Promise<TableCount[]> {
  const counted: TableCount[] = []
  for (const group of groupsOf(tables)) {
    await session.run('SAVEPOINT counting')
    counted.push(...(await countTables(session, group, withDigests)))
    await session.run('ROLLBACK TO SAVEPOINT counting')
    await session.run('RELEASE SAVEPOINT counting')
  }
  return counted
}

/** Exact rows of each table. @param withDigests costs the server a second look at every row */
export async function countTables(
  session: PsqlSession,
  tables: readonly Table[],
  withDigests: boolean,
): Promise<TableCount[]> {
  const counted: TableCount[] = []
  for (const group of groupsOf(tables)) {
    const queries = group.map((table, position) => countQuery(table, position, withDigests))
    const rows = await session.rows<{ position: number; rows: string; digest: string | null }>(
      queries.join(' UNION ALL '),
    )
    for (const { position, rows: count, digest } of rows) {
      const table = group[position]
      if (table === undefined) throw new BackupError('internal', { reason: 'a count of no table' })
      counted.push({
        name: tableName(table.schema, table.name),
        rows: Number(count),
        ...(digest === null ? {} : { digest }),
      })
    }
  }
  return counted
}

/** The row's alias cannot be a column's name by chance: a column would hide it. */
const ROW = '"sitekeep:row"'

function countQuery({ schema, name, condition }: Table, position: number, withDigest: boolean): string {
  const from = `FROM ONLY ${sqlName(schema)}.${sqlName(name)} ${ROW} ${condition}`
  if (!withDigest) return `SELECT ${position} AS position, count(*)::text AS rows, NULL::text AS digest ${from}`
  const half = (start: number) => `coalesce(sum(('x' || substr(h, ${start}, 16))::bit(64)::bigint::numeric), 0)`
  return `SELECT ${position} AS position, count(*)::text AS rows, ${half(1)} || ':' || ${half(17)} AS digest
    FROM (SELECT md5((${ROW}.*)::text) AS h ${from}) q`
}

async function lock(session: PsqlSession, tables: readonly Table[], seconds: number): Promise<void> {
  for (const group of groupsOf(tables)) {
    const names = group.map(({ schema, name }) => `ONLY ${sqlName(schema)}.${sqlName(name)}`)
    try {
      await session.run(`LOCK TABLE ${names.join(', ')} IN ACCESS SHARE MODE`)
    } catch (error) {
      const isLocked = error instanceof BackupError && error.code === 'postgres-locked'
      throw isLocked ? await whoLocks(session, seconds, error) : error
    }
  }
}

/** The table that could not be had, and who holds it. */
async function whoLocks(session: PsqlSession, seconds: number, cause: BackupError): Promise<BackupError> {
  await session.run('ROLLBACK')
  const holders = await session.rows<{ schema: string; name: string; pid: number }>(
    `SELECT n.nspname AS schema, c.relname AS name, l.pid FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid() AND c.relkind = 'r'
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND n.nspname !~ '^pg_' ORDER BY 1, 2 LIMIT 1`,
  )
  const [holder] = holders
  const table = holder === undefined ? '?' : tableName(holder.schema, holder.name)
  return new BackupError('postgres-locked', { table, holder: holder?.pid ?? '?', seconds }, { cause })
}

function groupsOf(tables: readonly Table[]): Table[][] {
  return Array.from({ length: Math.ceil(tables.length / GROUP) }, (_, at) => tables.slice(at * GROUP, (at + 1) * GROUP))
}

/** Always quoted: the words that must be quoted differ between versions. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
