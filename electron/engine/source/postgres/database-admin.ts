/** Makes, drops and renames whole databases, and gives them what a dump of their content leaves out. */
import { serverInWords } from '../../../contract/postgres.ts'
import { BackupError, reasonOf } from '../../errors.ts'
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

/**
 * Empty, like the one that was dumped.
 * @throws BackupError postgres-no-create, postgres-environment (locale), target-not-empty (the name is taken)
 */
export async function makeDatabase(
  session: PsqlSession,
  name: string,
  content: PostgresContent,
  { launcher }: Connection,
): Promise<void> {
  const server = serverInWords(launcher.server)
  if (await exists(session, name)) throw new BackupError('target-not-empty', { path: `${server}/${name}` })
  try {
    await createDatabase(session, name, content)
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    if (error.code === 'postgres-denied') throw new BackupError('postgres-no-create', { server }, { cause: error })
    const missing = lacking(error.message)
    throw missing === undefined
      ? error
      : new BackupError('postgres-environment', { missing, server, reason: error.message })
  }
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
export async function giveFacts(session: PsqlSession, name: string, content: PostgresContent): Promise<void> {
  const database = sqlName(name)
  await session.run(`ALTER DATABASE ${database} OWNER TO ${sqlName(content.owner)}`)
  if (content.comment !== null) await session.run(`COMMENT ON DATABASE ${database} IS ${sqlText(content.comment)}`)
  if (content.privileges !== null) {
    await session.run(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC, ${sqlName(content.owner)}`)
    for (const { role, privilege, grantable } of content.privileges)
      await session.run(
        `GRANT ${privilege} ON DATABASE ${database} TO ${role === null ? 'PUBLIC' : sqlName(role)}${grantable ? ' WITH GRANT OPTION' : ''}`,
      )
  }
  for (const { role, setting } of content.settings) {
    const [, parameter = '', value = ''] = /^([^=]+)=([^]*)$/.exec(setting) ?? []
    const whose = role === null ? `DATABASE ${database}` : `ROLE ${sqlName(role)} IN DATABASE ${database}`
    await session.run(
      `ALTER ${whose} SET ${parameterName(parameter)} TO ${LISTS.test(parameter) ? listOf(value) : sqlText(value)}`,
    )
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
 * Gives `staged` the name `name`, and the database that bears it, if one does, the name `kept`: both in one step, so that there is one of
 * that name at every moment. The renaming locks the name, so that nobody who is told to leave comes back in between.
 * @throws BackupError postgres-busy where somebody cannot be made to leave; then nothing has changed
 */
export async function swapNames(
  names: { readonly staged: string; readonly name: string; readonly kept: string | undefined },
  open: () => Promise<PsqlSession>,
  world: World,
): Promise<void> {
  const { staged, name, kept } = names
  const renaming = await open()
  const telling = await open()
  const over = { isOver: false }
  try {
    await renaming.run('BEGIN')
    const leaving = (async () => {
      while (!over.isOver) {
        await tellToLeave(telling, name)
        await tellToLeave(telling, staged)
        await world.clock.sleep(TURN_MS)
      }
    })()
    try {
      if (kept !== undefined) await renaming.run(`ALTER DATABASE ${sqlName(name)} RENAME TO ${sqlName(kept)}`)
      await renaming.run(`ALTER DATABASE ${sqlName(staged)} RENAME TO ${sqlName(name)}`)
      await renaming.run('COMMIT')
    } finally {
      over.isOver = true
      await leaving
    }
  } catch (error) {
    throw new BackupError('postgres-busy', { database: name, reason: reasonOf(error) }, { cause: error })
  } finally {
    await renaming.close()
    await telling.close()
  }
}
