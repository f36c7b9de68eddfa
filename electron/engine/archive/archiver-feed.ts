/** Ordinary entries through archiver, one at a time; each one's bytes are taken out whole before the next goes in. */
import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { TarArchive, type EntryData } from 'archiver'
import { BackupError } from '../errors.ts'
import { timeText, type ArchiveEntry } from './entry.ts'
import { BLOCK, padded } from './tar-header.ts'
import { applyPax, parseHeader, parsePax, type RawHeader } from './tar-parse.ts'

/** What archiver hands through to tar-stream although its types do not say so. */
interface TarEntry extends EntryData {
  readonly uid: number
  readonly gid: number
  readonly uname: string
  readonly gname: string
  readonly linkname?: string
  readonly pax?: Readonly<Record<string, string>>
}

/** tar-stream writes six octal digits for ids, and its times through 32-bit arithmetic. */
const MAX_ID = 8 ** 6 - 1
const MAX_SECONDS = 2n ** 31n - 1n
/** From 8 GiB on tar-stream uses the binary size of GNU tar; ours uses pax, which every reader knows. */
const MAX_SIZE = 8 ** 11 - 1

/**
 * False for what archiver 8 cannot write byte for byte: names that are not UTF-8, hold a backslash, a colon or a control character,
 * hard links, mode 0 (written as 644), times before 1970, ids above 262,143, files above 8 GiB.
 */
export function fitsArchiver(entry: ArchiveEntry): boolean {
  const seconds = entry.mtimeNs / 1_000_000_000n
  return (
    entry.type !== 'hardlink' &&
    isPlain(entry.path) &&
    (entry.target === undefined || isUtf8(entry.target)) &&
    entry.mode !== 0 &&
    entry.mtimeNs >= 0n &&
    seconds <= MAX_SECONDS &&
    entry.uid <= MAX_ID &&
    entry.gid <= MAX_ID &&
    entry.size <= MAX_SIZE
  )
}

function isPlain(name: Buffer): boolean {
  return isUtf8(name) && !name.includes(0x5c) && !name.includes(0x3a) && name.every((byte) => byte >= 0x20)
}

export class ArchiverFeed {
  readonly #archive = new TarArchive({ highWaterMark: 256 * 1024 })
  #failure: unknown
  #wake: () => void = () => undefined

  constructor() {
    const fail = (error: unknown): void => {
      this.#failure ??= error
      this.#wake()
    }
    this.#archive.on('error', fail)
    // A warning of archiver means an entry that is not in the archive.
    this.#archive.on('warning', fail)
    this.#archive.on('readable', () => this.#wake())
    this.#archive.on('end', () => this.#wake())
  }

  /** The bytes of one entry whose content is at hand. */
  async whole(entry: ArchiveEntry, body: Buffer): Promise<Buffer[]> {
    this.#archive.append(body, entryData(entry))
    const chunks: Buffer[] = []
    for (const head = new HeadCheck(entry); head.left > 0;) {
      const chunk = await this.#next()
      head.take(chunk)
      chunks.push(chunk)
    }
    return chunks
  }

  /** The bytes of one entry. `body` must yield exactly `entry.size` bytes: archiver crashes the process on fewer. */
  async *streamed(entry: ArchiveEntry, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    const source = Readable.from(body, { objectMode: false, highWaterMark: 1024 * 1024 })
    // archiver pipes the source on, and a pipe does not carry errors.
    source.on('error', (error) => this.#fail(error))
    try {
      this.#archive.append(source, entryData(entry))
      for (const head = new HeadCheck(entry); head.left > 0;) {
        const chunk = await this.#next()
        head.take(chunk)
        yield chunk
      }
    } finally {
      source.destroy()
    }
  }

  /** The end marker. */
  async *end(): AsyncGenerator<Buffer, void> {
    const done = this.#archive.finalize()
    done.catch((error: unknown) => this.#fail(error))
    for (let left = 2 * BLOCK; left > 0;) {
      const chunk = await this.#next()
      left -= chunk.length
      yield chunk
    }
    await done
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    this.#wake()
  }

  async #next(): Promise<Buffer> {
    for (;;) {
      if (this.#failure !== undefined)
        throw this.#failure instanceof Error ? this.#failure : new Error('archiver failed')
      const chunk = this.#archive.read() as Buffer | null
      if (chunk !== null) return chunk
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

function entryData(entry: ArchiveEntry): TarEntry {
  const isWhole = entry.mtimeNs % 1_000_000_000n === 0n
  const data: TarEntry = {
    name: entry.path.toString('utf8'),
    type: entry.type === 'directory' || entry.type === 'symlink' ? entry.type : 'file',
    mode: entry.mode,
    date: new Date(Number(entry.mtimeNs / 1_000_000n)),
    uid: entry.uid,
    gid: entry.gid,
    uname: entry.uname,
    gname: entry.gname,
    ...(entry.target === undefined ? {} : { linkname: entry.target.toString('utf8') }),
    ...(isWhole ? {} : { pax: { mtime: timeText(entry.mtimeNs) } }),
  }
  // tar-stream takes a stream's length from `stats.size` alone.
  return entry.type === 'file' ? Object.assign(data, { stats: { size: entry.size } }) : data
}

/** Counts an entry's bytes as they come out, and compares its header with what was asked for. */
class HeadCheck {
  readonly #entry: ArchiveEntry
  #head: Buffer | undefined = Buffer.alloc(0)
  #seen = 0
  /** Bytes still to come; one block until the header is known. */
  left = BLOCK

  constructor(entry: ArchiveEntry) {
    this.#entry = entry
  }

  take(chunk: Buffer): void {
    this.#seen += chunk.length
    if (this.#head === undefined) {
      this.left -= chunk.length
    } else {
      this.#head = Buffer.concat([this.#head, chunk])
      this.#inspect(this.#head)
    }
    if (this.left < 0) throw new BackupError('internal', { reason: 'archiver wrote more than one entry' })
  }

  #inspect(head: Buffer): void {
    this.left = BLOCK - head.length
    if (this.left > 0) return
    const first = parseHeader(head.subarray(0, BLOCK))
    const pax = first.flag === 'x' ? BLOCK + padded(first.size) : 0
    this.left = pax + BLOCK - head.length
    if (this.left > 0) return
    const records = pax === 0 ? new Map<string, Buffer>() : parsePax(head.subarray(BLOCK, BLOCK + first.size))
    const found = applyPax(parseHeader(head.subarray(pax, pax + BLOCK)), records)
    if (!isAsAsked(found, this.#entry))
      throw new BackupError('internal', {
        reason: `archiver wrote ${JSON.stringify(found.name.toString())} otherwise than asked`,
      })
    this.left = pax + BLOCK + padded(this.#entry.size) - this.#seen
    this.#head = undefined
  }
}

function isAsAsked(found: RawHeader, asked: ArchiveEntry): boolean {
  const name = asked.type === 'directory' ? Buffer.concat([asked.path, Buffer.from('/')]) : asked.path
  return (
    found.name.equals(name) &&
    found.size === asked.size &&
    found.mode === asked.mode &&
    found.mtimeNs === asked.mtimeNs &&
    found.uid === asked.uid &&
    found.gid === asked.gid &&
    found.link.equals(asked.target ?? Buffer.alloc(0))
  )
}
