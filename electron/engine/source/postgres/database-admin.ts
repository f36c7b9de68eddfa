/** Makes, drops and renames whole databases, and gives them what a dump of their content leaves out. */
import { serverInWords, type PostgresServer } from '../../../contract/postgres.ts'
import { BackupError, toBackupError } from '../../errors.ts'
import type { World } from '../../world.ts'
import type { Connection } from './connect.ts'
import { lacking } from './environment.ts'
import type { PostgresContent } from './guards.ts'
import { createDatabase, sqlText } from './load.ts'
import type { PsqlSession } from './session.ts'
import { sqlName } from './snapshot.ts'

/** Settings whose value is a list of names, each quoted by itself. Source: PostgreSQL, variable_is_guc_list_quote. */
const LISTS =
  /^(?:local_preload_libraries|search_path|session_preload_libraries|shared_preload_libraries|temp_tablespaces|unix_socket_directories)$/i
/** Whoever is told to leave is gone in a moment, unless it comes back. */
const TURNS = 50
const TURN_MS = 100
/** Both names, with all the telling: whoever cannot be made to leave in this time stays. */
const SWAP_MS = 60_000

/** Sessions outside the databases that are made, renamed and dropped; always in the same one. */
export interface Outside {
  readonly session: PsqlSession
  /** Another one, that lives by its own signal. */
  readonly open: (signal: AbortSignal) => Promise<PsqlSession>
}

/**
 * Empty, like the one that was dumped.
 * @throws BackupError postgres-no-create, postgres-environment (locale)
 */
export async function makeDatabase(
  session: PsqlSession,
  name: string,
  content: PostgresContent,
  { launcher }: Connection,
): Promise<void> {
  try {
    await createDatabase(session, name, content)
    // Until it is what it should be, nobody else has anything to do in it.
    await session.run(`REVOKE ALL ON DATABASE ${sqlName(name)} FROM PUBLIC`)
  } catch (error) {
    const isDenied = error instanceof BackupError && error.code === 'postgres-denied'
    if (isDenied)
      throw new BackupError('postgres-no-create', { server: serverInWords(launcher.server) }, { cause: error })
    throw ofEnvironment(error, launcher.server)
  }
}

/** A server that lacks a role, a locale, a tablespace is not one that refuses. */
function ofEnvironment(error: unknown, server: PostgresServer): unknown {
  if (!(error instanceof BackupError)) return error
  const reason = String(error.detail['reason'] ?? '')
  const missing = lacking(reason)
  if (missing === undefined) return error
  return new BackupError('postgres-environment', { missing, server: serverInWords(server), reason }, { cause: error })
}

export async function exists(session: PsqlSession, name: string): Promise<boolean> {
  const found = await session.rows(`SELECT 1 AS one FROM pg_database WHERE datname = ${sqlText(name)}`)
  return found.length > 0
}

/** Whoever is connected is told to leave. */
export async function dropDatabase(session: PsqlSession, name: string, world: World): Promise<void> {
  for (let turn = 1; ; turn += 1) {
    await tellToLeave(session, name)
    try {
      await session.run(`DROP DATABASE IF EXISTS ${sqlName(name)}`)
      return
    } catch (error) {
      if (turn === TURNS) throw error
      await world.clock.sleep(TURN_MS)
    }
  }
}

async function tellToLeave(session: PsqlSession, name: string): Promise<void> {
  await session.run(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${sqlText(name)} AND pid <> pg_backend_pid()`,
  )
}

/** Owner, rights, comment and settings of the database itself, which stand in no dump of one database. */
export async function giveFacts(
  session: PsqlSession,
  name: string,
  content: PostgresContent,
  { launcher }: Connection,
): Promise<void> {
  try {
    for (const statement of factsOf(name, content)) await session.run(statement)
  } catch (error) {
    throw ofEnvironment(error, launcher.server)
  }
}

function* factsOf(name: string, content: PostgresContent): Generator<string> {
  const database = sqlName(name)
  yield `ALTER DATABASE ${database} OWNER TO ${sqlName(content.owner)}`
  if (content.comment !== null) yield `COMMENT ON DATABASE ${database} IS ${sqlText(content.comment)}`
  if (content.privileges === null) yield `GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO PUBLIC`
  else {
    yield `REVOKE ALL ON DATABASE ${database} FROM PUBLIC, ${sqlName(content.owner)}`
    for (const { role, privilege, grantable } of content.privileges)
      yield `GRANT ${privilege} ON DATABASE ${database} TO ${role === null ? 'PUBLIC' : sqlName(role)}${grantable ? ' WITH GRANT OPTION' : ''}`
  }
  for (const { role, setting } of content.settings) {
    const [, parameter = '', value = ''] = /^([^=]+)=([^]*)$/.exec(setting) ?? []
    const whose = role === null ? `DATABASE ${database}` : `ROLE ${sqlName(role)} IN DATABASE ${database}`
    yield `ALTER ${whose} SET ${parameterName(parameter)} TO ${LISTS.test(parameter) ? listOf(value) : sqlText(value)}`
  }
}

/** `work_mem`, or an extension's `plpgsql.extra_warnings`. */
function parameterName(name: string): string {
  return name.split('.').map(sqlName).join('.')
}

/** `"$user", public` as constants, one by one. */
function listOf(value: string): string {
  const names = [...value.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
  return names.length === 0 ? "''" : names.map(sqlText).join(', ')
}

/**
 * Gives `staged` the name `name`, and the database that bears it, if one does, the name `kept`: both in one step, so that there
 * is one of that name at every moment. The renaming locks the name, so that nobody who is told to leave comes back in between.
 * @throws BackupError postgres-busy where somebody does not leave, postgres-no-terminate where somebody may not be told to; then
 *   nothing has changed
 */
export async function swapNames(
  names: { readonly staged: string; readonly name: string; readonly kept: string | undefined },
  { session, open }: Outside,
  world: World,
): Promise<void> {
  const { staged, name, kept } = names
  const until = AbortSignal.timeout(SWAP_MS)
  // By a signal of its own: a cancelled run must not end between the renaming and the knowledge that it was done.
  const renaming = await open(until)
  try {
    const telling = keepTelling([name, staged], () => open(until), world)
    try {
      await renaming.run('BEGIN')
      if (kept !== undefined) await renaming.run(`ALTER DATABASE ${sqlName(name)} RENAME TO ${sqlName(kept)}`)
      await renaming.run(`ALTER DATABASE ${sqlName(staged)} RENAME TO ${sqlName(name)}`)
      await renaming.run('COMMIT')
    } catch (error) {
      const refused = await telling.end()
      if (await hasSwapped(names, error, session)) return
      throw swapError(name, error, refused)
    }
    await telling.end()
  } finally {
    await renaming.close()
  }
}

/** Whoever is connected is told to leave, again and again, until `end`. */
function keepTelling(
  names: readonly string[],
  open: () => Promise<PsqlSession>,
  world: World,
): { end(): Promise<unknown> } {
  const state = { isOver: false }
  let refused: unknown
  const telling = (async () => {
    const session = await open()
    try {
      while (!state.isOver) {
        for (const name of names) await tellToLeave(session, name)
        await world.clock.sleep(TURN_MS)
      }
    } finally {
      await session.close()
    }
  })().catch((error: unknown) => {
    // Told by whoever finds that the renaming failed for it.
    refused = error
  })
  return {
    end: async () => {
      state.isOver = true
      await telling
      return refused
    },
  }
}

/** A connection that breaks off at the COMMIT leaves it open what became of it: the server is asked. */
async function hasSwapped(
  { staged, name, kept }: { readonly staged: string; readonly name: string; readonly kept: string | undefined },
  error: unknown,
  session: PsqlSession,
): Promise<boolean> {
  if (!(error instanceof BackupError) || error.code !== 'postgres-lost') return false
  const isKept = kept === undefined || (await exists(session, kept))
  return isKept && !(await exists(session, staged)) && (await exists(session, name))
}

function swapError(database: string, error: unknown, refused: unknown): BackupError {
  const failure = toBackupError(error)
  if (failure.code !== 'postgres-busy') return failure
  const denied = refused instanceof BackupError && refused.code === 'postgres-denied' ? refused : undefined
  const reason = String((denied ?? failure).detail['reason'] ?? '')
  return new BackupError(
    denied === undefined ? 'postgres-busy' : 'postgres-no-terminate',
    { database, reason },
    { cause: error },
  )
}
