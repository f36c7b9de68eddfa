/** Recognises dumps of databases: pg_dump, pg_dumpall, sqlite3, and those whose databases are not supported yet. */
import { databaseNameSchema, parsePostgresUrl, postgresServerSchema } from '../../contract/postgres.ts'
import { sourceDraftSchema, type SourceDraft } from '../../contract/source.ts'
import { at, isSqliteName, plainName, sqliteSource, type Found, type Step } from './found.ts'
import { inWords, isAbsolutePath, isKnown, isWindowsPath } from './paths.ts'
import { toolOf, UNKNOWN } from './step.ts'

const UNSUPPORTED =
  /^(mysqldump|mysqlpump|mydumper|mariadb-dump|mariadb-backup|mariabackup|xtrabackup|innobackupex|mongodump|expdp|exp|sqlcmd|osql|redis-cli|influxd|gbak)$/

export function recogniseDatabase(step: Step): Found | undefined {
  const tool = toolOf(step.program.argv)
  if (tool === 'pg_dump' || tool === 'pg_dumpall') return postgresDump(step, tool)
  if (tool === 'sqlite3') return sqliteShell(step)
  if (!UNSUPPORTED.test(tool)) return undefined
  // A client that is not told to back up does something else.
  if (/^(sqlcmd|osql)$/.test(tool) && !/\bbackup\b/i.test(step.program.argv.join(' '))) return undefined
  if (tool === 'redis-cli' && !/save|--rdb/i.test(step.program.argv.join(' '))) return undefined
  return { does: 'unsupported', tool, sources: [], reads: [], writes: outputsOf(step) }
}

/** Of the last program of the pipe: that is where a dump goes. */
export function outputsOf(step: Step): string[] {
  const output = step.program.output ?? step.pipeline.programs.at(-1)?.output
  return output === undefined ? [] : [at(step, output.path)]
}

type Options = Partial<Record<'host' | 'port' | 'user' | 'dbname' | 'file', string>>

const LONG: Readonly<Record<string, keyof Options>> = {
  host: 'host',
  port: 'port',
  username: 'user',
  dbname: 'dbname',
  file: 'file',
}
const SHORT: Readonly<Record<string, keyof Options>> = {
  h: 'host',
  p: 'port',
  U: 'user',
  d: 'dbname',
  f: 'file',
  l: 'dbname',
}
/** Short options of pg_dump whose value is of no interest here. Source: PostgreSQL 17, pg_dump. */
const OTHER_VALUE = 'FjnNtTZESe'

function postgresDump(step: Step, tool: string): Found {
  const { options, words } = optionsOf(step.program.argv.slice(1))
  const { environment } = step.pipeline
  const given = parsedTarget(options.dbname ?? words[0])
  const target: Options = definedOf({
    host: environment['PGHOST'],
    port: environment['PGPORT'],
    user: environment['PGUSER'],
    dbname: environment['PGDATABASE'],
    ...definedOf(given ?? { dbname: words[0] }),
    ...(given === undefined ? options : withoutDatabase(options)),
  })
  const source = postgresSource(step, target, tool === 'pg_dumpall')
  return {
    does: 'dump',
    tool,
    sources: source === undefined ? [] : [source],
    reads: [],
    writes: options.file === undefined ? outputsOf(step) : [at(step, options.file)],
    unclear: source === undefined ? [inWords(`${tool} ${target.dbname ?? target.host ?? ''}`)] : [],
  }
}

function withoutDatabase({ dbname: _dbname, ...others }: Options): Options {
  return others
}

function optionsOf(argv: readonly string[]): { options: Options; words: string[] } {
  const options: Options = {}
  const words: string[] = []
  const rest = [...argv]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const { name, value, takesNext } = optionIn(word)
    const next = takesNext ? rest.shift() : value
    if (name !== undefined) options[name] = next ?? ''
    else if (!word.startsWith('-') && word !== '') words.push(word)
  }
  return { options, words }
}

interface Option {
  readonly name: keyof Options | undefined
  readonly value?: string | undefined
  readonly takesNext: boolean
}

function optionIn(word: string): Option {
  const long = /^--([\w-]+)(?:=([\s\S]*))?$/.exec(word)
  if (long !== null) {
    const name = LONG[long[1] ?? '']
    return { name, value: long[2], takesNext: name !== undefined && long[2] === undefined }
  }
  const short = /^-(\w)([\s\S]*)$/.exec(word)
  const [, letter = '', value = ''] = short ?? []
  const name = SHORT[letter]
  const takesValue = name !== undefined || (letter !== '' && OTHER_VALUE.includes(letter))
  return { name, value, takesNext: takesValue && value === '' }
}

/** A URL or a `host=… dbname=…` string where a database's name may stand; undefined for a plain name. Passwords are dropped. */
function parsedTarget(text: string | undefined): Options | undefined {
  if (text === undefined) return undefined
  if (/^postgres(ql)?:\/\//i.test(text)) {
    const parsed = parsePostgresUrl(text.replace(/^(\w+:\/\/[^:@/]*):[^@]*@/, '$1@'))
    if (!parsed.ok || parsed.server.via !== 'host') return {}
    const { host, port, user } = parsed.server
    return {
      host,
      user,
      ...definedOf({ dbname: parsed.database }),
      ...(port === undefined ? {} : { port: String(port) }),
    }
  }
  if (!/^\s*\w+\s*=/.test(text)) return undefined
  const pairs = [...text.matchAll(/(\w{1,20})\s*=\s*('[^']*'|\S+)/g)].map(([, key = '', value = '']) => [
    key,
    value.replace(/^'|'$/g, ''),
  ])
  const { host, port, user, dbname } = Object.fromEntries(pairs) as Record<string, string | undefined>
  return definedOf({ host, port, user, dbname })
}

function definedOf<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

/** Undefined where the server or the database is known only when the script runs. */
function postgresSource(step: Step, target: Options, isAll: boolean): SourceDraft | undefined {
  const user = clear(target.user) ?? clear(step.program.user) ?? 'postgres'
  const name = isAll ? undefined : (target.dbname ?? user)
  if (name !== undefined && (!databaseNameSchema.safeParse(name).success || name.includes(UNKNOWN))) return undefined
  const draft = {
    kind: 'postgres',
    name: plainName(name ?? step.program.container?.name ?? 'postgres', 'postgres'),
    server: postgresServerSchema.safeParse(serverOf(step, target, user)).data,
    databases: name === undefined ? 'all' : [name],
  }
  return sourceDraftSchema.safeParse(draft).data
}

function serverOf({ program, pipeline }: Step, target: Options, user: string): object {
  const { container } = program
  if (container !== undefined) return { via: 'container', program: container.program, container: container.name, user }
  // Without a host, libpq takes its socket where there are any.
  const isUnix = pipeline.dialect === 'sh' && !isWindowsPath(pipeline.cwd ?? '')
  const host = target.host ?? (isUnix ? '/var/run/postgresql' : '127.0.0.1')
  return { via: 'host', host, user, port: Number(target.port ?? 5432) }
}

function clear(text: string | undefined): string | undefined {
  return text === undefined || text.includes(UNKNOWN) || text === '' ? undefined : text
}

/** Only where it is told to back up: most uses of sqlite3 in scripts are queries. */
function sqliteShell(step: Step): Found | undefined {
  const words = step.program.argv.slice(1)
  const told = [
    ...words,
    ...step.pipeline.programs.filter((one) => one !== step.program).flatMap(({ argv }) => argv),
  ].join(' ')
  const command = /\.(backup|dump|save|clone)\b|\bVACUUM\s+(?:main\s+)?INTO\b/i.exec(told)
  const path = words.find((word) => !word.startsWith('-') && (isSqliteName(word) || !/^\.|\s/.test(word)))
  if (/integrity_check|quick_check/i.test(told) && command === null)
    return {
      does: 'check',
      tool: 'sqlite3',
      sources: [],
      reads: path === undefined ? [] : [at(step, path)],
      writes: [],
    }
  if (path === undefined || command === null) return undefined
  const whole = at(step, path)
  const to = /(?:\.(?:backup|save|clone)\s+(?:main\s+)?|INTO\s+)["']?([^"';]+)["']?/i.exec(told)?.[1]?.trim()
  const isClear = isKnown(whole) && isAbsolutePath(whole)
  return {
    does: 'dump',
    tool: 'sqlite3',
    sources: isClear ? [sqliteSource(whole)] : [],
    reads: [whole],
    writes: to === undefined ? outputsOf(step) : [at(step, to)],
    unclear: isClear ? [] : [inWords(whole)],
  }
}
