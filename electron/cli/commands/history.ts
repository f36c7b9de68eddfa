/** `sitekeep history` and `log`: what has run, and what each run said. */
import { setTimeout as sleep } from 'node:timers/promises'
import { runIdSchema } from '../../contract/ids.ts'
import { phrase } from '../../contract/phrases.ts'
import type { LogLine } from '../../contract/rpc.ts'
import { printable } from '../../contract/printable.ts'
import type { RunRecord } from '../../contract/run.ts'
import { countFrom } from '../arguments.ts'
import { show, type Cli, type Link } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { exitCodes, failure } from '../failure.ts'
import { formatSeconds, formatTime, table } from '../format.ts'
import { secondsOf } from '../run-follow.ts'

const POLL_MS = 500

export const historyCommands: AddCommand = (program, run) => {
  program
    .command('history')
    .argument('[JOB]')
    .description('list runs, newest first')
    .option('--limit <N>', 'how many', countFrom, 50)
    .action(run(history))
  program
    .command('log')
    .argument('<RUN>', 'id of a run, or latest')
    .description('print the log of a run')
    .option('--follow', 'go on until the run has ended')
    .action(run(log))
}

async function history(cli: Cli, job: string | undefined, { limit }: { limit: number }): Promise<number> {
  const link = await cli.link()
  const filter = job === undefined ? {} : { job }
  const runs: RunRecord[] = []
  let total = 0
  do {
    const page = await link.call('run.list', {
      ...filter,
      limit: Math.min(100, limit - runs.length),
      offset: runs.length,
    })
    total = page.total
    runs.push(...page.runs)
    if (page.runs.length === 0) break
  } while (runs.length < Math.min(limit, total))
  const { column } = cli.words
  const head = [column.run, column.at, column.job, column.type, column.outcome, column.duration]
  const text =
    runs.length === 0
      ? cli.words.noRuns
      : table(
          head,
          runs.map((run) => historyRow(cli, run)),
        )
  show(cli, { total, runs }, text)
  return exitCodes.done
}

function historyRow({ words }: Cli, run: RunRecord): string[] {
  const outcome = run.outcome === undefined ? words.running : words.outcome[run.outcome]
  const took = run.finishedAt === undefined ? '' : formatSeconds(secondsOf(run))
  return [run.id, formatTime(run.startedAt), run.jobName, words.runKind[run.kind], outcome, took]
}

async function log(cli: Cli, typed: string, { follow = false }: { follow?: boolean }): Promise<number> {
  const link = await cli.link()
  const run = await runNamed(link, typed)
  const lines: LogLine[] = []
  const stopped = new AbortController()
  const forget = cli.io.onInterrupt(() => stopped.abort())
  try {
    for (let offset = 0; ;) {
      const page = await link.call('run.log', { run, offset })
      lines.push(...page.lines)
      if (!cli.json) for (const line of page.lines) cli.io.out(`${logText(line)}\n`)
      const isEnd = page.lines.length === 0 && (page.finished || !follow)
      if (isEnd || stopped.signal.aborted) break
      if (page.lines.length === 0) await sleep(POLL_MS)
      offset = page.next
    }
  } finally {
    forget()
  }
  if (cli.json) show(cli, { run, lines }, '')
  return exitCodes.done
}

function logText({ at, level, text }: LogLine): string {
  return `${at}  ${level.padEnd(5)}  ${printable(text)}`
}

async function newestRun(link: Link): Promise<string> {
  const { runs } = await link.call('run.list', { limit: 1 })
  const newest = runs[0]
  if (newest === undefined) throw failure('not-found', { what: 'run', name: 'latest' })
  return newest.id
}

async function runNamed(link: Link, typed: string): Promise<string> {
  if (typed === 'latest') return await newestRun(link)
  if (!runIdSchema.safeParse(typed).success) throw failure('not-found', { what: phrase('run'), name: typed })
  return typed
}
