/** Notes a finished run: in the catalog, and at a destination as a journal record and a line of plain text for people. */
import type { Detail } from '../contract/error.ts'
import { isPhraseCode } from '../contract/phrases.ts'
import type { RunRecord } from '../contract/run.ts'
import { phraseIn } from '../contract/words.ts'
import type { EngineDeps, RunHooks } from './engine-api.ts'
import { reasonOf } from './errors.ts'
import type { Writing } from './open-destination.ts'

/**
 * Best effort: by now the run's outcome is decided and durable; a note that cannot be written is logged.
 * @param writing undefined where the destination could not be opened
 */
export async function writeRunRecord(
  record: RunRecord,
  writing: Writing | undefined,
  logKey: string,
  hooks: RunHooks,
): Promise<void> {
  if (writing === undefined) return
  // A cancelled run is noted too: its own signal is aborted already.
  const signal = new AbortController().signal
  try {
    await writing.journal.append({ type: 'run', run: record }, signal)
    await writing.destination.appendLog(logKey, logLine(record), signal)
  } catch (error) {
    hooks.log('warn', `${writing.config.name}: the run could not be noted there: ${reasonOf(error)}`)
  }
}

/** Best effort too: a catalog that is full or may only be read makes no good run a failed one. */
export function enterRun(record: RunRecord, deps: EngineDeps, hooks: RunHooks): void {
  try {
    deps.catalog.recordRun(record)
  } catch (error) {
    hooks.log('warn', `the run could not be entered into the catalog: ${reasonOf(error)}`)
  }
}

function wordsOfReason({ code, detail }: { readonly code: string; readonly detail: Detail }): string {
  return isPhraseCode(code) ? phraseIn(code, detail, 'en') : code
}

function logLine(record: RunRecord): string {
  const { startedAt, kind, type, outcome, proof, sets, error, findings } = record
  const names = sets.map((made) => made.set).join(', ')
  const what = [kind, type, record.subject].filter((word) => word !== undefined).join(' ')
  const why = error === undefined ? '' : ` ${error.code}: ${error.message}`
  const looked = findings.filter((finding) => finding.weight !== 'note').map((finding) => `\n  ${finding.message}`)
  const gone = (record.removed ?? []).map(
    ({ set, reasons }) => ` removed ${set} (${reasons.map(wordsOfReason).join(', ')})`,
  )
  const proven = record.kind === 'cleanup' ? '' : ` proof=${proof ?? 'none'} ${names}`
  return `${startedAt} ${what} ${outcome ?? ''}${proven}${gone.join(';')}${why}${looked.join('')}`
}
