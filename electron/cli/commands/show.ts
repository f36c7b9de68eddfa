/** `sitekeep show SET`: what lies in a backup, file by file, as `restore --only` names it. */
import type { ResultOf } from '../../contract/rpc.ts'
import { printable } from '../../contract/printable.ts'
import { countFrom } from '../arguments.ts'
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { formatBytes } from '../format.ts'
import { datedSet } from '../set-date.ts'
import { setRef } from '../set-ref.ts'

interface Options {
  readonly only?: string
  readonly limit: number
}

const PAGE = 5000

export const showCommand: AddCommand = (program, run) => {
  program
    .command('show')
    .argument('<SET>', 'id, JOB/latest, latest, or the path of a backup folder')
    .description('list the files in a backup')
    .option('--only <PATTERN>', 'one source, or a name, path or pattern inside a folder')
    .option('--limit <N>', 'how many files', countFrom, 10_000)
    .action(run(showSet))
}

async function showSet(cli: Cli, typed: string, { only, limit }: Options): Promise<number> {
  const link = await cli.link()
  const asked = { set: setRef(cli, typed), ...(only === undefined ? {} : { only }) }
  const files: ResultOf<'set.files'>['files'] = []
  for (;;) {
    const page = await link.call('set.files', {
      ...asked,
      limit: Math.min(PAGE, limit - files.length),
      offset: files.length,
    })
    files.push(...page.files)
    if (page.isMore && files.length < limit) continue
    const { set, at, isMore } = page
    const lines = files.map(({ path, bytes }) => `${formatBytes(bytes).padStart(9)}  ${printable(path)}`)
    const end = isMore ? [cli.words.moreFiles(limit)] : []
    show(cli, { set, at, files, isMore }, [datedSet(cli, set, at), ...lines, ...end].join('\n'))
    return exitCodes.done
  }
}
