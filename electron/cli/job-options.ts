/** The options that describe a job, and the draft they amount to. */
import { basename, extname } from 'node:path'
import type { Command } from 'commander'
import { compressionSchema, rpoClocks, type Compression, type Job, type JobDraft } from '../contract/job.ts'
import type { SourceDraft } from '../contract/source.ts'
import { keepFrom, minutesFrom, oneOf } from './arguments.ts'
import type { Cli } from './cli.ts'
import { named } from './named.ts'
import { addPostgresOptions, postgresSources, type PostgresOptions } from './postgres-options.ts'
import { addScheduleOptions, scheduleFrom, type ScheduleOptions } from './schedule-options.ts'

export interface JobOptions extends PostgresOptions, ScheduleOptions {
  readonly sqlite?: readonly string[]
  readonly files?: readonly string[]
  readonly config?: readonly string[]
  readonly exclude?: readonly string[]
  readonly to?: readonly string[]
  readonly keep?: Partial<Job['keep']>
  readonly compression?: Compression
  readonly prove?: Job['prove']
  readonly rpo?: number
  readonly rpoFollows?: Job['rpoFollows']
  readonly rto?: number
}

const provings = ['matched', 'restored'] as const

export function addJobOptions(command: Command): Command {
  return addScheduleOptions(
    addPostgresOptions(command.option('--sqlite <FILE...>', 'a SQLite database, also one in use')),
  )
    .option('--files <DIR...>', 'a folder')
    .option('--config <GLOB...>', 'configuration files; secrets in them are masked')
    .option('--exclude <GLOB...>', 'leave these out of the folders')
    .option('--to <DEST...>', 'where backups go: a folder, or the name of a destination')
    .option('--keep <DAYS>', 'how long to keep, such as full=30d,incremental=7d,hot=3d', (text) => keepFrom(text))
    .option('--compression <KIND>', compressionSchema.options.join(', '), oneOf(compressionSchema.options))
    .option('--prove <LEVEL>', provings.join(', '), oneOf(provings))
    .option('--rpo <TIME>', 'promised age of the newest proven backup, such as 24h', minutesFrom)
    .option(
      '--rpo-follows <WHAT>',
      'clock, or schedule: nights and weekends without runs do not count',
      oneOf(rpoClocks),
    )
    .option('--rto <TIME>', 'promised time to restore, such as 30m', minutesFrom)
}

type DraftOf<K extends SourceDraft['kind']> = Extract<SourceDraft, { kind: K }>

/** Sources of the kinds that are named; where a kind is not named, `before`'s stay. */
export function sourcesFrom(cli: Cli, options: JobOptions, before: readonly SourceDraft[] = []): SourceDraft[] {
  const stays = <K extends SourceDraft['kind']>(kind: K): DraftOf<K>[] =>
    before.filter((source): source is DraftOf<K> => source.kind === kind)
  const sources = [
    ...(options.sqlite === undefined ? stays('sqlite') : options.sqlite.map((path) => sqliteSource(cli, path))),
    ...postgresSources(cli, options, stays('postgres')),
    ...(options.files === undefined ? stays('files') : [filesSource(cli, options.files)]),
    ...(options.config === undefined ? stays('config') : [configSource(cli, options.config)]),
  ].map((source) => withExclude(source, options.exclude))
  return uniquelyNamed(sources)
}

/** Everything but sources and destinations, as far as it was named. */
export function settingsFrom(options: JobOptions, before?: Job): Partial<JobDraft> {
  const { keep, compression, prove, rpo, rpoFollows, rto } = options
  return {
    schedule: scheduleFrom(options, before?.schedule),
    ...named({ keep: keep === undefined ? undefined : { ...before?.keep, ...keep } }),
    ...named({ compression, prove, rpoMinutes: rpo, rpoFollows, rtoMinutes: rto }),
  }
}

function sqliteSource(cli: Cli, typed: string): SourceDraft {
  const path = cli.resolvePath(typed)
  return { kind: 'sqlite', name: nameOf(basename(path, extname(path)), 'database'), path }
}

function filesSource(cli: Cli, typed: readonly string[]): SourceDraft {
  const roots = [...new Set(typed.map((dir) => cli.resolvePath(dir)))]
  return { kind: 'files', name: roots.length === 1 ? nameOf(basename(roots[0] ?? ''), 'files') : 'files', roots }
}

function configSource(cli: Cli, typed: readonly string[]): SourceDraft {
  return { kind: 'config', name: 'config', globs: [...new Set(typed.map((glob) => cli.resolvePath(glob)))] }
}

function nameOf(wanted: string, otherwise: string): string {
  return wanted.slice(0, 76).trim() || otherwise
}

function withExclude(source: SourceDraft, exclude: readonly string[] | undefined): SourceDraft {
  return exclude === undefined || source.kind === 'sqlite' || source.kind === 'postgres'
    ? source
    : { ...source, exclude: [...exclude] }
}

/** Two databases called `data.db` in two folders become `data` and `data-2`. */
function uniquelyNamed(sources: readonly SourceDraft[]): SourceDraft[] {
  const taken = new Set<string>()
  return sources.map((source) => {
    let { name } = source
    for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${source.name}-${n}`
    taken.add(name.toLowerCase())
    return { ...source, name }
  })
}
