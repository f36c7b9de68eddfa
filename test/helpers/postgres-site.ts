/** PostgreSQL servers with something on them, and jobs that back them up, for tests of the whole way. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { PostgresServer as ServerConfig } from '../../electron/contract/postgres.ts'
import type { SourceDraft } from '../../electron/contract/source.ts'
import type { PostgresServer } from './postgres-server.ts'

const chinook = fileURLToPath(new URL('../fixtures/chinook/chinook-postgres.sql.gz', import.meta.url))
const everything = fileURLToPath(new URL('../engine/source/postgres/everything.sql', import.meta.url))

type PostgresDraft = Omit<Extract<SourceDraft, { kind: 'postgres' }>, 'id'>

/** By the cluster's socket, as a superuser. */
export function hostOf(server: PostgresServer): ServerConfig {
  return { via: 'host', host: server.socketDir, port: server.port, user: 'postgres', sslMode: 'prefer' }
}

export function postgresSource(
  server: PostgresServer,
  databases: PostgresDraft['databases'],
  changes: Partial<PostgresDraft> = {},
): PostgresDraft {
  return { kind: 'postgres', name: 'ERP', server: hostOf(server), databases, ...changes }
}

/** The Chinook sample: 11 tables, 15,607 rows. */
export function loadChinook(server: PostgresServer): void {
  const script = gunzipSync(readFileSync(chinook)).toString('utf8')
  const [, own = ''] = script.split('\\c chinook;')
  server.query('CREATE DATABASE chinook')
  server.feed(own, 'chinook')
}

/** A database with one of everything that a dump must bring back, its roles and its own settings. */
export function loadEverything(server: PostgresServer): void {
  server.query('CREATE ROLE owner_a; CREATE ROLE reader; CREATE ROLE app LOGIN')
  server.query('CREATE DATABASE everything OWNER owner_a')
  server.runFile(everything, 'everything')
  server.query(`ALTER DATABASE everything SET search_path TO erp, "订 单", "$user"`)
  server.query(`ALTER DATABASE everything SET work_mem TO '9MB'`)
  server.query(`ALTER ROLE app IN DATABASE everything SET statement_timeout TO '3s'`)
  server.query('REVOKE CONNECT ON DATABASE everything FROM PUBLIC')
  server.query(
    'GRANT CONNECT, TEMPORARY ON DATABASE everything TO app; GRANT CREATE ON DATABASE everything TO reader WITH GRANT OPTION',
  )
  server.query(`COMMENT ON DATABASE everything IS 'the site''s own: 订单'`)
}

/** What pg_dump writes of a database, without what is new each time. @param args `--create` adds the database's own properties */
export function wholeDump(server: PostgresServer, database: string, args: readonly string[] = []): string {
  const text = server.dump(database, args).toString('latin1')
  return text.replace(/^\\(un)?restrict .*$/gm, '')
}
