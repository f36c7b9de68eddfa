/** `sitekeep status`: one light per job, and an exit code that a monitor can use. */
import type { JobSummary, Light, Summary } from '../../contract/summary.ts'
import { show, type Cli, type Link } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { formatSeconds, formatTime, table } from '../format.ts'

/** DESIGN §9: 0 good, 3 attention, 1 failed or overdue. Nothing to do is no fault. */
const exitOfLight: Readonly<Record<Light, number>> = {
  good: exitCodes.done,
  idle: exitCodes.done,
  attention: exitCodes.warning,
  failed: exitCodes.failed,
}

export const statusCommand: AddCommand = (program, run) => {
  program.command('status').argument('[JOB]').description('one light per job').action(run(status))
}

async function status(cli: Cli, job: string | undefined): Promise<number> {
  const summary = await seen(await cli.link(), job === undefined ? {} : { job })
  const { light, jobs } = summary
  const { words } = cli
  const head = [words.column.job, words.column.light, words.column.proof, words.column.next, words.column.why]
  const text =
    jobs.length === 0
      ? words.noJobs
      : `${words.light[light]}\n${table(
          head,
          jobs.map((entry) => statusRow(cli, entry)),
        )}`
  show(
    cli,
    { light, jobs: jobs.map(statusDocument), destinations: summary.destinations, notices: summary.notices },
    text,
  )
  return exitOfLight[light]
}

/**
 * A running service keeps an eye on the destinations. One made for this command alone has looked at none, and would hold a disk
 * that is gone for reachable: it looks first.
 */
async function seen(link: Link, request: { job?: string }): Promise<Summary> {
  const summary = await link.call('status', request)
  if (summary.agent.mode !== 'command') return summary
  const enabled = summary.destinations.filter((place) => place.enabled)
  await Promise.all(enabled.map(({ id }) => link.call('destination.test', { destination: id })))
  return await link.call('status', request)
}

function statusDocument({ name, slug, light, reasons, provenAt, nextRun, rpo, rto, lastRun, newest }: JobSummary) {
  return {
    job: name,
    slug,
    light,
    reasons,
    provenAt: provenAt ?? null,
    nextRun: nextRun ?? null,
    rpo,
    rto,
    lastRun,
    newest,
  }
}

function statusRow({ words }: Cli, job: JobSummary): string[] {
  const age = job.rpo.ageMinutes
  return [
    job.name,
    job.running === undefined ? words.light[job.light] : `${words.light[job.light]}, ${words.running}`,
    age === undefined ? words.neverProven : words.provenAgo(formatSeconds(Math.max(1, age * 60))),
    job.nextRun === undefined ? words.none : formatTime(job.nextRun),
    job.reasons.map((reason) => words.reason[reason.code]).join('; '),
  ]
}
