/** Reads PostgreSQL artifacts that came back from a destination: compares them with their manifest, and restores them. */
import type { Readable } from 'node:stream'
import { phrase } from '../../../contract/phrases.ts'
import type { Content, ContentOf } from '../../../contract/manifest.ts'
import { serverInWords, type PostgresServer } from '../../../contract/postgres.ts'
import type { ProofLevel } from '../../../contract/proof.ts'
import type { Replaced } from '../../../contract/run.ts'
import { BackupError } from '../../errors.ts'
import { localStamp } from '../../time.ts'
import type { World } from '../../world.ts'
import { safeFileName } from '../safe-file-name.ts'
import type { InspectContext, RestoreContext, Restored, ServerTarget, SourceReader } from '../source.ts'
import { closing, writeRestored } from '../write-restored.ts'
import { connect, openUsual, type Connection } from './connect.ts'
import { dropDatabase, exists, giveFacts, makeDatabase, swapNames } from './database-admin.ts'
import { rowDifferences } from './differences.ts'
import { extensions } from './dump-artifact.ts'
import { DumpCounter, type DumpSummary } from './dump-summary.ts'
import type { PostgresContent } from './guards.ts'
import { countCustom, countText, restoreProgram } from './read-dump.ts'
import { refuseProblems, restoreDatabase, type RestoredDatabase } from './restored-database.ts'
import { withScratch } from './scratch.ts'
import type { PsqlSession } from './session.ts'

type Globals = ContentOf<'globals'>

export function postgresReader(world: World): SourceReader {
  return {
    inspect: (copy, content, context) => inspect(copy, content, context),
    restore: (copy, content, context) => restore(copy, content, context, world),
    takeBack: (replaced, context) => takeBack(replaced, context, world),
  }
}

/** What is missing here is found out before the copy is touched: its bytes can then still be proven. */
async function inspect(copy: Readable, content: Content, context: InspectContext): Promise<readonly string[]> {
  if (content.kind === 'globals')
    return closing(
      copy,
      countText(copy, context).then((summary) => globalProblems(summary, content)),
    )
  if (content.kind !== 'postgres') return closing(copy, Promise.resolve([`the manifest describes ${content.kind}`]))
  if (content.format === 'sql')
    return closing(
      copy,
      countText(copy, context).then((summary) => textProblems(summary, content)),
    )
  const launcher = await restoreProgram(content, context)
  const counted = await closing(copy, countCustom(copy, launcher, context))
  return 'problem' in counted ? [counted.problem] : textProblems(counted, content)
}

function textProblems(summary: DumpSummary, content: PostgresContent): string[] {
  const objects = summary.largeObjects
  return [
    ...brokenness(summary),
    ...rowDifferences(summary.tables, content.tables),
    ...(objects === content.large_objects ? [] : [`${objects} large objects, expected ${content.large_objects}`]),
  ]
}

function globalProblems(summary: DumpSummary, { roles, tablespaces }: Globals): string[] {
  return [
    ...brokenness(summary),
    ...(summary.roles === roles ? [] : [`${summary.roles} roles, expected ${roles}`]),
    ...(summary.tablespaces === tablespaces ? [] : [`${summary.tablespaces} tablespaces, expected ${tablespaces}`]),
  ]
}

function brokenness({ oddities, isComplete }: DumpSummary): string[] {
  if (oddities.length > 0) return [`it holds what no dump holds: ${oddities.join(' ')}`]
  return isComplete ? [] : ['it breaks off before its end']
}

async function restore(copy: Readable, content: Content, context: RestoreContext, world: World): Promise<Restored> {
  if (content.kind === 'globals') return await closing(copy, globalsToFile(copy, content, context, world))
  if (content.kind !== 'postgres')
    throw new BackupError('content-mismatch', { file: content.kind, reason: content.kind })
  if (context.into !== undefined) return await closing(copy, intoServer(copy, content, context.into, context, world))
  if (context.isTest) return await test(copy, content, context, world)
  return await closing(copy, toFile(copy, content, context, world))
}

/** Roles of a whole server are nothing to be made and dropped again for a test: read and counted they are as far as they go. */
async function globalsToFile(
  copy: Readable,
  content: Globals,
  context: RestoreContext,
  world: World,
): Promise<Restored> {
  const counter = new DumpCounter()
  const name = 'globals.sql'
  await writeRestored(copy, name, 0, context, world, (chunk) => counter.push(Buffer.from(chunk)))
  return { compared: {}, problems: globalProblems(counter.end(), content), places: [name], level: 'restored' }
}

/** As it is, for a person with psql or pg_restore: no restore, so it proves no more than the content. */
async function toFile(
  copy: Readable,
  content: PostgresContent,
  context: RestoreContext,
  world: World,
): Promise<Restored> {
  const name = `${safeFileName(content.database, 'database')}.${extensions[content.format]}`
  const counter = content.format === 'sql' ? new DumpCounter() : undefined
  await writeRestored(copy, name, 0, context, world, (chunk) => counter?.push(Buffer.from(chunk)))
  const summary = counter?.end()
  const tables = content.tables.map(({ name: table, rows }) => ({
    name: table,
    rows: summary === undefined ? rows : (summary.tables.get(table) ?? 0),
    expected: rows,
  }))
  const level: ProofLevel = summary === undefined ? 'read' : 'matched'
  return {
    compared: summary === undefined ? {} : { tables },
    problems: summary === undefined ? [] : textProblems(summary, content),
    places: [name],
    level,
  }
}

/** @throws BackupError not-provable where the job names no server for it, or that one lacks what the dump needs (faults.md D16) */
async function test(
  copy: Readable,
  content: PostgresContent,
  context: RestoreContext,
  world: World,
): Promise<Restored> {
  const server = testServer(context)
  if (server === undefined)
    throw new BackupError('not-provable', { file: content.database, reason: phrase('no-scratch-server') })
  try {
    const restored = await closing(
      copy,
      onServer(server, [], context, world, (connection, session) =>
        withScratch(session, world, async (name) => {
          await makeDatabase(session, name, content, connection)
          return await restoreDatabase(copy, content, name, connection, { world, signal: context.signal })
        }),
      ),
    )
    return { ...restored, places: [content.database], level: 'restored' }
  } catch (error) {
    if (!(error instanceof BackupError) || error.code !== 'postgres-environment') throw error
    const { missing = '?' } = error.detail
    throw new BackupError(
      'not-provable',
      { file: content.database, reason: phrase('server-lacks'), missing, server: serverInWords(server) },
      { cause: error },
    )
  }
}

function testServer({ source }: RestoreContext): PostgresServer | undefined {
  if (source?.kind !== 'postgres') return undefined
  return source.scratch === 'same' ? source.server : source.scratch
}

async function intoServer(
  copy: Readable,
  content: PostgresContent,
  { server, database, mode }: ServerTarget,
  context: RestoreContext,
  world: World,
): Promise<Restored> {
  return await onServer(server, [database], context, world, async (connection, session) => {
    const isThere = await exists(session, database)
    if (mode === 'new' || !isThere) {
      const restored = await stage(copy, content, database, connection, session, context, world)
      return { ...restored, places: [`${serverInWords(server)}/${database}`], level: 'restored' }
    }
    const staged = `${shortened(database)}_restoring_${world.random(4)}`
    const kept = await freeName(session, database, 'damaged', world)
    const restored = await stage(copy, content, staged, connection, session, context, world)
    try {
      await swapNames(
        { staged, name: database, kept },
        () => openUsual(connection.launcher, [], { ...context, world }),
        world,
      )
    } catch (error) {
      await dropDatabase(session, staged, world)
      throw error
    }
    const places = [`${serverInWords(server)}/${database}`]
    return { ...restored, places, level: 'restored', replaced: { server, database, kept } }
  })
}

/** @throws BackupError not-found where the one that was put aside is gone; postgres-busy */
async function takeBack(
  { server, database, kept }: Replaced,
  context: Pick<RestoreContext, 'target' | 'signal'>,
  world: World,
): Promise<Replaced | undefined> {
  return await onServer(server, [database], context, world, async (connection, session) => {
    if (!(await exists(session, kept)))
      throw new BackupError('not-found', { what: phrase('database-put-aside'), name: kept })
    const isThere = await exists(session, database)
    const aside = await freeName(session, database, 'undone', world)
    const open = () => openUsual(connection.launcher, [], { ...context, world })
    await swapNames({ staged: kept, name: database, kept: isThere ? aside : undefined }, open, world)
    return isThere ? { server, database, kept: aside } : undefined
  })
}

/** Made, filled, compared, and fit for use; gone again where any of that fails. */
async function stage(
  copy: Readable,
  content: PostgresContent,
  name: string,
  connection: Connection,
  session: PsqlSession,
  context: RestoreContext,
  world: World,
): Promise<RestoredDatabase> {
  await makeDatabase(session, name, content, connection)
  try {
    const restored = await restoreDatabase(copy, content, name, connection, { world, signal: context.signal })
    refuseProblems(restored.problems, content.database)
    await giveFacts(session, name, content)
    return restored
  } catch (error) {
    await dropDatabase(session, name, world)
    throw error
  }
}

/** `erp_damaged_20260105_020000`, with `_2`, `_3` … where that second is taken. */
async function freeName(
  session: PsqlSession,
  database: string,
  why: 'damaged' | 'undone',
  world: World,
): Promise<string> {
  const wanted = `${shortened(database)}_${why}_${localStamp(world.clock.now())}`
  let name = wanted
  for (let n = 2; await exists(session, name); n += 1) name = `${wanted}_${n}`
  return name
}

/** PostgreSQL keeps 63 bytes of a name: without the stamp's room two names would become one. */
function shortened(database: string): string {
  return Buffer.from(database, 'utf8')
    .subarray(0, 38)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')
}

/** With a session outside the database that is restored, which may be renamed or dropped. */
async function onServer<T>(
  server: PostgresServer,
  databases: readonly string[],
  { target, signal }: Pick<RestoreContext, 'target' | 'signal'>,
  world: World,
  work: (connection: Connection, session: PsqlSession) => Promise<T>,
): Promise<T> {
  const connection = await connect(server, databases, { folder: target, world, signal })
  try {
    const session = await openUsual(connection.launcher, [], { world, signal })
    try {
      return await work(connection, session)
    } finally {
      await session.close()
    }
  } finally {
    await connection.close()
  }
}
