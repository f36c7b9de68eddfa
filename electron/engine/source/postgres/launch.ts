/** How PostgreSQL's own programs are started for a server: directly, or inside the container in which it runs; never by a shell. */
import type { ChildProcessByStdio, SpawnOptions } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { PostgresServer } from '../../../contract/postgres.ts'
import type { World } from '../../world.ts'

export type Program = 'psql' | 'pg_dump' | 'pg_dumpall' | 'pg_restore'
export type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** What a program is started with, once it is known where it lies and where the password is. */
export interface Launcher {
  readonly server: PostgresServer
  /** Path of a program on this computer; inside a container its own name. */
  readonly program: (name: Program) => string
  /** A password file for libpq, at a path that the program can read; absent where none is needed. */
  readonly passFile: string | undefined
  /** How its connections call themselves at the server, so that what is left of them can be found there. */
  readonly applicationName?: string
}

/** Whoever does not answer in this time is not there (faults.md D10); seconds. */
const CONNECT_SECONDS = 10
/** Seconds of silence before the first probe, between probes, and how many: a connection that died is noticed in a minute. */
const KEEPALIVE = { keepalives_idle: 30, keepalives_interval: 10, keepalives_count: 3 }

/**
 * A connection string by libpq's quoting. The database is always named in it: alone, a name such as `postgres://…` or
 * `host=elsewhere` would be taken for a connection string itself (faults.md X13).
 */
export function connectionString(
  { server, passFile, applicationName = 'sitekeep' }: Omit<Launcher, 'program'>,
  database: string,
): string {
  const fields: Record<string, string | number | undefined> = {
    ...placeOf(server),
    dbname: database,
    passfile: passFile,
    connect_timeout: CONNECT_SECONDS,
    ...KEEPALIVE,
    application_name: applicationName,
  }
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}='${String(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`)
    .join(' ')
}

function placeOf(server: PostgresServer): Record<string, string | number | undefined> {
  switch (server.via) {
    case 'host': {
      const { host, port, user, sslMode, sslRootCert } = server
      return { host, port, user, sslmode: sslMode, sslrootcert: sslRootCert }
    }
    case 'service':
      return { service: server.service }
    case 'container':
      // The container's own socket: its port may not be published.
      return { user: server.user, port: server.port }
  }
}

/** Starts a program with its three streams as pipes. The caller listens to `close` and to each stream's `error`. */
export function launch(launcher: Launcher, name: Program, args: readonly string[], world: World): Child {
  const { server } = launcher
  const options = {
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    env: environmentFor(server),
  } as const satisfies SpawnOptions
  const [program, ...all] = commandLine(launcher, name, args)
  return world.spawn(program, all, options)
}

/** Program and arguments; no argument is a secret. */
export function commandLine(launcher: Launcher, name: Program, args: readonly string[]): [string, ...string[]] {
  const program = launcher.program(name)
  const { server } = launcher
  if (server.via !== 'container') return [program, ...args]
  // Messages in English can be understood; `-t` would turn line feeds into carriage returns (notes: docker exec).
  return [...containerCommand(server), 'exec', '-i', '-e', 'LC_ALL=C', server.container, program, ...args]
}

/** The container program, led to the engine that holds the container. */
export function containerCommand(server: Extract<PostgresServer, { via: 'container' }>): [string, ...string[]] {
  return [server.program, ...(server.context === undefined ? [] : ['--context', server.context])]
}

/**
 * The surroundings of a program: ours without every setting of libpq, which would change what is connected to, and with
 * messages in English.
 */
export function environmentFor(server: PostgresServer): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^PG[A-Z]/.test(name) && !/^LC_|^LANG/.test(name))
  return {
    ...Object.fromEntries(own),
    LC_ALL: 'C',
    ...(server.via === 'service' && server.serviceFile !== undefined ? { PGSERVICEFILE: server.serviceFile } : {}),
    ...(server.via === 'container' && server.engineHost !== undefined ? { DOCKER_HOST: server.engineHost } : {}),
  }
}
