/** The options that describe PostgreSQL sources, and the sources they amount to. */
import type { Command } from 'commander'
import { databaseNameSchema, postgresServerSchema } from '../contract/postgres.ts'
import { postgresFormats, type SourceDraft } from '../contract/source.ts'
import { oneOf } from './arguments.ts'
import type { Cli } from './cli.ts'
import { wrongUse } from './failure.ts'
import { named } from './named.ts'
import { addressFrom, type Address } from './postgres-address.ts'

export interface PostgresOptions {
  readonly postgres?: readonly string[]
  readonly container?: readonly string[]
  readonly pgService?: readonly string[]
  readonly podman?: boolean
  readonly engineHost?: string
  readonly engineContext?: string
  readonly database?: readonly string[]
  readonly dbUser?: string
  readonly passwordSecret?: string
  readonly passwordStdin?: boolean
  readonly format?: Source['format']
  readonly globals?: boolean
  readonly digests?: boolean
  readonly scratch?: string
  readonly scratchSecret?: string
}

type Source = Extract<SourceDraft, { kind: 'postgres' }>
type Server = Source['server']

/** Options that say something about a server that another option names. */
const describing = [
  'database',
  'passwordSecret',
  'passwordStdin',
  'format',
  'globals',
  'digests',
  'scratch',
  'scratchSecret',
] as const
const inContainers = ['podman', 'dbUser', 'engineHost', 'engineContext'] as const

export function addPostgresOptions(command: Command): Command {
  return command
    .option('--postgres <URL...>', 'a PostgreSQL server: postgres://user@host:port/database; without a database, all')
    .option('--container <NAME...>', 'a PostgreSQL server in a Docker container')
    .option('--pg-service <NAME...>', 'a PostgreSQL server as a connection service file (pg_service.conf) names it')
    .option('--podman', 'the containers are run by Podman')
    .option(
      '--engine-host <URL>',
      'where the containers run, such as ssh://root@erp.lan or unix:///run/user/1000/podman.sock',
    )
    .option('--engine-context <NAME>', 'the context of docker or podman in which the containers run')
    .option('--database <NAME...>', 'these databases only, where the address names none')
    .option('--db-user <NAME>', 'database user in the containers (default: postgres)')
    .option('--password-secret <NAME>', 'the stored secret that is the database password')
    .option('--password-stdin', 'read the database password from standard input and store it')
    .option('--format <KIND>', `of the dump: ${postgresFormats.join(', ')}`, oneOf(postgresFormats))
    .option('--globals', "back up the server's roles too (default)")
    .option('--no-globals', "leave the server's roles out")
    .option('--digests', 'compare the content of every row too; costs the server a second look at everything')
    .option('--no-digests', 'compare the number of rows only (default)')
    .option('--scratch <SERVER>', 'where restores are tested: same, or postgres://user@host:port')
    .option('--scratch-secret <NAME>', 'the stored secret that is the password there')
}

/** On the servers that are named; where none is, `before`'s, changed in what is named. */
export function postgresSources(cli: Cli, options: PostgresOptions, before: readonly Source[]): Source[] {
  const addresses = (options.postgres ?? []).map((url) => addressFrom(cli, url))
  const containers = options.container ?? []
  const services = options.pgService ?? []
  const isFresh = addresses.length + containers.length + services.length > 0
  if (isFresh && containers.length + services.length === 0) refuseSecondDatabase(cli, options, addresses)
  const sources = isFresh
    ? [
        ...addresses.map((address) => serverAt(cli, address, options)),
        ...containers.map((name) => serverIn(cli, name, options)),
        ...services.map((name) => serverBy(cli, name, options)),
      ]
    : before.map((source) => ({ ...source, ...named({ databases: wantedOnly(cli, options) }) }))
  refuseAimless(cli, options, sources)
  const settings = settingsFrom(cli, options)
  return sources.map((source) => ({ ...source, ...settings, server: changedServer(cli, source.server, options) }))
}

function settingsFrom(cli: Cli, options: PostgresOptions): Partial<Source> {
  const { format, globals, digests, scratch, scratchSecret } = options
  return named({
    format,
    globals,
    digests,
    scratch: scratch === undefined ? undefined : scratchFrom(cli, scratch, scratchSecret),
  })
}

function refuseSecondDatabase(cli: Cli, { database }: PostgresOptions, addresses: readonly Address[]): void {
  if (database !== undefined && addresses.every((address) => address.database !== undefined))
    throw wrongUse(cli.words.postgres.databaseTwice, cli.words.usageHint)
}

/** An option that would change nothing was meant for something that is missing. */
function refuseAimless(cli: Cli, options: PostgresOptions, sources: readonly Source[]): void {
  const refuse = (name: keyof PostgresOptions, missing: string): never => {
    throw wrongUse(cli.words.postgres.needs(optionName(name), missing), cli.words.usageHint)
  }
  const named = describing.find((name) => options[name] !== undefined)
  if (named !== undefined && sources.length === 0) refuse(named, '--postgres, --container, --pg-service')
  const inContainer = inContainers.find((name) => options[name] !== undefined)
  if (inContainer !== undefined && !sources.some(({ server }) => server.via === 'container'))
    refuse(inContainer, '--container')
  if (options.scratchSecret !== undefined && (options.scratch ?? 'same') === 'same')
    refuse('scratchSecret', '--scratch postgres://user@host:port')
  if (options.passwordSecret !== undefined && options.passwordStdin !== undefined)
    throw wrongUse(cli.words.postgres.twoPasswords, cli.words.usageHint)
}

function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function serverAt(cli: Cli, { server, database }: Address, options: PostgresOptions): Source {
  const databases = database === undefined ? wanted(cli, options) : [databaseName(cli, database)]
  const name = databases !== 'all' && databases.length === 1 ? databases[0] : undefined
  return { kind: 'postgres', name: name ?? 'postgres', server, databases }
}

function serverIn(cli: Cli, typed: string, options: PostgresOptions): Source {
  const parsed = postgresServerSchema.safeParse({ via: 'container', container: typed })
  if (!parsed.success) throw wrongUse(cli.words.postgres.noContainer(typed), cli.words.usageHint)
  return { kind: 'postgres', name: typed.slice(0, 76), server: parsed.data, databases: wanted(cli, options) }
}

function serverBy(cli: Cli, typed: string, options: PostgresOptions): Source {
  const parsed = postgresServerSchema.safeParse({ via: 'service', service: typed })
  if (!parsed.success) throw wrongUse(cli.words.postgres.noService(typed), cli.words.usageHint)
  return { kind: 'postgres', name: typed, server: parsed.data, databases: wanted(cli, options) }
}

function wanted(cli: Cli, options: PostgresOptions): Source['databases'] {
  return wantedOnly(cli, options) ?? 'all'
}

function wantedOnly(cli: Cli, { database }: PostgresOptions): string[] | undefined {
  return database === undefined ? undefined : [...new Set(database.map((name) => databaseName(cli, name)))]
}

export function databaseName(cli: Cli, typed: string): string {
  if (databaseNameSchema.safeParse(typed).success) return typed
  throw wrongUse(cli.words.postgres.noDatabase(typed), cli.words.usageHint)
}

function changedServer(cli: Cli, server: Server, options: PostgresOptions): Server {
  const changed = { ...server, ...named({ passwordSecret: options.passwordSecret }) }
  if (changed.via !== 'container') return changed
  const program = options.podman === true ? ('podman' as const) : undefined
  const engine = { engineHost: options.engineHost, context: options.engineContext }
  const whole = { ...changed, ...named({ program, user: options.dbUser, ...engine }) }
  const parsed = postgresServerSchema.safeParse(whole)
  if (!parsed.success)
    throw wrongUse(cli.words.postgres.noEngine(options.engineHost ?? options.engineContext ?? ''), cli.words.usageHint)
  return whole
}

function scratchFrom(cli: Cli, typed: string, secret: string | undefined): NonNullable<Source['scratch']> {
  if (typed === 'same') return 'same'
  const { server, database } = addressFrom(cli, typed)
  if (database !== undefined) throw wrongUse(cli.words.postgres.scratchDatabase, cli.words.usageHint)
  return { ...server, ...named({ passwordSecret: secret }) }
}
