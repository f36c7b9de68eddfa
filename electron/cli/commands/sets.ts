/** `sitekeep list`, `pin`, `unpin`: the sets there are. */
import type { SetInfo } from '../../contract/set.ts'
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { table } from '../format.ts'
import { setDocument, setHead, setRow } from '../set-document.ts'
import { datedSet } from '../set-date.ts'
import { setRef } from '../set-ref.ts'

export const setCommands: AddCommand = (program, run) => {
  program.command('list').argument('[JOB]').description('list backups with their proof').action(run(list))
  for (const pinned of [true, false])
    program
      .command(pinned ? 'pin' : 'unpin')
      .argument('<SET>')
      .description(pinned ? 'keep a backup whatever its age' : 'let a backup age again')
      .action(run((cli: Cli, set: string) => pin(cli, set, pinned)))
}

async function list(cli: Cli, job: string | undefined): Promise<number> {
  const sets = await allSets(cli, job)
  const text =
    sets.length === 0
      ? cli.words.noSets
      : table(
          setHead(cli),
          sets.map((info) => setRow(cli, info)),
        )
  show(cli, { sets: sets.map(setDocument) }, text)
  return exitCodes.done
}

/** Every set, newest first, page by page: one answer is bounded. */
async function allSets(cli: Cli, job: string | undefined): Promise<SetInfo[]> {
  const link = await cli.link()
  const sets: SetInfo[] = []
  for (;;) {
    const page = await link.call('set.list', { ...(job === undefined ? {} : { job }), limit: 500, offset: sets.length })
    sets.push(...page.sets)
    if (page.sets.length === 0 || sets.length >= page.total) return sets
  }
}

async function pin(cli: Cli, typed: string, pinned: boolean): Promise<number> {
  const { id: set, at } = await (await cli.link()).call('set.pin', { set: setRef(cli, typed), pinned })
  show(cli, { set, at, pinned }, cli.words.setPinned(datedSet(cli, set, at), pinned))
  return exitCodes.done
}
