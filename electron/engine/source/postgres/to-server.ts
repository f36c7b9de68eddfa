/** Restores a dump into a server: for a test, beside what is there, or in its place; and takes the last back. */
import { Readable } from 'node:stream'
import { phrase } from '../../../contract/phrases.ts'
import { serverInWords, type PostgresServer } from '../../../contract/postgres.ts'
import type { Replaced } from '../../../contract/run.ts'
import { causedBy } from '../../../contract/words.ts'
import { BackupError, throwIfAborted, toBackupError } from '../../errors.ts'
import type { World } from '../../world.ts'
import type { RestoreContext, Restored, ServerTarget } from '../source.ts'
import { chunksOf, closing } from '../write-restored.ts'
import { connect, openUsual, type Connection } from './connect.ts'
import { exists, giveFacts, makeDatabase, swapNames, type Outside } from './database-admin.ts'
import type { PostgresContent } from './guards.ts'
import { demandRestriction } from './psql-restriction.ts'
import { keptName, scratchName, stagedName } from './own-databases.ts'
import { refuseProblems, restoreDatabase, type RestoredDatabase } from './restored-database.ts'
import type { PsqlSession } from './session.ts'
import { withTemporary } from './temporary.ts'

type ServerContext = Pick<RestoreContext, 'target' | 'signal'>

interface OnServer extends Outside {
  readonly connection: Connection
}

/** @throws BackupError not-provable where the job names no server, or that one cannot be used or lacks what the dump needs (D16, V02) */
export async function testOnServer(
  copy: Readable,
  content: PostgresContent,
  context: RestoreContext,
  world: World,
): Promise<Restored> {
  const { source, signal } = context
  const named = source?.kind !== 'postgres' ? undefined : source.scratch === 'same' ? source.server : source.scratch
  const file = content.database
  if (named === undefined) throw new BackupError('not-provable', { file, reason: phrase('no-scratch-server') })
  const doubt = { isOfTheDump: false }
  try {
    return await onServer(named, [], context, world, async (server) => {
      refuseOlder(server.connection, content, named)
      if (content.format === 'sql') await demandRestriction(server.connection.launcher, world, signal)
      const name = scratchName(world)
      const restored = await withTemporary(name, server, world, async () => {
        await makeDatabase(server.session, name, content, server.connection)
        doubt.isOfTheDump = true
        return await closing(copy, load(copy, content, name, server.connection, context, world))
      })
      return { ...restored, places: [content.database], level: 'restored' }
    })
  } catch (error) {
    throwIfAborted(signal)
    const failure = toBackupError(error)
    // Whatever kept the test from beginning says nothing of the dump; nor does what the server lacks.
    if (failure.code === 'not-provable' || (doubt.isOfTheDump && failure.code !== 'postgres-environment')) throw failure
    throw new BackupError('not-provable', { file, ...causedBy(failure) }, { cause: failure })
  }
}

/** A newer dump may hold what an older server does not understand. */
function refuseOlder({ version }: Connection, content: PostgresContent, server: PostgresServer): void {
  if (Number.parseInt(version, 10) >= Number.parseInt(content.server_version, 10)) return
  const versions = { version, needed: content.server_version }
  throw new BackupError('not-provable', {
    ...{ file: content.database, reason: phrase('server-older'), server: serverInWords(server) },
    ...versions,
  })
}

/** Under another name until it is whole and compared: nobody finds a half database under the name that was asked for. */
export async function intoServer(
  copy: Readable,
  content: PostgresContent,
  { server, database, mode }: ServerTarget,
  context: RestoreContext,
  world: World,
): Promise<Restored> {
  return await onServer(server, [database], context, world, async (at) => {
    if (content.format === 'sql') await demandRestriction(at.connection.launcher, world, context.signal)
    const isThere = await exists(at.session, database)
    if (isThere && mode === 'new') throw new BackupError('database-exists', { database, server: serverInWords(server) })
    const staged = stagedName(database, world)
    const kept = isThere ? await freeName(at.session, database, 'damaged', world) : undefined
    const restored = await withTemporary(staged, at, world, async () => {
      await makeDatabase(at.session, staged, content, at.connection)
      const loaded = await load(copy, content, staged, at.connection, context, world)
      refuseProblems(loaded.problems, content.database)
      await context.verify()
      await giveFacts(at.session, staged, content, at.connection)
      throwIfAborted(context.signal)
      await swapNames({ staged, name: database, kept }, at, world)
      return loaded
    })
    const places = [`${serverInWords(server)}/${database}`]
    const replaced = kept === undefined ? {} : { replaced: { kind: 'postgres' as const, server, database, kept } }
    return { ...restored, places, level: 'restored', ...replaced }
  })
}

/** @throws BackupError not-found where the one that was put aside is gone; postgres-busy, postgres-no-terminate */
export async function takeBack(
  { server, database, kept }: Replaced,
  context: ServerContext,
  world: World,
): Promise<Replaced | undefined> {
  return await onServer(server, [database], context, world, async (at) => {
    if (!(await exists(at.session, kept)))
      throw new BackupError('not-found', { what: phrase('database-put-aside'), name: kept })
    const isThere = await exists(at.session, database)
    const aside = isThere ? await freeName(at.session, database, 'undone', world) : undefined
    await swapNames({ staged: kept, name: database, kept: aside }, at, world)
    return aside === undefined ? undefined : { kind: 'postgres', server, database, kept: aside }
  })
}

async function load(
  copy: Readable,
  content: PostgresContent,
  name: string,
  connection: Connection,
  { signal, progress }: RestoreContext,
  world: World,
): Promise<RestoredDatabase> {
  const counted = Readable.from(counting(copy, progress), { objectMode: false })
  return await restoreDatabase(counted, content, name, connection, { world, signal })
}

async function* counting(copy: Readable, progress: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of chunksOf(copy)) {
    yield chunk
    bytes += chunk.length
    progress(bytes)
  }
}

async function freeName(
  session: PsqlSession,
  database: string,
  why: 'damaged' | 'undone',
  world: World,
): Promise<string> {
  for (let n = 1; ; n += 1) {
    const name = keptName(database, why, world, n)
    if (!(await exists(session, name))) return name
  }
}

/** With sessions outside the database that is restored, which may be renamed or dropped. */
async function onServer<T>(
  server: PostgresServer,
  databases: readonly string[],
  { target, signal }: ServerContext,
  world: World,
  work: (at: OnServer) => Promise<T>,
): Promise<T> {
  const connection = await connect(server, databases, { folder: target, world, signal })
  try {
    const open = (until: AbortSignal) => openUsual(connection.launcher, [], { world, signal: until }, databases[0])
    const session = await open(signal)
    try {
      return await work({ connection, session, open })
    } finally {
      await session.close()
    }
  } finally {
    await connection.close()
  }
}
