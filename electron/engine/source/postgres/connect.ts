/** A server that answers, with the programs that fit it and the password where they find it: what every other step stands on. */
import { phrase, type PhraseCode } from '../../../contract/phrases.ts'
import type { PostgresServer } from '../../../contract/postgres.ts'
import { BackupError } from '../../errors.ts'
import type { World } from '../../world.ts'
import { collect } from './collect.ts'
import { isNoClient, toolMissing } from './errors.ts'
import { containerCommand, environmentFor, type Launcher } from './launch.ts'
import { placePassword, type PassFile } from './pass-file.ts'
import { PsqlSession } from './session.ts'
import { chooseTools, findTools, programIn, versionOf, type ClientTools } from './tools.ts'

export interface ConnectContext {
  /** For the password file: of the run's own, mode 0700, on this computer. */
  readonly folder: string
  readonly world: World
  readonly signal: AbortSignal
}

export interface Connection {
  /** Programs that are not older than the server. */
  readonly launcher: Launcher
  /** Of the server: `15.18`. */
  readonly version: string
  /** Of the programs: `15.18`. */
  readonly toolVersion: string
  open(database: string): Promise<PsqlSession>
  /** Takes the password away, and ends at the server what killed programs have left there. Never throws. */
  close(): Promise<void>
}

/** Databases that are there unless somebody dropped them, to talk about the others from. */
const USUAL = ['postgres', 'template1']
const CLOSE_MS = 15_000

/**
 * @param databases of the job: the first is asked before the usual ones, since its user may be let into no other
 * @throws BackupError postgres-tool-missing, postgres-tool-old, postgres-unreachable, postgres-login, secret-missing, …
 */
export async function connect(
  server: PostgresServer,
  databases: readonly string[],
  context: ConnectContext,
): Promise<Connection> {
  const { folder, world, signal } = context
  const password = server.passwordSecret === undefined ? undefined : await world.secret(server.passwordSecret)
  const tools = server.via === 'container' ? [] : await findTools(world, signal)
  const passFile = await placePassword(server, password, folder, world, signal)
  const launcher: Launcher = {
    server,
    passFile: passFile.path,
    applicationName: `sitekeep-${world.random(8)}`,
    program: programOf(tools[0], world),
  }
  try {
    if (server.via !== 'container' && tools.length === 0)
      throw toolMissing('psql', 'no such program', { server, cause: undefined })
    const version = await versionAt(launcher, databases, context)
    const chosen = await fitting(launcher, tools, version, context)
    return connection(launcher, version, chosen, passFile, context)
  } catch (error) {
    await passFile.remove()
    throw error
  }
}

function connection(
  found: Launcher,
  version: string,
  tools: Pick<ClientTools, 'version'> & Partial<ClientTools>,
  passFile: PassFile,
  { world, signal }: ConnectContext,
): Connection {
  const program = found.server.via === 'container' ? found.program : programOf(tools, world)
  const launcher: Launcher = { ...found, program }
  return {
    launcher,
    version,
    toolVersion: tools.version,
    open: (database) => PsqlSession.open(launcher, database, world, signal),
    close: async () => {
      if (launcher.server.via === 'container') await endLeftovers(launcher, world)
      await passFile.remove()
    },
  }
}

function programOf(tools: Partial<ClientTools> | undefined, world: World): Launcher['program'] {
  const folder = tools?.folder
  return folder === undefined ? (name) => name : (name) => programIn(folder, name, world)
}

/** A session in a database that is there whatever the job names, but not in `without`. The caller closes it. */
export async function openUsual(
  launcher: Launcher,
  databases: readonly string[],
  { world, signal }: Pick<ConnectContext, 'world' | 'signal'>,
  without?: string,
): Promise<PsqlSession> {
  let missing: unknown
  // The job's own first: its user may be let into no other.
  for (const database of new Set([...databases.slice(0, 1), ...USUAL])) {
    if (database === without) continue
    try {
      return await PsqlSession.open(launcher, database, world, signal)
    } catch (error) {
      // That the job's own is gone says more than that its user is not let into another.
      if (!(error instanceof BackupError && error.code === 'database-missing')) throw missing ?? error
      missing ??= error
    }
  }
  throw missing
}

async function versionAt(launcher: Launcher, databases: readonly string[], context: ConnectContext): Promise<string> {
  const session = await openUsual(launcher, databases, context)
  try {
    const { version } = await session.row<{ version: string }>("SELECT current_setting('server_version') AS version")
    return version
  } finally {
    await session.close()
  }
}

/** @throws BackupError postgres-tool-old, naming both versions, before anything runs (faults.md D08) */
async function fitting(
  launcher: Launcher,
  installed: readonly ClientTools[],
  version: string,
  context: ConnectContext,
): Promise<Pick<ClientTools, 'version'> & Partial<ClientTools>> {
  const major = Number.parseInt(version, 10)
  if (launcher.server.via !== 'container') {
    const chosen = chooseTools(installed, major)
    if (chosen === undefined)
      throw tooOld(version, installed.map((tools) => tools.version).join(', '), phrase('on-computer'))
    return chosen
  }
  const inside = await versionInside(launcher, context)
  if (inside.major < major) throw tooOld(version, inside.version, phrase('in-container'))
  return inside
}

async function versionInside(
  launcher: Launcher,
  { world, signal }: ConnectContext,
): Promise<{ version: string; major: number }> {
  const { server } = launcher
  if (server.via !== 'container') throw new BackupError('internal', { reason: 'no container' })
  const command = [...containerCommand(server), 'exec', '-i', server.container, 'pg_dump', '--version'] as const
  const { code, stdout, stderr, failure } = await collect(world, [command[0], ...command.slice(1)], {
    signal,
    env: environmentFor(server),
  })
  const version = versionOf(stdout.toString('latin1'))
  const said = stderr.toString('utf8')
  if (version === undefined || code !== 0 || isNoClient('pg_dump', said, failure))
    throw toolMissing('pg_dump', said, { server, cause: failure })
  return version
}

function tooOld(server: string, client: string, at: PhraseCode): BackupError {
  return new BackupError('postgres-tool-old', { server: server.split(' ')[0] ?? server, client, at })
}

/** A `docker exec` that is killed leaves its program running in the container, and that one its transaction in the server. */
async function endLeftovers(launcher: Launcher, world: World): Promise<void> {
  const signal = AbortSignal.timeout(CLOSE_MS)
  const own = { ...launcher, applicationName: 'sitekeep' }
  try {
    const session = await openUsual(own, [], { world, signal })
    try {
      await session.run(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${launcher.applicationName ?? ''}'`,
      )
    } finally {
      await session.close()
    }
  } catch {
    // The server is gone, and what was left in it too; or it cannot be asked, and the connections end by their keepalives.
  }
}
