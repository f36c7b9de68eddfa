/** `sitekeep status`: one light per job, and an exit code that a monitor can use. */
import type { JobSummary, Light } from '../../contract/summary.ts'
import { isErrorCode, wordsOf } from '../../contract/words.ts'
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { formatAge, formatTime, table } from '../format.ts'

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
  // A monitor asks now and then, and acts on the answer: a disk that went away since the service's last look must show.
  const summary = await (await cli.link()).call('status', { look: true, ...(job === undefined ? {} : { job }) })
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
  const notes = summary.notices.flatMap(({ code, detail }) =>
    isErrorCode(code) ? [wordsOf(code, detail, cli.language)] : [],
  )
  show(
    cli,
    { light, jobs: jobs.map(statusDocument), destinations: summary.destinations, notices: summary.notices },
    [text, ...notes.map(({ message, hint }) => `${message}\n${hint}`)].join('\n\n'),
  )
  return exitOfLight[light]
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
    job.running === undefined ? words.light[job.light] : words.joined([words.light[job.light], words.running]),
    age === undefined ? words.neverProven : words.provenAgo(formatAge(age * 60)),
    job.nextRun === undefined ? words.none : formatTime(job.nextRun),
    words.listed(job.reasons.map((reason) => words.reason[reason.code])),
  ]
}
