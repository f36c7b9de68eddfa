/** Writes what a walk finds as one tar stream, and notes each entry in the index from its own reading. */
import type { FileHandle } from 'node:fs/promises'
import type { ArchiveEntry, Stretch } from '../archive/entry.ts'
import { TarWriter } from '../archive/tar-writer.ts'
import { throwIfAborted } from '../errors.ts'
import { ahead, entryOf, lose, prepare, type Prepared, type PrepareOptions, type Whole } from './files-entries.ts'
import type { PreviousTree } from './files-guards.ts'
import { answered } from './files-patience.ts'
import { isUnchanged, lostBy, openFile } from './files-read.ts'
import { maybeSparse, readerOf, scanStretches } from './files-sparse.ts'
import type { IndexSpool } from './files-spool.ts'
import { FileStream } from './files-stream.ts'
import { inodeOf, type Found } from './files-walk.ts'

export interface ArchiveOptions extends PrepareOptions {
  readonly spool: IndexSpool
  readonly previous: PreviousTree | undefined
  /** Told the beginning of each file's content. */
  readonly look: (found: Found, sample: Buffer) => Promise<void>
  progress(bytes: number): void
}

/** Small files being read at once; each holds a handle and up to 1 MiB. */
const AHEAD = 8
/** A large file is stored again when it changed meanwhile, this often in all … */
const STREAM_TRIES = 3
/** … or once more only, where one copy is this large. */
const HUGE_BYTES = 1024 ** 3
/** Names of files with several links, kept to write the later ones as links: some 30 MB. Beyond it they are stored as files. */
const MAX_LINK_NAMES = 200_000
const SAMPLE_BYTES = 4096
const BATCH_BYTES = 256 * 1024
const COPIED_BYTES = 32 * 1024

export class TreeArchiver {
  readonly #options: ArchiveOptions
  readonly #writer = new TarWriter()
  readonly #batch = new Batch()
  /** First name in the archive of each inode that has more links than were met so far. */
  readonly #links = new Map<string, { readonly name: Buffer; left: bigint }>()

  constructor(options: ArchiveOptions) {
    this.#options = options
  }

  /** The whole archive. */
  async *bytes(found: AsyncIterable<Found>): AsyncGenerator<Buffer, void> {
    for await (const item of ahead(found, AHEAD, (one) => prepare(one, this.#options))) {
      throwIfAborted(this.#options.signal)
      if (item.kind === 'gone') continue
      const first = this.#firstLink(item.found)
      if (first === undefined && item.kind === 'large') {
        yield* this.#batch.take()
        yield* this.#large(item.found)
      } else {
        if (first !== undefined) await this.#link(item.found, first)
        else if (item.kind === 'ready') await this.#ready(item)
        if (this.#batch.isFull) yield* this.#batch.take()
      }
    }
    yield* this.#batch.take()
    yield* this.#writer.end()
  }

  async #link(found: Found, target: Buffer): Promise<void> {
    const entry: ArchiveEntry = { ...entryOf(found, 'hardlink', this.#options.owners), target }
    this.#batch.add(await this.#writer.whole(entry))
    await this.#options.spool.add(entry, undefined, false)
  }

  async #ready({ found, entry, whole }: Extract<Prepared, { kind: 'ready' }>): Promise<void> {
    this.#batch.add(await this.#writer.whole(entry, whole?.bytes))
    await this.#note(found, entry, whole)
  }

  async #note(found: Found, entry: ArchiveEntry, whole: Whole | undefined): Promise<void> {
    await this.#options.spool.add(entry, whole?.sha256, whole?.inconsistent ?? false)
    if (whole === undefined) return
    this.#remember(found)
    this.#options.progress(whole.bytes.length)
    await this.#sampled(found, whole.sha256, whole.bytes.subarray(0, SAMPLE_BYTES))
  }

  async #sampled(found: Found, sha256: string, sample: Buffer): Promise<void> {
    this.#options.previous?.see(found.name, sha256, sample)
    await this.#options.look(found, sample)
  }

  #firstLink(found: Found): Buffer | undefined {
    const first = found.stat.isFile() && found.stat.nlink > 1n ? this.#links.get(inodeOf(found.stat)) : undefined
    if (first === undefined) return undefined
    first.left -= 1n
    if (first.left === 0n) this.#links.delete(inodeOf(found.stat))
    return first.name
  }

  #remember(found: Found): void {
    if (!found.stat.isFile() || found.stat.nlink < 2n) return
    if (this.#links.size < MAX_LINK_NAMES)
      this.#links.set(inodeOf(found.stat), { name: found.name, left: found.stat.nlink - 1n })
    else this.#options.report.count('attributes-lost', found.path)
  }

  /** Stored again, under the same name, as long as it changes: the later entry holds (FORMAT.md §4.3). */
  async *#large(found: Found): AsyncGenerator<Buffer, void> {
    const tries = found.stat.size > HUGE_BYTES ? 2 : STREAM_TRIES
    let copy: Copy | undefined
    for (let n = 1; n <= tries && copy?.isQuiet !== true; n += 1) {
      const next = yield* this.#copy(found)
      if (next === undefined) break
      copy = next
    }
    if (copy === undefined) return
    if (!copy.isQuiet) this.#options.report.count(copy.failed ? 'files-unreadable' : 'files-changed', found.path)
    await this.#options.spool.add(copy.entry, copy.sha256, !copy.isQuiet)
    this.#remember(copy.found)
    await this.#sampled(copy.found, copy.sha256, copy.sample)
  }

  /** One copy of a large file; undefined where it can no longer be opened. */
  async *#copy(found: Found): AsyncGenerator<Buffer, Copy | undefined> {
    const { world, signal, report, owners } = this.#options
    const opened = await openFile(found.path, found.stat, world, signal)
    if ('lost' in opened) {
      lose(opened.lost, found, report)
      return undefined
    }
    const { handle, stat } = opened
    try {
      const now = { ...found, stat }
      const entry = entryOf(now, 'file', owners)
      const stretches = await this.#holes(handle, now)
      if (stretches === 'lost') return undefined
      const whole: readonly Stretch[] = [{ offset: 0, length: entry.size }]
      const stream = new FileStream(handle, { ...this.#options, path: found.path })
      const bytes = stream.bytes(stretches ?? whole, entry.size)
      yield* this.#writer.streamed(entry, stretches === undefined ? { bytes } : { bytes, stretches })
      const after = await answered(world, found.path, handle.stat({ bigint: true }))
      const isQuiet = !stream.isShort && !stream.failed && isUnchanged(stat, after)
      return { found: now, entry, sha256: stream.digest(), sample: stream.sample, isQuiet, failed: stream.failed }
    } finally {
      await handle.close()
    }
  }

  /** The stretches of a file with holes, undefined for one without. */
  async #holes(handle: FileHandle, found: Found): Promise<readonly Stretch[] | undefined | 'lost'> {
    if (!maybeSparse(found.stat)) return undefined
    const { world, signal, report } = this.#options
    const size = Number(found.stat.size)
    const read = readerOf(handle)
    try {
      const stretches = await scanStretches(size, {
        signal,
        read: (buffer, position) => answered(world, found.path, read(buffer, position)),
        progress: (bytes) => this.#options.progress(bytes),
      })
      return stretches[0]?.length === size ? undefined : stretches
    } catch (error) {
      lose(lostBy(error), found, report)
      return 'lost'
    }
  }
}

/** Small entries on their way, put together: a pipeline costs by the chunk, and each entry has three to five. */
class Batch {
  #chunks: Buffer[] = []
  #bytes = 0

  get isFull(): boolean {
    return this.#bytes >= BATCH_BYTES
  }

  add(chunks: readonly Buffer[]): void {
    for (const chunk of chunks) {
      this.#chunks.push(chunk)
      this.#bytes += chunk.length
    }
  }

  /** What was added since the last time, in few chunks; large ones are not copied. */
  *take(): Generator<Buffer, void> {
    const chunks = this.#chunks
    this.#chunks = []
    this.#bytes = 0
    let small: Buffer[] = []
    for (const chunk of chunks) {
      if (chunk.length < COPIED_BYTES) {
        small.push(chunk)
        continue
      }
      if (small.length > 0) yield Buffer.concat(small)
      small = []
      yield chunk
    }
    if (small.length > 0) yield Buffer.concat(small)
  }
}

interface Copy {
  readonly found: Found
  readonly entry: ArchiveEntry
  readonly sha256: string
  readonly sample: Buffer
  readonly isQuiet: boolean
  readonly failed: boolean
}
