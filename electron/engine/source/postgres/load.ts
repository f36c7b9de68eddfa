/** Loads a dump into an empty database, which is to be dropped where that fails. */
import { serverInWords } from '../../../contract/postgres.ts'
import type { Readable } from 'node:stream'
import { BackupError, throwIfAborted, toBackupError } from '../../errors.ts'
import type { World } from '../../world.ts'
import { DumpCounter, type DumpSummary } from './dump-summary.ts'
import { lacking } from './environment.ts'
import { isNoClient, lastWords, postgresError, toolMissing } from './errors.ts'
import { connectionString, launch, type Child, type Launcher } from './launch.ts'
import { endOf, stopChild, type Ending } from './program-end.ts'
import { demandRestriction } from './psql-restriction.ts'
import { RestrictedScript } from './restricted-script.ts'
import { sqlName, type DatabaseFacts } from './snapshot.ts'
import type { PsqlSession } from './session.ts'
import { StderrTail } from './stderr-tail.ts'

export type DumpFormat = 'sql' | 'custom'

export interface LoadOrder {
  readonly launcher: Launcher
  /** Exists and is empty. */
  readonly database: string
  readonly format: DumpFormat
  /** Has more in it than the server could lock in one transaction. */
  readonly isLarge?: boolean
}

/**
 * Ended at the first error (faults.md M7, S10). One transaction is faster, and no more than that: a dump with large objects
 * commits in its middle, so a database whose loading failed may hold a part.
 */
const PSQL = ['-X', '-q', '-w', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose', '-o', '/dev/null', '-f', '-']
/** Straight to the database: it sends statements and rows to the server and knows no commands of its own, unlike psql. */
const PG_RESTORE = ['-w', '--exit-on-error']
const ONE_TRANSACTION = '--single-transaction'

/** As many as nobody guesses. */
const TOKEN_BYTES = 16

/**
 * Makes an empty database like the one that was dumped. `template0` alone has nothing in it that the dump would bring again.
 * @throws BackupError postgres-denied, postgres-failed (the name is taken, or a locale is not known)
 */
export async function createDatabase(
  session: PsqlSession,
  name: string,
  facts: Pick<DatabaseFacts, 'encoding' | 'collate' | 'ctype' | 'provider' | 'locale'>,
): Promise<void> {
  const { encoding, collate, ctype } = facts
  const locale = `LC_COLLATE ${sqlText(collate)} LC_CTYPE ${sqlText(ctype)} ${localeOf(facts)}`
  await session.run(`CREATE DATABASE ${sqlName(name)} TEMPLATE template0 ENCODING ${sqlText(encoding)} ${locale}`)
}

/** Only where it is not the operating system's: older servers know no other, and not the words for it. */
function localeOf({ provider, locale }: Pick<DatabaseFacts, 'provider' | 'locale'>): string {
  if (provider === 'libc' || locale === null) return ''
  return `LOCALE_PROVIDER ${provider} ${provider === 'icu' ? 'ICU_LOCALE' : 'BUILTIN_LOCALE'} ${sqlText(locale)}`
}

/** A string constant, whatever `standard_conforming_strings` says. */
export function sqlText(text: string): string {
  const escaped = text.replaceAll("'", "''")
  return escaped.includes('\\') ? ` E'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'`
}

/**
 * Feeds a dump to psql or pg_restore. psql reads text under a restriction of ours, so that it runs no command that hides in it
 * (faults.md D18). The text is read along as well: what no dump holds is refused, and so is a text that breaks off. After an
 * error the database must be dropped: it may hold a part.
 * @returns what the text held; undefined for the custom format
 * @throws BackupError postgres-client-unsafe (before anything is loaded), content-mismatch (a dump that is not whole), postgres-environment (the server lacks a role or an
 * extension), and what the server reports
 */
export async function loadDump(
  dump: Readable,
  order: LoadOrder,
  world: World,
  signal: AbortSignal,
): Promise<DumpSummary | undefined> {
  throwIfAborted(signal)
  const { launcher, database, format } = order
  if (format === 'sql') await demandRestriction(launcher, world, signal)
  const target = [...(order.isLarge === true ? [] : [ONE_TRANSACTION]), '-d', connectionString(launcher, database)]
  const child =
    format === 'sql'
      ? launch(launcher, 'psql', [...PSQL, ...target], world)
      : launch(launcher, 'pg_restore', [...PG_RESTORE, ...target], world)
  const stderr = new StderrTail()
  const ended = endOf(child)
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk))
  child.stdout.resume()
  const stop = () => stopChild(child)
  signal.addEventListener('abort', stop)
  try {
    const summary = await (format === 'sql'
      ? feedText(dump, child, ended, new RestrictedScript(world.random(TOKEN_BYTES)))
      : feed(dump as AsyncIterable<Buffer>, child, ended).then(() => undefined))
    child.stdin.end()
    const how = await ended
    throwIfAborted(signal)
    if (how.failure !== undefined || how.code !== 0) throw failed(order, how, stderr.text())
    return summary
  } catch (error) {
    throwIfAborted(signal)
    throw toBackupError(error, 'restore-stage')
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

/** Text is read along, and stripped of what our own restriction takes the place of. */
async function feedText(
  dump: Readable,
  child: Child,
  ended: Promise<Ending>,
  script: RestrictedScript,
): Promise<DumpSummary | undefined> {
  const counter = new DumpCounter()
  async function* checked(): AsyncGenerator<Buffer> {
    yield script.beginning
    for await (const chunk of dump as AsyncIterable<Buffer>) {
      counter.push(chunk)
      if (counter.oddities.length > 0) throw notWhole('dump-odd', counter.oddities.join(' '))
      yield harmless(script.push(chunk))
    }
    yield harmless(script.end())
  }
  if (!(await feed(checked(), child, ended))) return undefined
  const summary = counter.end()
  if (summary.oddities.length > 0) throw notWhole('dump-odd', summary.oddities.join(' '))
  // The transaction is still open: it ends with the program's input, which is not ended here.
  if (!summary.isComplete) throw notWhole('dump-cut-off')
  return summary
}

function harmless(bytes: Buffer | string): Buffer {
  if (typeof bytes === 'string') throw notWhole('dump-odd', bytes)
  return bytes
}

/** Writes until the dump ends or the program does: why it ended is told by its end. @returns whether all was written */
async function feed(chunks: AsyncIterable<Buffer>, child: Child, ended: Promise<Ending>): Promise<boolean> {
  const program = { isGone: false }
  const gone = () => {
    program.isGone = true
  }
  void ended.then(gone)
  child.stdin.on('error', gone)
  for await (const chunk of chunks) {
    if (program.isGone) return false
    if (!child.stdin.write(chunk)) await Promise.race([drained(child), ended])
  }
  return true
}

function drained(child: Child): Promise<void> {
  return new Promise((resolve) => child.stdin.once('drain', resolve))
}

function notWhole(reason: 'dump-odd' | 'dump-cut-off', text = ''): BackupError {
  return new BackupError('content-mismatch', { file: '', reason, text }, { stage: 'restore-stage' })
}

function failed({ launcher, database, format }: LoadOrder, how: Ending, said: string): BackupError {
  const program = format === 'sql' ? 'psql' : 'pg_restore'
  const spoken = { server: launcher.server, database, cause: how.failure }
  if (isNoClient(program, said, how.failure)) return toolMissing(program, said, spoken)
  const missing = lacking(said)
  if (missing !== undefined)
    return new BackupError('postgres-environment', {
      missing,
      server: serverInWords(launcher.server),
      reason: lastWords(said),
    })
  return postgresError(stateIn(said), said || (how.killer ?? `exit ${how.code ?? '?'}`), spoken)
}

/** psql's verbose errors name the SQLSTATE: `ERROR:  42P07: relation "a" already exists`. */
function stateIn(said: string): string | undefined {
  return /^(?:psql:[^\n]*?)?[^\n:]*:\s+([0-9A-Z]{5}): /m.exec(said)?.[1]
}
