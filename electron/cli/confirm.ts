/** Asks before something is taken away. */
import type { Cli } from './cli.ts'
import { wrongUse } from './failure.ts'

/** True for yes. `--yes` answers beforehand; where nobody can be asked and it is missing, throws. */
export async function confirmed(cli: Cli, question: string): Promise<boolean> {
  if (cli.yes) return true
  if (cli.json || !cli.io.isInteractive) throw wrongUse(cli.words.needYes, cli.words.yesHint)
  const answer = await cli.io.ask(cli.words.confirm(question))
  const isYes = /^\s*(y|yes|是|好)\s*$/i.test(answer)
  if (!isYes) cli.io.err(`${cli.words.refused}\n`)
  return isYes
}
