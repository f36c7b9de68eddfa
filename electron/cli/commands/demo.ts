/** `sitekeep demo`: a sample site, backed up by the ordinary way, proven by restoring it, and shown. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SetInfo } from '../../contract/set.ts'
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { makeSite, type Site } from '../demo/site.ts'
import { startService } from '../demo/service.ts'
import { exitCodes } from '../failure.ts'
import { formatBytes, formatSeconds, table } from '../format.ts'
import { checkBeforehand, withPlaces } from '../job-checks.ts'
import { canOpenBrowser, openBrowser } from '../open-browser.ts'
import { exitOfRun, follow, outcomeOf, runDocument, troubleLines } from '../run-follow.ts'
import { setsOf } from './backup.ts'

export const demoCommand: AddCommand = (program, run) => {
  program
    .command('demo')
    .description('make a small sample site, back it up, prove it, show it')
    .option('--once', 'end after the proof')
    .action(run(demo))
  program
    .command('demo-shop', { hidden: true })
    .argument('<FILE>')
    .action(async (file: string) => (await import('../demo/shop.ts')).keepShop(file))
}

async function demo(cli: Cli, { once: isOnce = false }: { once?: boolean }): Promise<number> {
  // Canonical: macOS and some Linux systems reach their temporary folder through a link.
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'sitekeep-demo-'))
  const stopping: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 3 })]
  try {
    say(cli, cli.words.demo.making(folder))
    const self = selfCommand()
    const site = await makeSite(join(folder, 'site'), self)
    stopping.unshift(site.close)
    const home = join(folder, 'home')
    const service = await startService(home, self)
    stopping.unshift(service.stop)
    const inside: Cli = { ...cli, home, link: () => Promise.resolve(service.link) }
    const exit = await prove(inside, site, join(folder, 'backups'))
    if (exit === exitCodes.done && !isOnce && !cli.json) await present(inside, folder)
    return exit
  } finally {
    for (const stop of stopping) await stop()
  }
}

/** This very program: in the source tree as in the bundle. */
function selfCommand(): [string, ...string[]] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '']
}

async function prove(cli: Cli, site: Site, place: string): Promise<number> {
  const { words } = cli
  const link = await cli.link()
  const places = [{ id: undefined, path: place }]
  const draft = { name: words.demo.jobName, sources: [...site.sources] }
  await checkBeforehand(link, draft, places)
  const job = await withPlaces(link, places, (destinations) =>
    link.call('job.add', { draft: { ...draft, destinations } }),
  )
  say(cli, words.demo.backingUp)
  const backup = await follow(cli, () => link.call('backup.start', { job: job.id }))
  const [made] = await setsOf(cli, backup)
  if (made === undefined || outcomeOf(backup) === 'failed') {
    show(cli, runDocument(cli, backup), [words.demo.notProven, ...troubleLines(cli, backup)].join('\n'))
    return exitOfRun(backup) || exitCodes.failed
  }
  say(cli, words.demo.proving)
  const verified = await follow(cli, () => link.call('verify.start', { set: made.id, level: 'restore' }))
  const { info } = await link.call('set.show', { set: made.id })
  const report = await site.close()
  const isProven = info.proof === 'restored' && outcomeOf(verified) === 'good'
  const lines = [
    sourceTable(cli, info),
    ...(report === undefined ? [] : [words.demo.commits(report.commits, formatSeconds(report.slowestMs / 1000))]),
    ...troubleLines(cli, verified),
    isProven ? words.demo.proven : words.demo.notProven,
  ]
  show(cli, demoDocument(info), lines.join('\n'))
  return isProven ? exitCodes.done : exitCodes.failed
}

function sourceTable(cli: Cli, info: SetInfo): string {
  const { column, kind, proof } = cli.words
  const rows = info.sources.map((source) => [
    `${source.name} (${kind[source.kind]})`,
    contentOf(cli, source),
    formatBytes(source.plainBytes),
    formatBytes(source.bytes),
    // The word of the contract beside the person's own: scripts and people read the same table.
    [...new Set([info.proof, proof[info.proof]])].join(' '),
  ])
  return table([column.source, column.content, column.size, column.stored, column.proof], rows)
}

function contentOf({ words }: Cli, { tables, files }: SetInfo['sources'][number]): string {
  if (tables !== undefined)
    return words.tablesAndRows(
      tables.length,
      tables.reduce((sum, { rows }) => sum + rows, 0),
    )
  return words.files(files ?? 0)
}

function demoDocument(info: SetInfo): unknown {
  const sources = info.sources.map(({ name, kind, file, bytes, plainBytes, tables, files }) => ({
    name,
    kind,
    file,
    ...(tables === undefined
      ? { files }
      : { tables: tables.length, rows: tables.reduce((sum, { rows }) => sum + rows, 0) }),
    bytes: plainBytes,
    stored: bytes,
    proof: info.proof,
  }))
  return { set: info.id, path: info.path, proof: info.proof, sources }
}

/** Shows the result until the window is closed or Ctrl-C; where nobody could look at it, returns at once. */
async function present(cli: Cli, folder: string): Promise<void> {
  const { words } = cli
  const electron = process.env['SITEKEEP_ELECTRON']
  if (electron === undefined && !cli.io.isInteractive && !canOpenBrowser()) return
  say(cli, words.demo.keptIn(folder))
  if (electron !== undefined) {
    await showWindow(cli, electron)
    return
  }
  const { url } = await (await cli.link()).call('agent.webLink', {})
  say(cli, words.demo.address(url))
  if (openBrowser(url)) say(cli, words.opened)
  say(cli, words.demo.stop)
  await interrupted(cli)
}

async function showWindow(cli: Cli, electron: string): Promise<void> {
  say(cli, cli.words.demo.window)
  const app = join(import.meta.dirname, '..', '..')
  const environment = { ...process.env, SITEKEEP_HOME: cli.home, SITEKEEP_NODE: process.execPath }
  const window = spawn(electron, [app], { env: environment, stdio: 'inherit' })
  const forget = cli.io.onInterrupt(() => window.kill())
  await once(window, 'exit')
  forget()
}

function interrupted(cli: Cli): Promise<void> {
  return new Promise((resolve) => {
    // A pending promise alone keeps no process alive.
    const alive = setInterval(() => undefined, 60_000)
    const forget = cli.io.onInterrupt(() => {
      clearInterval(alive)
      forget()
      resolve()
    })
  })
}

/** What goes on, for people; `--json` prints the result alone. */
function say(cli: Cli, line: string): void {
  cli.io.err(`${line}\n`)
}
