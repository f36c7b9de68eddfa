/** `sitekeep restore SET`: into a new place, compared with what the set must hold. */
import type { RestorePlan, RestoreRequest } from '../../contract/restore.ts'
import type { Compared, RunRecord } from '../../contract/run.ts'
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { formatBytes, formatSeconds, table } from '../format.ts'
import { mayReplace, targetFrom, targetInWords, type TargetOptions } from '../restore-target.ts'
import {
  exitOfRun,
  findingIn,
  findingLines,
  follow,
  isUnread,
  outcomeOf,
  runDocument,
  secondsOf,
  troubleLines,
} from '../run-follow.ts'
import { datedSet, setDate } from '../set-date.ts'
import { setRef } from '../set-ref.ts'

interface Options extends TargetOptions {
  readonly only?: string
  readonly dryRun?: boolean
}

export const restoreCommand: AddCommand = (program, run) => {
  program
    .command('restore')
    .argument('<SET>', 'id, JOB/latest, latest, or the path of a backup folder')
    .description('restore a backup to a new place')
    .option(
      '--to <TARGET>',
      'new or empty folder (without it, restored-NAME here), or postgres://user@host:port/database',
    )
    .option(
      '--in-place',
      'replace the database in its own place, or the one that --to names; the present one is kept under another name',
    )
    .option('--password-secret <NAME>', 'the stored secret that is the database password')
    .option('--test-mode', 'restore to a scratch place, compare, and remove it')
    .option('--only <PATTERN>', 'one source, or a name, path or pattern inside a folder')
    .option('--dry-run', 'print the plan and change nothing')
    .action(run(restore))
}

async function restore(cli: Cli, typed: string, options: Options): Promise<number> {
  const request = requestOf(cli, typed, options)
  if (options.dryRun === true) return await plan(cli, request)
  if (!(await mayReplace(cli, request))) return exitCodes.failed
  // Before anything is written: nobody has said where to.
  if (request.to !== undefined && options.to === undefined) cli.io.err(`${cli.words.restoringTo(request.to)}\n`)
  const record = await follow(cli, (link) => link.call('restore.start', request))
  const seconds = secondsOf(record)
  const target = record.target ?? targetInWords(request)
  const { compared = {} } = record
  const set = record.subject ?? typed
  const at = await setDate(cli, record.subject, request.set)
  const lines = [...resultLines(cli, record, target, datedSet(cli, set, at)), ...troubleLines(cli, record)]
  show(cli, { set, at, ...runDocument(cli, record), target, compared, seconds }, lines.join('\n'))
  return exitOfRun(record)
}

function requestOf(cli: Cli, typed: string, { only, ...target }: Options): RestoreRequest {
  const name = typed.replace(/^.*[\\/](?=[^\\/]+$)/, '')
  return {
    set: setRef(cli, typed),
    ...(only === undefined ? {} : { only }),
    ...targetFrom(cli, target, `restored-${name}`),
  }
}

async function plan(cli: Cli, request: RestoreRequest): Promise<number> {
  const found = await (await cli.link()).call('restore.plan', request)
  show(cli, found, planLines(cli, found).join('\n'))
  return found.warnings.some(({ weight }) => weight !== 'note') ? exitCodes.warning : exitCodes.done
}

function planLines(cli: Cli, found: RestorePlan): string[] {
  const { words } = cli
  const rows = found.items.map((item) => [item.source, formatBytes(item.bytes), item.to])
  return [
    words.plan(datedSet(cli, found.set.id, found.set.at), found.target),
    table([words.column.source, words.column.size, words.column.path], rows),
    ...spaceLines(cli, found),
    ...(found.estimatedSeconds === undefined ? [] : [words.planTime(formatSeconds(found.estimatedSeconds))]),
    ...found.warnings.flatMap((warning) => findingLines(cli, findingIn(cli, warning))),
  ]
}

/** Nobody can tell how much space a server has. */
function spaceLines({ words }: Cli, { bytesNeeded, bytesFree }: RestorePlan): string[] {
  return bytesFree === undefined
    ? [words.planServerNotAsked]
    : [words.planSpace(formatBytes(bytesNeeded), formatBytes(bytesFree))]
}

function resultLines(cli: Cli, record: RunRecord, target: string, set: string): string[] {
  const { words } = cli
  if (outcomeOf(record) === 'failed') return isUnread(record) ? [words.setUnread(set)] : [words.restoreFailed(set)]
  const seconds = formatSeconds(secondsOf(record))
  const first = target === '' ? testLine(cli, record, set, seconds) : words.restoreDone(set, target, seconds)
  const undo = record.replaced === undefined ? [] : [words.undoWith(record.id)]
  return [first, ...comparedLines(cli, record.compared ?? {}), ...undo]
}

/** What could not be tried has not passed. */
function testLine({ words }: Cli, { findings }: RunRecord, set: string, seconds: string): string {
  const isTried = findings.every(({ code }) => code !== 'not-provable')
  return isTried ? words.testRestoreDone(set, seconds) : words.testRestoreNotTried(set)
}

function comparedLines(cli: Cli, { tables, files }: Compared): string[] {
  const { words } = cli
  const odd = (tables ?? []).filter((row) => row.rows !== row.expected)
  const rows = (tables ?? []).reduce((sum, row) => sum + row.rows, 0)
  return [
    ...(odd.length > 0
      ? [
          table(
            [words.column.table, words.column.rows, words.column.expected],
            odd.map((row) => [row.name, String(row.rows), String(row.expected)]),
          ),
        ]
      : tables === undefined
        ? []
        : [words.rowsCompared(tables.length, rows)]),
    ...(files?.count === files?.expected && files !== undefined ? [words.filesCompared(files.count)] : []),
  ]
}
