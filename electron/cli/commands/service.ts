/** `sitekeep service`: the agent as a service of this computer, which runs with nobody logged in. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAgent } from '../../client/client.ts'
import { CallError } from '../../contract/protocol.ts'
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { confirmed } from '../confirm.ts'
import { exitCodes, failure } from '../failure.ts'

interface InstallOptions {
  readonly home?: string
  readonly user?: string
  readonly writable?: readonly string[]
  readonly dryRun?: boolean
}

/** A catalog that has to be migrated, or a slow disk; systemd starts again what ended meanwhile. */
const ANSWER_TRIES = 60
const PAUSE_MS = 500

export const serviceCommand: AddCommand = (program, run) => {
  const service = program.command('service').description('run the agent with nobody logged in')
  service
    .command('install')
    .description('install and start the service; again: take over what the jobs need now')
    .option('--home <FOLDER>', 'its state directory')
    .option('--user <USER>', 'the account that it runs as; root where none is named')
    .option('--writable <FOLDER...>', 'folders that it may write to besides those of its jobs')
    .option('--dry-run', 'print what would be written, and change nothing')
    .action(run(install))
  service
    .command('uninstall')
    .description('stop and remove the service; its state stays')
    .action(run((cli) => uninstall(cli)))
  service
    .command('status')
    .description('whether it is installed, starts with the computer, runs and answers')
    .action(run((cli) => status(cli)))
}

async function install(cli: Cli, options: InstallOptions): Promise<number> {
  const { kind, defaultHome } = await cli.service()
  const now = await kind.state()
  const home = options.home === undefined ? (now.home ?? defaultHome) : cli.resolvePath(options.home)
  const user = options.user ?? now.user
  const writable = (options.writable ?? []).map((path) => cli.resolvePath(path))
  const plan = await kind.plan({ home, user: user === 'root' ? undefined : user, writable })
  if (options.dryRun === true) {
    if (!cli.json) cli.io.err(`${cli.words.service.printed(plan.path)}\n`)
    // The file as it would be, byte by byte: it can be piped to a checker.
    if (cli.json) show(cli, { path: plan.path, text: plan.text, home, dryRun: true }, '')
    else cli.io.out(plan.text)
    return exitCodes.done
  }
  await kind.install(plan)
  const { version, pid } = await answerOf(home)
  const words = cli.words.service
  const lines = [words.installed(home, user ?? 'root'), words.answers(version, pid), words.writable]
  if (hasJobsElsewhere(cli.home, home)) lines.push(words.otherState(cli.home, home))
  show(
    cli,
    { installed: true, kind: kind.name, path: plan.path, home, user: user ?? 'root', version, pid },
    lines.join('\n'),
  )
  return exitCodes.done
}

function hasJobsElsewhere(present: string, home: string): boolean {
  return present !== home && existsSync(join(present, 'sitekeep.json'))
}

/** @throws CallError `service-silent` */
async function answerOf(home: string): Promise<{ version: string; pid: number }> {
  for (let tries = 0; tries < ANSWER_TRIES; tries += 1) {
    const answer = await ask(home)
    if (answer !== undefined) return answer
    await sleep(PAUSE_MS)
  }
  throw failure('service-silent', { home })
}

/** Undefined where nobody answers, or this person may not ask. */
async function ask(home: string): Promise<{ version: string; pid: number } | undefined> {
  try {
    const client = await connectAgent({ home, client: 'cli' })
    try {
      return await client.call('agent.info', {})
    } finally {
      client.close()
    }
  } catch (error) {
    if (error instanceof CallError && ['agent-unreachable', 'not-allowed'].includes(error.data.code)) return undefined
    throw error
  }
}

async function uninstall(cli: Cli): Promise<number> {
  const { kind } = await cli.service()
  const now = await kind.state()
  if (now.installed && !(await confirmed(cli, cli.words.service.askUninstall))) return exitCodes.failed
  const { home = '' } = await kind.uninstall()
  show(cli, { installed: false, home }, cli.words.service.uninstalled(home))
  return exitCodes.done
}

/** 0: runs and starts with the computer; 3: runs, but would not start again; 1: does not run; 4: not installed. */
async function status(cli: Cli): Promise<number> {
  const state = await (await cli.service()).kind.state()
  if (!state.installed) {
    show(cli, state, cli.words.service.notInstalled)
    return exitCodes.notFound
  }
  const answer = state.running && state.home !== undefined ? await ask(state.home) : undefined
  const document = { ...state, answers: answer !== undefined, version: answer?.version ?? state.version }
  show(cli, document, statusText(cli, document))
  if (!state.running) return exitCodes.failed
  return state.enabled ? exitCodes.done : exitCodes.warning
}

interface Shown {
  readonly enabled: boolean
  readonly running: boolean
  readonly answers: boolean
  readonly path?: string
  readonly home?: string
  readonly user?: string
  readonly version?: string | undefined
}

function statusText({ words }: Cli, state: Shown): string {
  const { service, yes, no, none } = words
  const said = (is: boolean): string => (is ? yes : no)
  const rows = [
    [service.isInstalled, state.path ?? none],
    [service.isEnabled, said(state.enabled)],
    [service.isRunning, said(state.running)],
    [service.doesAnswer, said(state.answers)],
    [service.version, state.version ?? none],
    [service.state, state.home ?? none],
    [service.account, state.user ?? none],
  ]
  const text = rows.map(([name = '', value = '']) => `${name}: ${value}`).join('\n')
  return state.running ? text : `${text}\n${service.startsWith}`
}
