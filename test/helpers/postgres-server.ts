/** A throw-away PostgreSQL server on a free port, run as `postgres` where the tests run as root. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

const VERSIONS = '/usr/lib/postgresql'

/** Folder of the newest server's programs; undefined where none is installed. */
export const postgresBin: string | undefined = (existsSync(VERSIONS) ? readdirSync(VERSIONS) : [])
  .filter((version) => existsSync(join(VERSIONS, version, 'bin/initdb')))
  .toSorted((a, b) => Number(b) - Number(a))
  .map((version) => join(VERSIONS, version, 'bin'))[0]

if (postgresBin === undefined && process.env['CI'] === 'true') throw new Error('no PostgreSQL server is installed')

export interface PostgresServer {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Folder of the cluster's socket. */
  readonly socketDir: string
  readonly dataDir: string
  /** The tuples of a query in one database, fields separated by `|`, as a superuser. */
  query(sql: string, database?: string): string
  /** Runs a script file in one database; throws at its first error. */
  runFile(path: string, database: string): void
  /** Runs a script in one database; throws at its first error. */
  feed(script: string, database: string): void
  /** pg_dump's text of one database, as a superuser. */
  dump(database: string, args?: readonly string[]): Buffer
  /** A connection that works at `sql` until it is ended. */
  session(database: string, sql: string): Connected
  restart(): void
  stop(): void
}

export interface Connected {
  /** Until this connection's transaction holds the table exclusively. */
  holds(table: string): Promise<void>
  end(): void
}

export interface ServerOptions {
  /** Lines of pg_hba.conf instead of "trust everybody". */
  readonly hba?: readonly string[]
  readonly settings?: Readonly<Record<string, string>>
  readonly initdb?: readonly string[]
  /** Fills the data folder, instead of a new cluster. */
  readonly copyOf?: (dataDir: string) => void
}

export async function startPostgres(options: ServerOptions = {}): Promise<PostgresServer> {
  const dir = mkdtempSync(join(tmpdir(), 'pg-'))
  const port = await freePort()
  const dataDir = join(dir, 'data')
  handOver(dir)
  if (options.copyOf === undefined) initCluster(dataDir, options)
  else options.copyOf(dataDir)
  if (options.hba !== undefined) asServer('tee', [join(dataDir, 'pg_hba.conf')], `${options.hba.join('\n')}\n`)
  const settings = { ...FAST, ...options.settings, listen_addresses: '127.0.0.1', unix_socket_directories: dir }
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`)
  const start = () =>
    run(
      'pg_ctl',
      '-D',
      dataDir,
      '-w',
      '-t',
      '60',
      '-l',
      join(dir, 'log'),
      '-o',
      [`-p ${port}`, ...flags].join(' '),
      'start',
    )
  const stop = () => run('pg_ctl', '-D', dataDir, '-m', 'immediate', '-w', 'stop')
  start()
  const connection = ['-X', '-w', '-h', dir, '-p', String(port), '-U', 'postgres', '-v', 'ON_ERROR_STOP=1']
  const ask = (sql: string, database = 'postgres') =>
    execFileSync(tool('psql'), [...connection, '-A', '-t', '-q', '-d', database, '-c', sql], {
      encoding: 'utf8',
      env: UTF8,
      timeout: 60_000,
    }).trim()
  return {
    host: '127.0.0.1',
    port,
    user: 'postgres',
    socketDir: dir,
    dataDir,
    query: ask,
    runFile: (path, database) => {
      execFileSync(tool('psql'), [...connection, '-q', '-d', database, '-f', path], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
    },
    feed: (script, database) => {
      execFileSync(tool('psql'), [...connection, '-q', '-d', database, '-f', '-'], {
        input: script,
        stdio: ['pipe', 'ignore', 'inherit'],
        timeout: 60_000,
      })
    },
    dump: (database, args = []) =>
      execFileSync(tool('pg_dump'), ['-w', '-h', dir, '-p', String(port), '-U', 'postgres', ...args, '-d', database], {
        maxBuffer: 1024 ** 3,
        timeout: 60_000,
      }),
    session: (database, sql) => {
      const child = spawn(tool('psql'), [...connection, '-q', '-d', database, '-c', sql], { stdio: 'ignore' })
      const isHeld = (table: string) =>
        `SELECT count(*) FROM pg_locks WHERE relation = '${table}'::regclass AND mode = 'AccessExclusiveLock' AND granted`
      return {
        holds: async (table) => {
          while (ask(isHeld(table), database) === '0') await new Promise((resolve) => setTimeout(resolve, 50))
        },
        end: () => {
          child.kill('SIGKILL')
          ask(
            `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`,
          )
        },
      }
    },
    restart: () => {
      stop()
      start()
    },
    stop: () => {
      stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** A server that follows another one, and has all that it has when this returns; the other needs `wal_level` replica. */
export async function startStandby(primary: PostgresServer): Promise<PostgresServer> {
  const standby = await startPostgres({
    copyOf: (dataDir) =>
      asServer(tool('pg_basebackup'), [
        ...['-h', primary.socketDir, '-p', String(primary.port), '-U', 'postgres', '-D', dataDir],
        ...['-R', '-X', 'stream', '--checkpoint=fast', '--no-sync'],
      ]),
  })
  const reached = primary.query('SELECT pg_current_wal_lsn()')
  while (standby.query(`SELECT pg_last_wal_replay_lsn() >= '${reached}'::pg_lsn`) !== 't')
    await new Promise((resolve) => setTimeout(resolve, 50))
  return standby
}

function initCluster(dataDir: string, { initdb = [] }: ServerOptions): void {
  const cluster = ['-D', dataDir, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8']
  run('initdb', ...cluster, ...initdb)
}

/** Absolute path of one of the installed programs. */
export function tool(name: string): string {
  return join(postgresBin ?? '', name)
}

/** The tests' queries are UTF-8, whatever the database's encoding. */
const UTF8 = { ...process.env, PGCLIENTENCODING: 'UTF8' }
/** Durability costs seconds and no test here pulls the plug of the server itself. */
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '32MB' }

/** The server refuses to be root; its folder's parent stays passable for it. */
function handOver(dir: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = serverUser()
  chownSync(dir, uid, gid)
  chmodSync(dir, 0o711)
}

function serverUser(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function run(program: string, ...args: string[]): void {
  asServer(tool(program), args)
}

function asServer(program: string, args: readonly string[], input = ''): void {
  const isRoot = userInfo().uid === 0
  const command = isRoot
    ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', program, ...args]
    : [program, ...args]
  // The server keeps the pipes of whoever started it, so its output must not be waited for.
  const stdio = ['pipe', 'ignore', program.endsWith('pg_ctl') ? 'ignore' : 'pipe'] as const
  const { status, stderr } = spawnSync(command[0] ?? '', command.slice(1), { input, stdio: [...stdio], cwd: '/' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status} ${String(stderr ?? '')}`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
