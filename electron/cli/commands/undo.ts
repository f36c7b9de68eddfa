/** `sitekeep undo RUN`: takes a restore in place back; so an undo can be taken back too. */
import { runIdSchema } from '../../contract/ids.ts'
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { confirmed } from '../confirm.ts'
import { exitCodes, failure } from '../failure.ts'
import { exitOfRun, follow, outcomeOf, runDocument, troubleLines } from '../run-follow.ts'

export const undoCommand: AddCommand = (program, run) => {
  program
    .command('undo')
    .argument('<RUN>', 'id of the restore, as history shows it')
    .description('take a restore in place back')
    .action(run(undo))
}

async function undo(cli: Cli, typed: string): Promise<number> {
  const id = runIdSchema.safeParse(typed)
  if (!id.success) throw failure('not-found', { what: 'run', name: typed })
  const undone = await (await cli.link()).call('run.show', { run: id.data })
  const { words } = cli
  const target = undone.target ?? undone.jobName
  const kept = (undone.replaced ?? []).map((one) => one.kept).join(', ')
  if (kept !== '' && !(await confirmed(cli, words.askUndo(target, kept)))) return exitCodes.failed
  const record = await follow(cli, (link) => link.call('restore.undo', { run: id.data }))
  const first = outcomeOf(record) === 'failed' ? words.undoFailed(target) : words.undoDone(target)
  const lines = [first, ...troubleLines(cli, record)]
  show(cli, { ...runDocument(cli, record), target, replaced: record.replaced }, lines.join('\n'))
  return exitOfRun(record)
}
