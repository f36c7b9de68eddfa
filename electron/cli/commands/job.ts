/** `sitekeep job`: what is backed up, when, and where to. */
import type { Job, JobDraft } from '../../contract/job.ts'
import { CallError } from '../../contract/protocol.ts'
import { hasSchedule } from '../../contract/schedule.ts'
import type { SourceDraft } from '../../contract/source.ts'
import { show, type Cli, type Link } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { confirmed } from '../confirm.ts'
import { errorDataOf, exitCodes, inLanguage, wrongUse } from '../failure.ts'
import { table } from '../format.ts'
import { checkBeforehand, placesFrom, withPlaces } from '../job-checks.ts'
import { withPassword } from '../job-password.ts'
import { addJobOptions, settingsFrom, sourcesFrom, type JobOptions } from '../job-options.ts'
import { exportJobs, importJobs } from './job-transfer.ts'

export const jobCommand: AddCommand = (program, run) => {
  const job = program.command('job').description('what is backed up, when, and where to')
  addJobOptions(job.command('add').argument('<NAME>').description('add a job')).action(run(add))
  job.command('list').description('list jobs').action(run(list))
  job.command('show').argument('<JOB>').description('print a job').action(run(showJob))
  addJobOptions(job.command('edit').argument('<JOB>').description('change what is named; the rest stays'))
    .option('--name <NAME>', 'a new name')
    .action(run(edit))
  job.command('remove').argument('<JOB>').description('remove a job; its backups stay').action(run(remove))
  for (const enabled of [true, false])
    job
      .command(enabled ? 'enable' : 'disable')
      .argument('<JOB>')
      .description(enabled ? 'let the schedule run again' : 'stop the schedule; backups stay')
      .action(run((cli: Cli, name: string) => enable(cli, name, enabled)))
  job
    .command('export')
    .argument('[JOB]')
    .description('print jobs for another installation')
    .option('--out <FILE>', 'write to a file')
    .action(run(exportJobs))
  job.command('import').argument('<FILE>').description('add exported jobs').action(run(importJobs))
}

async function add(cli: Cli, name: string, options: JobOptions): Promise<number> {
  const link = await cli.link()
  const wanted = sourcesFrom(cli, options)
  if (wanted.length === 0) throw wrongUse(cli.words.nothingToBackUp, cli.words.usageHint)
  if (options.to === undefined) throw wrongUse('Nowhere to back up to: give --to.', cli.words.usageHint)
  const places = await placesFrom(cli, link, options.to)
  const job = await withSources(cli, link, { job: name, sources: wanted, options }, async (sources) => {
    const draft = { name, sources, ...settingsFrom(options) }
    await withOutcome(cli, cli.words.jobNotAdded, () => checkBeforehand(link, draft, places))
    return await withPlaces(link, places, (destinations) => link.call('job.add', { draft: { ...draft, destinations } }))
  })
  const note = hasSchedule(job.schedule) ? [] : [cli.words.noSchedule(job.name)]
  show(cli, { job }, [cli.words.jobAdded(job.name), ...note].join('\n'))
  return exitCodes.done
}

async function edit(cli: Cli, typed: string, options: JobOptions & { name?: string }): Promise<number> {
  if (Object.keys(options).length === 0) throw wrongUse(cli.words.nothingToChange, cli.words.usageHint)
  const link = await cli.link()
  const before = await link.call('job.show', { job: typed })
  const wanted = sourcesFrom(cli, options, before.sources)
  const places = options.to === undefined ? undefined : await placesFrom(cli, link, options.to)
  const { id: _id, slug, destinations: _destinations, ...kept } = before
  const job = await withSources(cli, link, { job: slug, sources: wanted, options }, async (sources) => {
    const draft = { ...kept, ...settingsFrom(options, before), name: options.name ?? before.name, sources }
    if (places !== undefined)
      await withOutcome(cli, cli.words.jobUnchanged, () => checkBeforehand(link, draft, places, before.id))
    const change = (destinations: JobDraft['destinations']): Promise<Job> =>
      link.call('job.edit', { job: before.id, draft: { ...draft, destinations } })
    return await withOutcome(cli, cli.words.jobUnchanged, () =>
      places === undefined ? change(before.destinations) : withPlaces(link, places, change),
    )
  })
  show(cli, { job }, cli.words.jobChanged(job.name))
  return exitCodes.done
}

interface Wanted {
  readonly job: string
  readonly sources: SourceDraft[]
  readonly options: JobOptions
}

/** The sources as they are to be kept: with a password's name in them where one comes by standard input. */
async function withSources<T>(
  cli: Cli,
  link: Link,
  { job, sources, options }: Wanted,
  use: (sources: SourceDraft[]) => Promise<T>,
): Promise<T> {
  return options.passwordStdin === true ? await withPassword(cli, link, { job, sources }, use) : await use(sources)
}

/** The words of a source speak of backups: whoever changes a job must also hear what became of the job. */
async function withOutcome<T>(cli: Cli, outcome: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, message, hint } = inLanguage(errorDataOf(error), cli.language)
    throw /^(source|postgres|container|database|secret)-/.test(code)
      ? new CallError({ code, message: `${message} ${outcome}`, hint })
      : error
  }
}

async function list(cli: Cli): Promise<number> {
  const jobs = await (await cli.link()).call('job.list', {})
  const { words } = cli
  const { column } = words
  const rows = jobs.map((job) => [
    job.name,
    words.joined(job.sources.map((source) => `${words.kind[source.kind]} ${source.name}`)),
    job.schedule.full ?? words.none,
    job.enabled ? words.yes : words.no,
  ])
  const head = [column.job, column.sources, column.schedule, column.enabled]
  show(cli, { jobs }, jobs.length === 0 ? words.noJobs : table(head, rows))
  return exitCodes.done
}

async function showJob(cli: Cli, typed: string): Promise<number> {
  const job = await (await cli.link()).call('job.show', { job: typed })
  show(cli, { job }, JSON.stringify(job, null, 2))
  return exitCodes.done
}

async function remove(cli: Cli, typed: string): Promise<number> {
  const link = await cli.link()
  const { id, name } = await link.call('job.show', { job: typed })
  if (!(await confirmed(cli, cli.words.askRemoveJob(name)))) return exitCodes.failed
  await link.call('job.remove', { job: id })
  show(cli, { job: name, removed: true }, cli.words.jobRemoved(name))
  return exitCodes.done
}

async function enable(cli: Cli, typed: string, enabled: boolean): Promise<number> {
  const job = await (await cli.link()).call('job.enable', { job: typed, enabled })
  show(cli, { job }, cli.words.jobEnabled(job.name, enabled))
  return exitCodes.done
}
