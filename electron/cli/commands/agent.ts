/** `sitekeep agent`: the service in the foreground, with its pages on loopback where asked. */
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { exitCodes, wrongUse } from '../failure.ts'
import { openBrowser } from '../open-browser.ts'

interface Options {
  readonly http?: string
  readonly allowHost?: readonly string[]
  readonly open?: boolean
}

export const agentCommand: AddCommand = (program, run) => {
  program
    .command('agent')
    .description('run the service in the foreground')
    .option('--http <HOST:PORT>', 'serve the pages, such as 127.0.0.1:8470; port 0 takes a free one')
    .option('--allow-host <HOST...>', 'answer browsers under this name too')
    .option('--open', 'open the pages in the browser')
    .action(run(agent))
}

async function agent(cli: Cli, { http, allowHost = [], open = false }: Options): Promise<number> {
  const { runService } = await import('../command-mode.ts')
  const service = await runService(cli.home, {
    http: http === undefined ? undefined : listenAddress(cli, http),
    allowHosts: allowHost,
  })
  const forget = cli.io.onInterrupt(() => void service.stop())
  try {
    const url = service.webLink()
    show(cli, { home: cli.home, pid: process.pid, url: url ?? null }, url === undefined ? '' : cli.words.agentAt(url))
    if (open && url !== undefined && openBrowser(url)) cli.io.err(`${cli.words.opened}\n`)
    if (cli.io.isInteractive) cli.io.err(`${cli.words.agentRuns}\n`)
    await service.stopped
    return exitCodes.done
  } finally {
    forget()
  }
}

/** `HOST:PORT`, or a port alone, which means loopback. */
function listenAddress(cli: Cli, text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-f:]+)\]:|([\w.-]+):)?(\d{1,5})$/i.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65_535) throw wrongUse(`--http ${text}: expected HOST:PORT.`, cli.words.usageHint)
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port }
}
