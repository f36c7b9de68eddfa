/** Where a restore goes: a folder, a database on a server, or a scratch place. */
import type { RestoreRequest } from '../contract/rpc.ts'
import type { Cli } from './cli.ts'
import { confirmed } from './confirm.ts'
import { wrongUse } from './failure.ts'
import { addressFrom, isPostgresAddress } from './postgres-address.ts'
import { databaseName } from './postgres-options.ts'

export interface TargetOptions {
  readonly to?: string
  readonly testMode?: boolean
  readonly inPlace?: boolean
  readonly passwordSecret?: string
}

type Target = Pick<RestoreRequest, 'to' | 'into' | 'testMode'>

/** @param otherwise folder to use where none is named: a new place, so that nothing that exists is ever in the way */
export function targetFrom(cli: Cli, options: TargetOptions, otherwise: string): Target {
  const { to, testMode, inPlace, passwordSecret } = options
  const { words } = cli
  if (to !== undefined && testMode === true) throw wrongUse('--to and --test-mode exclude each other.', words.usageHint)
  if (to !== undefined && isPostgresAddress(to)) return { into: databaseFrom(cli, to, options) }
  if (inPlace !== undefined) throw wrongUse(words.postgres.restoreFolderInPlace, words.usageHint)
  if (passwordSecret !== undefined) throw wrongUse(words.postgres.restorePassword, words.usageHint)
  return testMode === true ? { testMode: true } : { to: cli.resolvePath(to ?? otherwise) }
}

function databaseFrom(cli: Cli, typed: string, options: TargetOptions): NonNullable<Target['into']> {
  const { inPlace, passwordSecret } = options
  const { server, database } = addressFrom(cli, typed)
  const { postgres } = cli.words
  if (database === undefined) throw wrongUse(postgres.restoreDatabase, postgres.addressHint)
  return {
    server: passwordSecret === undefined ? server : { ...server, passwordSecret },
    database: databaseName(cli, database),
    mode: inPlace === true ? 'replace' : 'new',
  }
}

/** Asks before a database is replaced; true where nothing is. */
export async function mayReplace(cli: Cli, { into }: Target): Promise<boolean> {
  if (into?.mode !== 'replace') return true
  return await confirmed(cli, cli.words.postgres.askReplace(into.database, hostOf(into.server)))
}

/** As a person writes it. */
export function targetInWords({ to, into }: Target): string {
  return into === undefined ? (to ?? '') : `${hostOf(into.server)}/${into.database}`
}

function hostOf(server: NonNullable<Target['into']>['server']): string {
  switch (server.via) {
    case 'host':
      return server.port === undefined ? server.host : `${server.host}:${server.port}`
    case 'container':
      return server.container
    case 'service':
      return server.service
  }
}
