/** PostgreSQL servers: their databases dumped each in one moment and counted in it, and what they have in common beside them. */
import type { Finding } from '../../../contract/finding.ts'
import { phrase } from '../../../contract/phrases.ts'
import type { SourceOf, SourceReport } from '../../../contract/source.ts'
import { serverInWords } from '../../../contract/postgres.ts'
import { makeFinding } from '../../../contract/words.ts'
import { BackupError, toBackupError } from '../../errors.ts'
import type { World } from '../../world.ts'
import type { CheckContext, Snapshot, SnapshotArtifact, SnapshotContext, Source, SourceKindModule } from '../source.ts'
import { connect, openUsual, type Connection } from './connect.ts'
import { allDatabases } from './databases.ts'
import { dumpArtifact } from './dump-artifact.ts'
import { globalsArtifact } from './globals-artifact.ts'
import { gone, postgresLimits, type PostgresLimits } from './guards.ts'
import { postgresReader } from './reader.ts'

type Config = SourceOf<'postgres'>

/** What the test tells of a database, from the server's own statistics: nobody waits for a count. */
const LOOK = `SELECT pg_database_size(current_database()) AS bytes, count(*)::int AS tables,
  coalesce(sum(greatest(reltuples, 0)), 0)::bigint AS rows FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'`
/** A job's databases and its globals; a manifest holds no more files. */
const MAX_DATABASES = 150

export const postgresKind: SourceKindModule<'postgres'> = {
  create: (config, world) => createPostgresSource(config, world),
  reader: postgresReader,
}

/** @param limits other than the usual ones, for tests */
export function createPostgresSource(config: Config, world: World, limits: PostgresLimits = postgresLimits): Source {
  return {
    kind: 'postgres',
    isRestoreTestable: config.scratch !== undefined,
    check: (context) => checking(config, world, context),
    snapshot: (context) => snapshot(config, world, limits, context),
    paths: () => Promise.resolve([]),
  }
}

async function checking(config: Config, world: World, { workDir, signal }: CheckContext): Promise<SourceReport> {
  try {
    return await connected(config, { folder: workDir, world, signal }, (connection) =>
      look(config, connection, { world, signal }),
    )
  } catch (error) {
    throw toBackupError(error)
  }
}

async function look(
  config: Config,
  connection: Connection,
  context: { readonly world: World; readonly signal: AbortSignal },
): Promise<SourceReport> {
  const { names, leftOut } = await named(config, connection, context)
  const total = { bytes: 0, tables: 0, rows: 0 }
  for (const database of names) {
    const session = await connection.open(database)
    try {
      const { bytes, tables, rows } = await session.row<typeof total>(LOOK)
      total.bytes += bytes
      total.tables += tables
      total.rows += rows
    } finally {
      await session.close()
    }
  }
  const notes = leftOut.map((database) => makeFinding('database-left-out', { database }, { source: config.name }))
  return { kind: 'postgres', ...total, databases: names.length, version: connection.version, notes }
}

async function snapshot(
  config: Config,
  world: World,
  limits: PostgresLimits,
  { workDir, signal, previous }: SnapshotContext,
): Promise<Snapshot> {
  const connection = await connect(config.server, firstOf(config), { folder: workDir, world, signal })
  try {
    const { names, leftOut } = await named(config, connection, { world, signal })
    const findings: Finding[] = leftOut.map((database) =>
      makeFinding('database-left-out', { database }, { source: config.name }),
    )
    const found = (more: readonly Finding[]): void => void findings.push(...more)
    // Who names the databases has decided which.
    if (config.databases === 'all') found(gone(config.name, names, previous))
    const context = { config, connection, world, limits, previous, found }
    const isAlone = config.databases !== 'all' && names.length === 1
    const artifacts: SnapshotArtifact[] = names.map((database) =>
      dumpArtifact(database, isAlone ? {} : { part: database }, context),
    )
    const [database = ''] = names
    if (config.globals) artifacts.push(globalsArtifact({ name: config.name, connection, world, database, found }))
    return {
      origin: `${serverInWords(config.server)}/${config.databases === 'all' ? '' : names.join(', ')}`,
      artifacts,
      findings: () => findings,
      release: () => connection.close(),
    }
  } catch (error) {
    await connection.close()
    throw toBackupError(error, 'snapshot')
  }
}

/** @throws BackupError source-empty where the server has no database to back up */
async function named(
  config: Config,
  { launcher }: Connection,
  context: { readonly world: World; readonly signal: AbortSignal },
): Promise<{ names: readonly string[]; leftOut: readonly string[] }> {
  if (config.databases !== 'all') return { names: [...new Set(config.databases)], leftOut: [] }
  const session = await openUsual(launcher, firstOf(config), context)
  try {
    const found = await allDatabases(session)
    if (found.names.length === 0)
      throw new BackupError('source-empty', {
        path: serverInWords(config.server),
        previous: phrase('no-earlier-backup'),
      })
    if (found.names.length > MAX_DATABASES)
      throw new BackupError('invalid-input', {
        reason: phrase('too-many-databases'),
        count: found.names.length,
        limit: MAX_DATABASES,
      })
    return found
  } finally {
    await session.close()
  }
}

async function connected<T>(
  config: Config,
  context: { readonly folder: string; readonly world: World; readonly signal: AbortSignal },
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(config.server, firstOf(config), context)
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

function firstOf({ databases }: Config): readonly string[] {
  return databases === 'all' ? [] : databases
}
