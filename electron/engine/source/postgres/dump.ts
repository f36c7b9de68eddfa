/** One pg_dump as a stream that ends well only where its exit code, its signal and its content agree. */
import { serverInWords } from '../../../contract/postgres.ts'
import { Readable } from 'node:stream'
import { BackupError, throwIfAborted, toBackupError } from '../../errors.ts'
import type { World } from '../../world.ts'
import { DumpCounter, type DumpSummary } from './dump-summary.ts'
import { isNoClient, lastWords, postgresError, toolMissing } from './errors.ts'
import { connectionString, launch, type Launcher, type Program } from './launch.ts'
import { endOf, stopChild, type Ending } from './program-end.ts'
import { StderrTail } from './stderr-tail.ts'

export interface DumpOrder {
  readonly launcher: Launcher
  readonly database: string
  readonly program: Extract<Program, 'pg_dump' | 'pg_dumpall'>
  readonly args: readonly string[]
  /** Whether the output is SQL text, whose content can be counted while it streams by. */
  readonly isText: boolean
}

export interface DumpOutcome {
  /** What the text holds; undefined for other formats. */
  readonly summary: DumpSummary | undefined
  /** What the program said beside its output, line by line. */
  readonly said: readonly string[]
}

export interface RunningDump {
  readonly stream: Readable
  /** After the stream has ended well. */
  outcome(): DumpOutcome
}

/** The first bytes of the custom format. Source: PostgreSQL, pg_backup_archiver.c. */
const CUSTOM_MAGIC = Buffer.from('PGDMP')

/**
 * The stream ends with an error where the program was killed, failed, wrote nothing, or wrote text that breaks off or holds what
 * no dump holds (faults.md D01–D04, D18): never short.
 */
export function startDump(order: DumpOrder, world: World, signal: AbortSignal): RunningDump {
  throwIfAborted(signal)
  const counter = order.isText ? new DumpCounter() : undefined
  const stderr = new StderrTail()
  let outcome: DumpOutcome | undefined
  const { launcher, database, program, args } = order
  const child = launch(launcher, program, [...args, '-w', '-d', connectionString(launcher, database)], world)
  const ended = endOf(child)
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk))
  // It reads nothing; a closed pipe is no news.
  child.stdin.on('error', () => undefined)
  child.stdin.end()
  async function* checked(): AsyncGenerator<Buffer> {
    const seen = new Seen()
    const stop = () => stopChild(child)
    signal.addEventListener('abort', stop)
    try {
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        counter?.push(chunk)
        seen.add(chunk)
        yield chunk
      }
      outcome = judge(order, await ended, seen, counter?.end(), stderr.text())
    } catch (error) {
      throwIfAborted(signal)
      throw toBackupError(error, 'encode')
    } finally {
      signal.removeEventListener('abort', stop)
      stop()
    }
  }
  return {
    stream: Readable.from(checked(), { objectMode: false }),
    outcome: () => {
      if (outcome === undefined) throw new BackupError('internal', { reason: 'the dump has not ended' })
      return outcome
    },
  }
}

/** The first bytes and how many there were. */
class Seen {
  bytes = 0
  #head = Buffer.alloc(0)

  add(chunk: Buffer): void {
    this.bytes += chunk.length
    if (this.#head.length < CUSTOM_MAGIC.length)
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, CUSTOM_MAGIC.length)])
  }

  isCustom(): boolean {
    return this.#head.subarray(0, CUSTOM_MAGIC.length).equals(CUSTOM_MAGIC)
  }
}

/** @throws BackupError where exit code, signal or content say that this is no whole dump */
function judge(order: DumpOrder, how: Ending, seen: Seen, summary: DumpSummary | undefined, said: string): DumpOutcome {
  if (how.failure !== undefined || how.code !== 0) throw failed(order, how, said)
  if (seen.bytes === 0 || (summary === undefined && !seen.isCustom())) throw odd(order, 'dump-empty', seen.bytes)
  if (summary?.isComplete === false) throw odd(order, 'dump-cut-off', seen.bytes)
  const oddities = summary?.oddities ?? []
  if (oddities.length > 0) throw odd(order, 'dump-odd', seen.bytes, oddities.join(' '))
  return { summary, said: linesOf(said) }
}

function failed({ program, launcher, database }: DumpOrder, how: Ending, said: string): BackupError {
  const spoken = { server: launcher.server, database, cause: how.failure }
  if (isNoClient(program, said, how.failure)) return toolMissing(program, said, spoken)
  const known = postgresError(undefined, said, spoken)
  if (known.code !== 'postgres-failed') return known
  const ending = how.killer ?? `exit ${how.code ?? '?'}`
  const reason = lastWords(said) || ending
  return new BackupError('dump-failed', {
    program,
    how: ending,
    reason,
    server: serverInWords(launcher.server),
    database,
  })
}

function odd(
  { program, launcher, database }: DumpOrder,
  reason: 'dump-empty' | 'dump-cut-off' | 'dump-odd',
  bytes: number,
  text = '',
): BackupError {
  return new BackupError('dump-failed', {
    program,
    how: 'exit 0',
    reason,
    text,
    bytes,
    server: serverInWords(launcher.server),
    database,
  })
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '')
}
