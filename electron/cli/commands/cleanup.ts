/** `sitekeep cleanup [JOB]`: what goes, what stays and why; and, unless it is only asked about, removes it. */
import type { Job } from '../../contract/job.ts'
import type { RetentionPlan, RetentionReason } from '../../contract/retention.ts'
import type { RunRecord } from '../../contract/run.ts'
import { phraseIn } from '../../contract/words.ts'
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { formatBytes, formatTime, table } from '../format.ts'
import { exitOfRun, follow, runDocument, troubleLines } from '../run-follow.ts'

export const cleanupCommand: AddCommand = (program, run) => {
  program
    .command('cleanup')
    .argument('[JOB]', 'name of a job; all of them without it')
    .description('remove backups that their policy lets go')
    .option('--dry-run', 'only say what would go, what stays and why')
    .action(run(cleanup))
}

async function cleanup(cli: Cli, job: string | undefined, { dryRun = false }: { dryRun?: boolean }): Promise<number> {
  const plans: RetentionPlan[] = []
  const records: RunRecord[] = []
  for (const one of await jobsOf(cli, job)) {
    plans.push(...(await (await cli.link()).call('cleanup.preview', { job: one.id })))
    if (!dryRun) records.push(await follow(cli, (link) => link.call('cleanup.start', { job: one.id })))
  }
  const lines = [
    ...plans.flatMap((plan) => planLines(cli, plan, dryRun)),
    ...records.flatMap((record) => troubleLines(cli, record)),
  ]
  const document = {
    plans: plans.map((plan) => planDocument(cli, plan)),
    ...(dryRun
      ? {}
      : { runs: records.map((record) => ({ ...runDocument(cli, record), removed: record.removed ?? [] })) }),
  }
  show(cli, document, lines.length === 0 ? cli.words.noSets : lines.join('\n'))
  const exits = records.map(exitOfRun)
  const failed = exits.find((code) => code !== exitCodes.done && code !== exitCodes.warning)
  return failed ?? (exits.includes(exitCodes.warning) ? exitCodes.warning : exitCodes.done)
}

async function jobsOf(cli: Cli, job: string | undefined): Promise<readonly Job[]> {
  const link = await cli.link()
  return job === undefined ? await link.call('job.list', {}) : [await link.call('job.show', { job })]
}

function planLines(cli: Cli, plan: RetentionPlan, isDry: boolean): string[] {
  const { words } = cli
  if (plan.total === 0) return []
  const head = [words.column.set, words.column.at, words.column.size, words.cleanup.action, words.column.why]
  const rows = plan.sets.map((set) => [
    set.set,
    formatTime(set.at),
    formatBytes(set.bytes),
    words.cleanup[set.action],
    words.listed(set.reasons.map((reason) => reasonIn(cli, reason))),
  ])
  const left = plan.total - plan.sets.length
  return [
    words.cleanup.place(plan.jobName, plan.destinationName),
    ...(isDry ? plan.frozen.map((reason) => `  ! ${words.cleanup.frozen(reasonIn(cli, reason))}`) : []),
    table(head, rows),
    ...(left > 0 ? [words.cleanup.more(left)] : []),
    words.cleanup.total(plan.deletes, plan.total - plan.deletes, formatBytes(plan.deletedBytes)),
  ]
}

function planDocument(cli: Cli, plan: RetentionPlan): Record<string, unknown> {
  const told = (reason: RetentionReason) => ({ ...reason, message: reasonIn(cli, reason) })
  return {
    ...plan,
    frozen: plan.frozen.map(told),
    sets: plan.sets.map((set) => ({ ...set, reasons: set.reasons.map(told) })),
  }
}

function reasonIn({ language }: Cli, { code, detail }: RetentionReason): string {
  return phraseIn(code, detail, language)
}
