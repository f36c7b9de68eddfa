/** Follows a run to its end: progress on a terminal, cancelled by Ctrl-C, told by its record. */
import type { AgentEvent } from '../contract/event.ts'
import type { RunRecord } from '../contract/run.ts'
import { printable } from '../contract/printable.ts'
import { isFindingCode, wordsOf } from '../contract/words.ts'
import type { Finding } from '../contract/finding.ts'
import type { Cli, Link } from './cli.ts'
import { exitCodes, exitOf, failure, inLanguage } from './failure.ts'
import { secondsBetween } from './format.ts'
import { openProgress } from './progress.ts'

/** The run's log and its JSON have them all. */
const SHOWN_PATHS = 20

/** Starts a run and waits for its end. Ctrl-C cancels it; the record then says so. */
export async function follow(cli: Cli, start: (link: Link) => Promise<{ run: string }>): Promise<RunRecord> {
  const cancelled = new AbortController()
  // From the first moment on: finding or starting an agent takes seconds, in which Ctrl-C must not end in silence.
  const forgetInterrupt = cli.io.onInterrupt(() => {
    cli.io.err(`${cli.words.cancelling}\n`)
    cancelled.abort()
  })
  try {
    const link = await cli.link()
    if (cancelled.signal.aborted) throw failure('cancelled', {})
    return await followOn(link, cli, start, cancelled.signal)
  } finally {
    forgetInterrupt()
  }
}

async function followOn(
  link: Link,
  cli: Cli,
  start: (link: Link) => Promise<{ run: string }>,
  cancelled: AbortSignal,
): Promise<RunRecord> {
  const bar = openProgress(cli)
  let run: string | undefined
  const forgetEvents = link.onEvent((event: AgentEvent) => {
    if (event.type === 'run.progress' && event.progress.run === run) bar.show(event.progress)
  })
  try {
    const started = (await start(link)).run
    run = started
    // Whatever becomes of the request, the run's own end is waited for and told.
    const cancel = (): void => void link.call('run.cancel', { run: started }).catch(() => undefined)
    if (cancelled.aborted) cancel()
    else cancelled.addEventListener('abort', cancel, { once: true })
    return await link.call('run.wait', { run })
  } finally {
    bar.close()
    forgetEvents()
  }
}

/** Good, with warnings, or failed: `cancelled` is a failure to whoever asked for a backup (DESIGN §9). */
export function outcomeOf(run: RunRecord): 'good' | 'warning' | 'failed' {
  return run.outcome === 'good' || run.outcome === 'warning' ? run.outcome : 'failed'
}

/** The set itself is not to blame: its place could not be reached or read. */
export function isUnread({ error }: RunRecord): boolean {
  return error?.code.startsWith('destination-') === true
}

export function exitOfRun(run: RunRecord): number {
  if (run.outcome === 'good') return exitCodes.done
  if (run.outcome === 'warning') return exitCodes.warning
  return run.error === undefined ? exitCodes.failed : exitOf(run.error.code)
}

export function secondsOf(run: RunRecord): number {
  return run.finishedAt === undefined ? 0 : secondsBetween(run.startedAt, run.finishedAt)
}

/** A finding in the person's language. */
export function findingIn(cli: Cli, finding: Finding): Finding {
  if (finding.detail === undefined || !isFindingCode(finding.code)) return finding
  return { ...finding, ...wordsOf(finding.code, finding.detail, cli.language) }
}

/** Findings and the error as lines for people. */
export function troubleLines(cli: Cli, run: RunRecord): string[] {
  const error = run.error === undefined ? undefined : inLanguage(run.error, cli.language)
  const findings = run.findings.map((finding) => findingIn(cli, finding))
  // What made the run fail is told once.
  const others = findings.filter(({ message }) => error === undefined || !message.includes(error.message))
  const lines = others.flatMap((finding) => findingLines(cli, finding))
  if (error === undefined) return lines
  return [...lines, `  ${error.message}`, ...(error.hint === '' ? [] : [`  ${cli.words.hint}: ${error.hint}`])]
}

/** What was noticed; of what is more than a note also what it is about and what to do. */
export function findingLines({ words }: Cli, { weight, message, hint, paths = [] }: Finding): string[] {
  if (weight === 'note') return [`  · ${printable(message)}`]
  const named = [...paths.slice(0, SHOWN_PATHS).map(printable), ...(paths.length > SHOWN_PATHS ? ['…'] : [])]
  return [`  ! ${printable(message)}`, ...named.map((path) => `      ${path}`), `    ${words.hint}: ${printable(hint)}`]
}

/** The part of a run's JSON that every run has. */
export function runDocument(cli: Cli, run: RunRecord): Record<string, unknown> {
  return {
    run: run.id,
    outcome: outcomeOf(run),
    findings: run.findings.map((finding) => findingIn(cli, finding)),
    ...(run.error === undefined ? {} : { error: inLanguage(run.error, cli.language) }),
  }
}
