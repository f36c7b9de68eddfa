/** Where a restore goes: a folder, a database on a server, or a scratch place. */
import { databaseInWords, serverInWords } from '../contract/postgres.ts'
import type { RestoreRequest } from '../contract/restore.ts'
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

type Target = Pick<RestoreRequest, 'to' | 'into' | 'inPlace' | 'testMode'>

/** @param otherwise folder to use where none is named: a new place, so that nothing that exists is ever in the way */
export function targetFrom(cli: Cli, options: TargetOptions, otherwise: string): Target {
  const { to, testMode, inPlace, passwordSecret } = options
  const { words } = cli
  if (to !== undefined && testMode === true) throw wrongUse('--to and --test-mode exclude each other.', words.usageHint)
  if (to !== undefined && isPostgresAddress(to)) return { into: databaseFrom(cli, to, options) }
  if (passwordSecret !== undefined) throw wrongUse(words.postgres.restorePassword, words.usageHint)
  if (inPlace === true) return ownPlace(cli, options)
  return testMode === true ? { testMode: true } : { to: cli.resolvePath(to ?? otherwise) }
}

/** Where the data came from: the agent knows. */
function ownPlace({ words }: Cli, { to, testMode }: TargetOptions): Target {
  if (to !== undefined || testMode === true) throw wrongUse(words.postgres.restoreFolderInPlace, words.usageHint)
  return { inPlace: true }
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
export async function mayReplace(cli: Cli, { into, inPlace }: Target): Promise<boolean> {
  if (inPlace === true) return await confirmed(cli, cli.words.postgres.askReplaceOwn)
  if (into?.mode !== 'replace') return true
  return await confirmed(cli, cli.words.postgres.askReplace(into.database, serverInWords(into.server)))
}

/** As a person writes it. */
export function targetInWords({ to, into }: Target): string {
  return into === undefined ? (to ?? '') : databaseInWords(into)
}
