/** `sitekeep import-tasks`: old backup tasks as proposed jobs, what is weak in them, and the way over to the new ones and back. */
import type { Job, JobDraft } from '../../contract/job.ts'
import { databaseInWords, serverInWords } from '../../contract/postgres.ts'
import type { SourceDraft } from '../../contract/source.ts'
import type { ProposedJob, TaskImport } from '../../contract/task-import.ts'
import { taskWords } from '../../contract/task-notes.ts'
import { show, type Cli, type Link } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { confirmed } from '../confirm.ts'
import { errorDataOf, exitCodes, inLanguage, wrongUse } from '../failure.ts'
import { checkBeforehand, placesFrom, withPlaces, type Place } from '../job-checks.ts'
import { taskFiles } from '../task-files.ts'

interface Options {
  readonly add?: boolean
  readonly to?: readonly string[]
  readonly retire?: string
  readonly giveBack?: string
}

export const importTasksCommand: AddCommand = (program, run) => {
  program
    .command('import-tasks')
    .argument(
      '[FILE...]',
      'Task Scheduler XML, crontabs, systemd units, compose files, their scripts; none: this computer',
    )
    .description('propose jobs for old backup tasks, and say what is weak in them; changes nothing')
    .option('--add', 'make the jobs; asks for each (--yes: all)')
    .option('--to <DEST...>', 'where the new jobs back up to')
    .option('--retire <JOB>', 'switch off the old task that a proven job replaces')
    .option('--give-back <JOB>', 'switch that old task on again')
    .action(run(importTasks))
}

async function importTasks(cli: Cli, files: readonly string[], options: Options): Promise<number> {
  const { retire, giveBack } = options
  if (retire === undefined && giveBack === undefined) return await propose(cli, files, options)
  const isAlone = files.length === 0 && options.add !== true && (retire === undefined || giveBack === undefined)
  if (!isAlone) throw wrongUse(cli.words.tasks.oneThing, cli.words.usageHint)
  return retire === undefined ? await backAgain(cli, giveBack ?? '') : await switchOff(cli, retire)
}

async function propose(cli: Cli, files: readonly string[], { add = false, to }: Options): Promise<number> {
  if (add && to === undefined) throw wrongUse(cli.words.tasks.needTo, cli.words.usageHint)
  const link = await cli.link()
  const given = await taskFiles(cli, files)
  const found = inWords(cli, await link.call('tasks.read', { files: given, system: files.length === 0 }))
  if (add) return await addAll(cli, link, found, await placesFrom(cli, link, to ?? []))
  show(cli, found, proposals(cli, found))
  return found.jobs.length === 0 && found.unmapped.length > 0 ? exitCodes.warning : exitCodes.done
}

/** Every weakness and reason in the language of the command line, for people and for programs. */
function inWords({ language }: Cli, found: TaskImport): TaskImport {
  return {
    ...found,
    jobs: found.jobs.map((job) => ({
      ...job,
      weaknesses: job.weaknesses.map((one) => ({ ...one, ...taskWords(one.code, one.detail, language) })),
    })),
    unmapped: found.unmapped.map((one) => ({ ...one, ...taskWords(one.reason, one.detail, language) })),
  }
}

function proposals(cli: Cli, { jobs, unmapped, ignored }: TaskImport): string {
  const { tasks } = cli.words
  const told = unmapped.filter(({ reason }) => reason !== 'not-a-backup')
  const others = unmapped.length - told.length
  const left = told.map(({ task, trigger, message, hint }) => {
    const where = trigger === undefined ? task : `${task} (${trigger})`
    return `  ${where}: ${message}\n    ${hint}`
  })
  return [
    jobs.length === 0 ? tasks.nothing : '',
    ...jobs.map((job) => proposal(cli, job)),
    left.length === 0 ? '' : [`${tasks.notMapped}:`, ...left].join('\n'),
    [others === 0 ? '' : tasks.noBackups(others), ignored === 0 ? '' : tasks.ignored(ignored)]
      .filter(Boolean)
      .join('\n'),
    jobs.length === 0 ? '' : tasks.toAdd,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function proposal(cli: Cli, job: ProposedJob): string {
  const { tasks, joined } = cli.words
  const { full, zone } = job.schedule
  const when = full === undefined ? tasks.noTime : zone === undefined ? full : `${full} (${zone})`
  const what =
    job.sources.length === 0 ? tasks.nothingKnown : joined(job.sources.map((source) => sourceInWords(cli, source)))
  return [
    `${job.name}  ${tasks.from(job.task)}`,
    `  ${tasks.when}: ${when}`,
    `  ${tasks.what}: ${what}`,
    ...(job.destinations.length === 0 ? [] : [`  ${tasks.where}: ${joined(job.destinations)}`]),
    ...(job.weaknesses.length === 0 ? [] : [`  ${tasks.weak}:`]),
    ...job.weaknesses.map(({ message, hint }) => `  - ${message}\n    ${hint}`),
  ].join('\n')
}

function sourceInWords({ words }: Cli, source: SourceDraft): string {
  const of = (place: string): string => `${words.kind[source.kind]} ${place}`
  switch (source.kind) {
    case 'sqlite':
      return of(source.path)
    case 'files':
      return of(words.joined(source.roots))
    case 'config':
      return of(words.joined(source.globs))
    case 'postgres': {
      const { server, databases } = source
      return of(
        databases === 'all'
          ? serverInWords(server)
          : words.joined(databases.map((database) => databaseInWords({ server, database }))),
      )
    }
  }
}

/** Each through the checks of `job add`; one that is refused does not keep the others from being made. */
async function addAll(cli: Cli, link: Link, found: TaskImport, places: readonly Place[]): Promise<number> {
  const { tasks } = cli.words
  const added: Job[] = []
  const refused: { name: string; error: ReturnType<typeof errorDataOf> }[] = []
  for (const proposed of found.jobs) {
    if (proposed.sources.length > 0 && !(await confirmed(cli, tasks.askAdd(proposed.name)))) continue
    try {
      if (proposed.sources.length === 0) throw wrongUse(tasks.nothingNamed, cli.words.usageHint)
      added.push(await addOne(link, proposed, added.length === 0 ? places : await known(cli, link, places)))
    } catch (error) {
      refused.push({ name: proposed.name, error: inLanguage(errorDataOf(error), cli.language) })
    }
  }
  const lines = [
    ...added.map(
      (job) =>
        `${cli.words.jobAdded(job.name)}${job.replaces === undefined ? '' : `\n  ${tasks.retireWith(job.name)}`}`,
    ),
    ...refused.map(({ name, error }) => `${tasks.notAdded(name)}: ${error.message}\n  ${error.hint}`),
    added.length === 0 ? tasks.nothing : tasks.beside,
  ]
  show(cli, { ...found, added, refused }, lines.join('\n'))
  return refused.length === 0 ? exitCodes.done : added.length > 0 ? exitCodes.warning : exitCodes.failed
}

/** Places that the first job has made are known by the second. */
async function known(cli: Cli, link: Link, places: readonly Place[]): Promise<Place[]> {
  return await placesFrom(
    cli,
    link,
    places.map(({ path }) => path),
  )
}

async function addOne(link: Link, proposed: ProposedJob, places: readonly Place[]): Promise<Job> {
  const { name, schedule, sources, keepDays, rpoMinutes, replaces } = proposed
  const draft: Omit<JobDraft, 'destinations'> = {
    ...{ name, schedule, sources },
    ...(keepDays === undefined ? {} : { keep: { full: keepDays } }),
    ...(rpoMinutes === undefined ? {} : { rpoMinutes }),
    ...(replaces === undefined ? {} : { replaces }),
  }
  await checkBeforehand(link, draft, places)
  return await withPlaces(link, places, (destinations) => link.call('job.add', { draft: { ...draft, destinations } }))
}

async function switchOff(cli: Cli, typed: string): Promise<number> {
  const link = await cli.link()
  const { id, name } = await link.call('job.show', { job: typed })
  if (!(await confirmed(cli, cli.words.tasks.askRetire(name)))) return exitCodes.failed
  const job = await link.call('tasks.retire', { job: id })
  show(cli, { job }, cli.words.tasks.retired(job.replaces?.name ?? '', job.name))
  return exitCodes.done
}

async function backAgain(cli: Cli, typed: string): Promise<number> {
  const job = await (await cli.link()).call('tasks.giveBack', { job: typed })
  show(cli, { job }, cli.words.tasks.given(job.replaces?.name ?? ''))
  return exitCodes.done
}
