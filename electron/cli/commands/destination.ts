/** `sitekeep destination` and `adopt`: the places where sets go. */
import type { DestinationConfig } from '../../contract/destination.ts'
import { show, type Cli, type Link } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { confirmed } from '../confirm.ts'
import { destinationNamed } from '../destinations.ts'
import { exitCodes, exitOf, failure } from '../failure.ts'
import { formatBytes, table } from '../format.ts'
import { isErrorCode } from '../../contract/words.ts'

export const destinationCommands: AddCommand = (program, run) => {
  const destination = program.command('destination').description('places where backups go')
  destination
    .command('add')
    .argument('<DIR>', 'a folder, a share or a disk')
    .description('add a place')
    .option('--name <NAME>', 'what to call it; the name of its folder where none is given')
    .option('--adopt', 'take over a place that another installation used')
    .action(run(add))
  destination.command('list').description('list places').action(run(list))
  destination.command('test').argument('<DEST>').description('write, read back and remove a probe').action(run(test))
  destination
    .command('remove')
    .argument('<DEST>')
    .description('forget a place; what lies there stays')
    .action(run(remove))
  for (const parent of [destination, program])
    parent
      .command('adopt')
      .argument('<DEST>', 'a place, or the folder of one')
      .description('take over the jobs and backups found at a place')
      .action(run(adopt))
}

async function add(cli: Cli, typed: string, options: { name?: string; adopt?: boolean }): Promise<number> {
  const { name, adopt = false } = options
  const request = { kind: 'folder', path: cli.resolvePath(typed), adopt } as const
  const made = await (await cli.link()).call('destination.add', name === undefined ? request : { ...request, name })
  show(cli, { destination: made }, cli.words.destinationAdded(made.name, made.path))
  return exitCodes.done
}

async function list(cli: Cli): Promise<number> {
  const destinations = await (await cli.link()).call('destination.list', {})
  const { column } = cli.words
  show(
    cli,
    { destinations },
    table(
      [column.name, column.path],
      destinations.map(({ name, path }) => [name, path]),
    ),
  )
  return exitCodes.done
}

async function test(cli: Cli, typed: string): Promise<number> {
  const link = await cli.link()
  const { id, name } = await known(cli, link, typed)
  const report = await link.call('destination.test', { destination: id })
  const rate = (value: number | undefined): string => `${formatBytes(value ?? 0)}/s`
  const words = report.ok
    ? cli.words.destinationTested(name, rate(report.writeRate), rate(report.readRate))
    : `${report.error?.message ?? ''}\n${cli.words.hint}: ${report.error?.hint ?? ''}`
  show(cli, report, words)
  if (report.ok) return exitCodes.done
  const code = report.error?.code ?? ''
  return isErrorCode(code) ? exitOf(code) : exitCodes.failed
}

async function remove(cli: Cli, typed: string): Promise<number> {
  const link = await cli.link()
  const { id, name } = await known(cli, link, typed)
  if (!(await confirmed(cli, cli.words.askRemoveDestination(name)))) return exitCodes.failed
  await link.call('destination.remove', { destination: id })
  show(cli, { destination: name, removed: true }, cli.words.destinationRemoved(name))
  return exitCodes.done
}

async function adopt(cli: Cli, typed: string): Promise<number> {
  const link = await cli.link()
  const destination =
    (await destinationNamed(cli, link, typed)) ??
    (await link.call('destination.add', { kind: 'folder', path: cli.resolvePath(typed), adopt: true }))
  const { sets, jobs } = await link.call('destination.adopt', { destination: destination.id })
  show(cli, { destination, sets, jobs }, cli.words.adopted(sets, jobs))
  return exitCodes.done
}

async function known(cli: Cli, link: Link, typed: string): Promise<DestinationConfig> {
  const found = await destinationNamed(cli, link, typed)
  if (found === undefined) throw failure('not-found', { what: 'destination', name: typed })
  return found
}
