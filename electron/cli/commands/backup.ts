/** `sitekeep backup JOB`: runs now, shows progress, prints what was made and how far it is proven. */
import { backupTypes, type BackupType } from '../../contract/job.ts'
import type { RunRecord } from '../../contract/run.ts'
import type { SetInfo } from '../../contract/set.ts'
import { oneOf } from '../arguments.ts'
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { formatSeconds, table } from '../format.ts'
import { exitOfRun, follow, runDocument, secondsOf, troubleLines } from '../run-follow.ts'
import { setDocument, setHead, setRow } from '../set-document.ts'

export const backupCommand: AddCommand = (program, run) => {
  program
    .command('backup')
    .argument('<JOB>', 'name of a job')
    .description('back a job up now')
    .option(
      '--type <TYPE>',
      `${backupTypes.join(', ')} (incremental is planned, and refused for now)`,
      oneOf(backupTypes),
      'full',
    )
    .action(run(backup))
}

async function backup(cli: Cli, job: string, { type }: { type: BackupType }): Promise<number> {
  const record = await follow(cli, (link) => link.call('backup.start', { job, type }))
  const sets = await setsOf(cli, record)
  const lines = [
    cli.words.backupDone(cli.words.outcome[record.outcome ?? 'failed'], formatSeconds(secondsOf(record))),
    ...(sets.length === 0
      ? []
      : [
          table(
            setHead(cli),
            sets.map((info) => setRow(cli, info)),
          ),
        ]),
    ...troubleLines(cli, record),
  ]
  show(cli, { ...runDocument(cli, record), sets: sets.map(setDocument) }, lines.join('\n'))
  return exitOfRun(record)
}

/** The sets that a run made, as they lie there now. */
export async function setsOf(cli: Cli, record: RunRecord): Promise<SetInfo[]> {
  const link = await cli.link()
  const details = await Promise.all(
    record.sets.map(({ set, destination }) => link.call('set.show', { set, destination })),
  )
  return details.map((detail) => detail.info)
}
