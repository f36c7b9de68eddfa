/** One log per run, as JSON lines, cleaned of secrets; read by page while it is still being written. */
import { closeSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { logLineSchema, type LogLine } from '../../contract/rpc.ts'
import { runIdSchema } from '../../contract/ids.ts'
import { BackupError, errnoOf, reasonOf } from '../../engine/errors.ts'
import type { Redactor } from '../../engine/secret.ts'
import { localIso } from '../../engine/time.ts'
import type { World } from '../../engine/world.ts'

export interface RunLogOptions {
  /** `SITEKEEP_HOME/logs/runs`; exists. */
  readonly folder: string
  readonly world: World
  readonly redactor: Redactor
}

export interface RunLog {
  /** Never throws: a log that cannot be written is no reason to lose a backup. */
  write(level: LogLine['level'], text: string): void
  close(): void
}

/** A line longer than this is cut, after it was cleaned: half a secret must not slip through. */
const MAX_TEXT = 8192
/** A log stops here; the runs of a year must not fill the disk (faults.md G12). */
const MAX_BYTES = 20 * 1024 * 1024
/** Read at once: well under one frame of the wire. */
const PAGE_BYTES = 512 * 1024
/** Logs kept: of the newest runs, within this many bytes. */
const KEPT = 10_000
const KEPT_BYTES = 512 * 1024 * 1024

export class RunLogs {
  readonly #options: RunLogOptions

  constructor(options: RunLogOptions) {
    this.#options = options
  }

  open(run: string): RunLog {
    const path = this.#pathOf(run)
    let file: number | undefined
    let bytes = 0
    let lost = 0
    let isClosed = false
    const drop = (): void => {
      const open = file
      file = undefined
      // A close that fails has let go of the file all the same; its lines were written before.
      if (open !== undefined) ignoreErrors(() => closeSync(open))
    }
    const put = (level: LogLine['level'], text: string): void => {
      const line = this.#line(level, text)
      file ??= openSync(path, 'a', 0o600)
      writeAll(file, line)
      bytes += line.byteLength
    }
    return {
      write: (level, text) => {
        if (bytes > MAX_BYTES) return
        try {
          if (lost > 0) put('warn', `${lost} lines could not be written here`)
          lost = 0
          put(level, text)
          if (bytes > MAX_BYTES) put('warn', 'this log is full; what followed is not in it')
        } catch {
          // The disk is full or gone: the run itself meets that and reports it; here it is counted and told later.
          lost += 1
        }
        // A run that settles after it was given up still has something to say.
        if (isClosed) drop()
      },
      close: () => {
        isClosed = true
        drop()
      },
    }
  }

  #line(level: LogLine['level'], text: string): Buffer {
    const clean = this.#options.redactor.text(text)
    const short = clean.length > MAX_TEXT ? `${clean.slice(0, MAX_TEXT)}…` : clean
    return Buffer.from(`${JSON.stringify({ at: localIso(this.#options.world.clock.now()), level, text: short })}\n`)
  }

  /**
   * Lines from `offset`, which is 0 or an earlier answer's `next`; at most `limit`, and fewer where they are long. A run without a
   * log has no lines.
   */
  read(run: string, offset: number, limit: number): Promise<{ lines: LogLine[]; next: number }> {
    return Promise.resolve().then(() => readPage(this.#pathOf(run), offset, limit))
  }

  /** Removes the oldest logs beyond what is kept. Called at the start; errors are of no consequence and are left for the next one. */
  prune(keep = KEPT, keepBytes = KEPT_BYTES): void {
    const { folder } = this.#options
    const logs = readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .map((name) => ({ path: join(folder, name), ...sizeAndTime(join(folder, name)) }))
      .sort((a, b) => b.time - a.time)
    let bytes = 0
    for (const [index, log] of logs.entries()) {
      bytes += log.bytes
      if (index >= keep || bytes > keepBytes) rmSync(log.path, { force: true })
    }
  }

  #pathOf(run: string): string {
    if (!runIdSchema.safeParse(run).success) throw new BackupError('not-found', { what: 'run', name: run })
    return join(this.#options.folder, `${run}.log`)
  }
}

/** A disk that is nearly full takes a part of a line. */
function writeAll(file: number, line: Buffer): void {
  for (let written = 0; written < line.byteLength;) written += writeSync(file, line, written)
}

function ignoreErrors(work: () => void): void {
  try {
    work()
  } catch {
    // As the caller says.
  }
}

function readPage(path: string, offset: number, limit: number): { lines: LogLine[]; next: number } {
  const page = readBytes(path, offset)
  const lines: LogLine[] = []
  let start = 0
  while (lines.length < limit) {
    const end = page.indexOf(0x0a, start)
    // The last line may be half-written: it is read next time.
    if (end < 0) break
    lines.push(parseLine(page.toString('utf8', start, end)))
    start = end + 1
  }
  return { lines, next: offset + start }
}

function readBytes(path: string, offset: number): Buffer {
  try {
    const file = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(PAGE_BYTES)
      return buffer.subarray(0, readSync(file, buffer, 0, PAGE_BYTES, offset))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return Buffer.alloc(0)
    throw new BackupError('state-unusable', { path, reason: reasonOf(error) }, { cause: error })
  }
}

/** A torn line (power cut) is shown as it is rather than hidden. */
function parseLine(text: string): LogLine {
  try {
    return logLineSchema.parse(JSON.parse(text))
  } catch {
    return { at: '', level: 'warn', text }
  }
}

function sizeAndTime(path: string): { bytes: number; time: number } {
  const { size, mtimeMs } = statSync(path)
  return { bytes: size, time: mtimeMs }
}
