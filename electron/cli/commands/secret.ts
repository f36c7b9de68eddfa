/** `sitekeep secret`: values come by standard input or a hidden prompt, never as an argument, and are never printed. */
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { confirmed } from '../confirm.ts'
import { exitCodes, wrongUse } from '../failure.ts'
import { formatTime, table } from '../format.ts'

export const secretCommand: AddCommand = (program, run) => {
  const secret = program.command('secret').description('passwords and keys, kept on this computer')
  secret
    .command('set')
    .argument('<NAME>')
    .description('store a value')
    .option('--stdin', 'read the value from standard input')
    .action(run(set))
  secret.command('list').description('list names').action(run(list))
  secret.command('remove').argument('<NAME>').description('remove a value').action(run(remove))
}

async function set(cli: Cli, name: string, { stdin = false }: { stdin?: boolean }): Promise<number> {
  const value = await valueFor(cli, name, stdin)
  if (value === '') throw wrongUse(cli.words.noSecretValue, cli.words.usageHint)
  await (await cli.link()).call('secret.set', { name, value })
  show(cli, { name, stored: true }, cli.words.secretStored(name))
  return exitCodes.done
}

async function valueFor(cli: Cli, name: string, stdin: boolean): Promise<string> {
  // One newline at the end belongs to `echo`, not to the value.
  if (stdin) return (await cli.io.readInput()).replace(/\r?\n$/, '')
  if (!cli.io.isInteractive) throw wrongUse(cli.words.noSecretValue, `sitekeep secret set ${name} --stdin`)
  return await cli.io.ask(cli.words.askSecret(name), { hidden: true })
}

async function list(cli: Cli): Promise<number> {
  const secrets = await (await cli.link()).call('secret.list', {})
  const { column } = cli.words
  show(
    cli,
    { secrets },
    table(
      [column.name, column.updated],
      secrets.map(({ name, updatedAt }) => [name, formatTime(updatedAt)]),
    ),
  )
  return exitCodes.done
}

async function remove(cli: Cli, name: string): Promise<number> {
  if (!(await confirmed(cli, cli.words.askRemoveSecret(name)))) return exitCodes.failed
  await (await cli.link()).call('secret.remove', { name })
  show(cli, { name, removed: true }, cli.words.secretRemoved(name))
  return exitCodes.done
}
