/** The index of a snapshot while it grows: lines in a file of the work folder, counts in memory. */
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { throwIfAborted } from '../errors.ts'
import type { ArchiveEntry } from '../archive/entry.ts'
import { indexLine } from '../archive/index-line.ts'
import type { World } from '../world.ts'

const BUFFER_CHARS = 256 * 1024
const CHUNK = 256 * 1024

export interface Counts {
  entries: number
  files: number
  directories: number
  links: number
  file_bytes: number
}

export class IndexSpool {
  readonly #world: World
  readonly #path: string
  #handle: FileHandle | undefined
  #text = ''
  readonly counts: Counts = { entries: 0, files: 0, directories: 0, links: 0, file_bytes: 0 }

  constructor(world: World, workDir: string) {
    this.#world = world
    this.#path = join(workDir, 'entries.index')
  }

  async add(entry: ArchiveEntry, sha256: string | undefined, inconsistent: boolean): Promise<void> {
    const { counts } = this
    counts.entries += 1
    if (entry.type === 'file') counts.files += 1
    else if (entry.type === 'directory') counts.directories += 1
    else counts.links += 1
    if (entry.type === 'file') counts.file_bytes += entry.size
    this.#text += indexLine(entry, sha256, inconsistent)
    if (this.#text.length >= BUFFER_CHARS) await this.#flush()
  }

  /** All lines, once the last has been added. */
  async open(signal: AbortSignal): Promise<Readable> {
    await this.#flush()
    return Readable.from(this.#read(signal), { objectMode: false })
  }

  async remove(): Promise<void> {
    await this.#handle?.close()
    if (this.#handle !== undefined) await this.#world.files.unlink(this.#path)
    this.#handle = undefined
  }

  async #flush(): Promise<void> {
    this.#handle ??= await this.#world.files.open(this.#path, 'wx+', 0o600)
    const bytes = Buffer.from(this.#text, 'utf8')
    this.#text = ''
    for (let done = 0; done < bytes.length;) done += (await this.#handle.write(bytes, done)).bytesWritten
  }

  async *#read(signal: AbortSignal): AsyncGenerator<Buffer, void> {
    for (let at = 0; this.#handle !== undefined;) {
      throwIfAborted(signal)
      const buffer = Buffer.allocUnsafe(CHUNK)
      const { bytesRead } = await this.#handle.read(buffer, 0, CHUNK, at)
      if (bytesRead === 0) return
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }
}
