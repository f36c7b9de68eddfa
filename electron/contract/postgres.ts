/** Where a PostgreSQL server is and how it is spoken to; passwords are named, never held. */
import { z } from 'zod'
import { secretNamePattern } from './ids.ts'

/** Names of databases, roles and services: PostgreSQL keeps 63 bytes, and a zero byte ends a string everywhere. */
const nameSchema = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[^\u0000-\u001f\u007f]+$/, 'expected a name without control characters')
const pathSchema = z.string().min(1).max(4096)
const secretSchema = z.string().regex(secretNamePattern)

export const databaseNameSchema = nameSchema

/** Name, address, or absolute folder of a Unix socket. One of them: libpq reads a comma as a list of servers. */
export const hostSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\s,'\\/@]+$|^\/[^,\u0000-\u001f\u007f]*$/, 'expected one host')

/** libpq's modes that say something: `allow` never encrypts where it need not, so it is not offered. */
export const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

const reach = {
  /** Name of a stored secret. */
  passwordSecret: secretSchema.optional(),
}

export const postgresServerSchema = z.discriminatedUnion('via', [
  z.object({
    via: z.literal('host'),
    host: hostSchema,
    port: z.number().int().min(1).max(65_535).default(5432),
    user: nameSchema,
    sslMode: z.enum(sslModes).default('prefer'),
    /** Certificates that the server's must lead to; absolute. */
    sslRootCert: pathSchema.optional(),
    ...reach,
  }),
  z.object({
    via: z.literal('service'),
    /** Section of a connection service file. */
    service: nameSchema,
    /** Absolute; without it, libpq's own places. */
    serviceFile: pathSchema.optional(),
    ...reach,
  }),
  z.object({
    via: z.literal('container'),
    program: z.enum(['docker', 'podman']).default('docker'),
    /** Name or id; never an option. */
    container: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'expected the name of a container'),
    user: nameSchema.default('postgres'),
    port: z.number().int().min(1).max(65_535).optional(),
    /** `DOCKER_HOST` of a virtual machine or another computer: `unix://…`, `tcp://…`, `ssh://…`, `npipe://…`. */
    engineHost: z
      .string()
      .regex(
        /^(?:unix|npipe):\/\/[^\s@]+$|^(?:tcp|ssh):\/\/(?:[^\s:@/]+@)?[^\s:@/]+(?::\d+)?$/,
        'expected a URL without a password',
      )
      .max(500)
      .optional(),
    /** A context of the container program. */
    context: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.+-]*$/)
      .max(100)
      .optional(),
    ...reach,
  }),
])
export type PostgresServer = z.infer<typeof postgresServerSchema>
export type ServerVia<V extends PostgresServer['via']> = Extract<PostgresServer, { via: V }>

/** A socket's folder holds one server for each port; the usual one needs no number. */
function isUsualPort({ host, port }: { readonly host: string; readonly port?: number | undefined }): boolean {
  return port === undefined || (host.startsWith('/') && port === 5432)
}

/** For people: where the server is. Never a password: none is part of it. */
export function serverInWords(server: z.input<typeof postgresServerSchema>): string {
  switch (server.via) {
    case 'host':
      return isUsualPort(server) ? server.host : `${server.host}:${server.port}`
    case 'service':
      return server.service
    case 'container':
      return server.container
  }
}

/** For people: which database of which server. */
export function databaseInWords(target: {
  readonly server: z.input<typeof postgresServerSchema>
  readonly database: string
}): string {
  return `${serverInWords(target.server)}/${target.database}`
}

/** `postgres://` addresses as people paste them. */
export type ParsedUrl =
  | { readonly ok: true; readonly server: z.input<typeof postgresServerSchema>; readonly database: string | undefined }
  | {
      readonly ok: false
      readonly problem: 'password-in-url' | 'not-a-postgres-url' | 'option-not-allowed'
      readonly option?: string
    }

/** What a URL may say besides host, port, user and database (faults.md X13: `options` could run anything). */
const ALLOWED_OPTIONS: ReadonlySet<string> = new Set(['sslmode', 'sslrootcert', 'host', 'port', 'user', 'dbname'])

const URL_PARTS =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^:@/?#]*)(?<password>:[^@/?#]*)?@)?(?<host>\[[^\]]*\]|[^:/?#@]*)(?::(?<port>\d*))?(?:\/(?<database>[^?#]*))?(?:\?(?<query>[^#]*))?$/i

/** Takes a URL apart; a password in it is refused, because a URL lies in shell histories and lists of processes. */
export function parsePostgresUrl(text: string): ParsedUrl {
  const parts = URL_PARTS.exec(text.trim())?.groups
  // Something like `postgres://u:p@ss@host`: taken apart or not, it may hold a password.
  if (parts === undefined)
    return { ok: false, problem: /^postgres.*:.*@/i.test(text) ? 'password-in-url' : 'not-a-postgres-url' }
  const options = optionsIn(parts['query'] ?? '')
  if (parts['password'] !== undefined || options.has('password')) return { ok: false, problem: 'password-in-url' }
  const foreign = [...options.keys()].find((key) => !ALLOWED_OPTIONS.has(key))
  if (foreign !== undefined) return { ok: false, problem: 'option-not-allowed', option: foreign }
  return serverFrom(parts, options)
}

function serverFrom(parts: Readonly<Record<string, string>>, options: ReadonlyMap<string, string>): ParsedUrl {
  const part = (name: string, otherwise = '') => options.get(name) ?? decoded(otherwise)
  const database = part('dbname', parts['database'])
  const checked = postgresServerSchema.safeParse({
    via: 'host',
    host: part('host', parts['host']?.replace(/^\[|\]$/g, '')) || '127.0.0.1',
    user: part('user', parts['user']) || 'postgres',
    ...given('port', part('port', parts['port']), Number),
    ...given('sslMode', part('sslmode'), String),
    ...given('sslRootCert', part('sslrootcert'), String),
  })
  if (!checked.success) return { ok: false, problem: 'not-a-postgres-url' }
  return { ok: true, server: checked.data, database: database === '' ? undefined : database }
}

function given(key: string, text: string, of: (text: string) => unknown): Record<string, unknown> {
  return text === '' ? {} : { [key]: of(text) }
}

function optionsIn(query: string): Map<string, string> {
  const pairs = query.split('&').filter((pair) => pair !== '')
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      return at === -1 ? [decoded(pair), ''] : [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))]
    }),
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone percent sign is itself.
    return text
  }
}
