/** Compares what is being backed up with the last good backup: has most of it gone, or turned into noise? (faults.md E15) */
import Database from 'better-sqlite3'
import type { Readable } from 'node:stream'
import type { Detail } from '../../contract/error.ts'
import type { Content } from '../../contract/manifest.ts'
import { phrase } from '../../contract/phrases.ts'
import { readIndex } from '../archive/index-line.ts'
import { TarDamage } from '../archive/tar-parse.ts'
import { BackupError, toBackupError } from '../errors.ts'
import type { Report } from './files-report.ts'

/** Half of the files: faults.md E15. */
const SHARE = 0.5
/** Below as many files one deleted file would already be "a quarter gone". */
const MIN_FILES = 4
/** Bits per byte: text and office data stay below 7, encrypted data reaches 7.9 in a sample of 1 KiB or more. */
const NOISE_BITS = 7.5
const MIN_SAMPLE = 1024

/** Compressed by their nature, so that noise in them says nothing. */
const COMPRESSED =
  /\.(7z|aac|apk|avif|br|bz2|docx|epub|flac|gif|gpg|gz|heic|jar|jpe?g|m4a|m4v|mkv|mov|mp[34]|odp|ods|odt|ogg|pdf|png|pptx|rar|tgz|webm|webp|woff2?|xlsx|xz|zip|zst)$/i

/** The files of the previous backup, in a private temporary table; absent where there is none. */
export class PreviousTree {
  readonly #db = new Database('')
  readonly #find: Database.Statement<[Buffer], { sha256: string; seen: number }>
  readonly #see: Database.Statement<[Buffer]>
  readonly #add: Database.Statement<[Buffer, string]>
  #known = 0
  #seen = 0
  #noisy = 0

  constructor() {
    for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -8192']) this.#db.pragma(pragma)
    this.#db.exec('CREATE TABLE old (path BLOB PRIMARY KEY, sha256 TEXT NOT NULL, seen INTEGER NOT NULL DEFAULT 0)')
    this.#db.exec('BEGIN')
    this.#find = this.#db.prepare('SELECT sha256, seen FROM old WHERE path = ?')
    this.#see = this.#db.prepare('UPDATE old SET seen = 1 WHERE path = ?')
    this.#add = this.#db.prepare('INSERT OR IGNORE INTO old (path, sha256) VALUES (?, ?)')
  }

  async load(index: Readable): Promise<void> {
    for await (const line of readIndex(index))
      if (line.type === 'file' && line.sha256 !== undefined)
        this.#known += this.#add.run(line.path, line.sha256).changes
  }

  /** Notes a file of this backup. `sample` is the beginning of its content. */
  see(path: Buffer, sha256: string, sample: Buffer): void {
    const old = this.#find.get(path)
    if (old === undefined || old.seen === 1) return
    this.#see.run(path)
    this.#seen += 1
    if (old.sha256 !== sha256 && isNoise(path, sample)) this.#noisy += 1
  }

  /** Tells what is suspicious. `files` is how many this backup holds. */
  judge(report: Report, source: string, files: number): void {
    const gone = this.#known - this.#seen
    if (isShrunk(this.#known, gone, files)) report.find('source-shrunk', { source, ...filesWords(files, this.#known) })
    if (this.#known >= MIN_FILES && this.#noisy >= this.#known * SHARE)
      report.find('source-mass-change', { source, percent: Math.round((100 * this.#noisy) / this.#known) })
  }

  close(): void {
    this.#db.close()
  }
}

/** Where the previous index cannot be had, the previous counts still tell a shrunk source. */
export function judgeByCount(
  report: Report,
  source: string,
  previous: readonly Content[] | undefined,
  files: number,
): void {
  const content = previous?.find((one) => one.kind === 'files' || one.kind === 'config')
  if (content === undefined || !('files' in content)) return
  if (isShrunk(content.files, content.files - files, files))
    report.find('source-shrunk', { source, ...filesWords(files, content.files) })
}

function isShrunk(before: number, gone: number, now: number): boolean {
  if (before > 0 && now === 0) return true
  return before >= MIN_FILES && gone >= before * SHARE
}

/** The previous tree, or undefined where there is none or it cannot be read: a damaged old backup must not stop a new one. */
export async function loadPrevious(
  open: (() => Promise<Readable | undefined>) | undefined,
): Promise<PreviousTree | undefined> {
  let tree: PreviousTree | undefined
  try {
    const index = await open?.()
    if (index === undefined) return undefined
    tree = new PreviousTree()
    await tree.load(index)
    return tree
  } catch (error) {
    tree?.close()
    const failure = toBackupError(error)
    // Cancelling is the run's own doing; anything else was the old backup's trouble, and `judgeByCount` takes over.
    if (failure.code === 'cancelled' || failure.code === 'timed-out' || failure.code === 'no-progress') throw failure
    if (!(error instanceof TarDamage) && !(error instanceof BackupError) && failure.code !== 'internal') throw failure
    return undefined
  }
}

function isNoise(path: Buffer, sample: Buffer): boolean {
  return sample.length >= MIN_SAMPLE && !COMPRESSED.test(path.toString('latin1')) && entropy(sample) > NOISE_BITS
}

/** Shannon's entropy in bits per byte. */
export function entropy(bytes: Buffer): number {
  const counts = new Array<number>(256).fill(0)
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1
  return counts.reduce((sum, count) => {
    const share = count / bytes.length
    return count === 0 ? sum : sum - share * Math.log2(share)
  }, 0)
}

/** In the words of whoever reads it. */
function filesWords(files: number, filesBefore: number): Detail {
  return { now: phrase('files-now'), before: phrase('files-before'), files, filesBefore }
}
