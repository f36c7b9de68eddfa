/** A PostgreSQL server as it is typed: `postgres://user@host:port/database`, never with a password. */
import { parsePostgresUrl, type PostgresServer } from '../contract/postgres.ts'
import type { Cli } from './cli.ts'
import { wrongUse } from './failure.ts'

type Server = Extract<PostgresServer, { via: 'host' }>

export interface Address {
  readonly server: Server
  readonly database: string | undefined
}

export function isPostgresAddress(text: string): boolean {
  return /^postgres(ql)?:/i.test(text.trim())
}

/** Throws wrong usage, in words that never repeat what was typed: a password may be in it. */
export function addressFrom(cli: Cli, typed: string): Address {
  const { words } = cli
  const parsed = parsePostgresUrl(typed)
  if (parsed.ok) {
    const { sslRootCert, ...server } = parsed.server as Server
    const certificate = sslRootCert === undefined ? {} : { sslRootCert: cli.resolvePath(sslRootCert) }
    return { server: { ...server, ...certificate }, database: parsed.database }
  }
  switch (parsed.problem) {
    case 'password-in-url':
      throw wrongUse(words.passwordInArgument, words.postgres.passwordHint)
    case 'option-not-allowed':
      throw wrongUse(words.postgres.addressOption(parsed.option ?? ''), words.postgres.addressHint)
    case 'not-a-postgres-url':
      throw wrongUse(words.postgres.noAddress, words.postgres.addressHint)
  }
}
