/** `sitekeep open`: a fresh sign-in link to the pages of the running service, shown and opened. */
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { exitCodes, failure } from '../failure.ts'
import { openBrowser } from '../open-browser.ts'

export const openCommand: AddCommand = (program, run) => {
  program.command('open').description('a new sign-in link to the pages of the running service').action(run(open))
}

async function open(cli: Cli): Promise<number> {
  const link = await cli.link()
  // Without a service this command is its own agent, and its pages would end with it.
  if ((await link.call('status', {})).agent.mode === 'command')
    throw failure('agent-unreachable', { reason: cli.words.noService })
  const { url } = await link.call('agent.webLink', {})
  show(cli, { url }, cli.words.agentAt(url))
  if (openBrowser(url)) cli.io.err(`${cli.words.opened}\n`)
  return exitCodes.done
}
