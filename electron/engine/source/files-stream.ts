/** Streams a large file's content: exactly the declared bytes, hashed as they are read, holes counted as zeros. */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { throwIfAborted } from '../errors.ts'
import type { Stretch } from '../archive/entry.ts'
import { hashZeros } from '../archive/inspect.ts'
import type { World } from '../world.ts'
import { answered } from './files-patience.ts'
import { lostBy } from './files-read.ts'

const CHUNK = 256 * 1024
/** Enough to tell text from noise, and a SQLite database by its header. */
const SAMPLE_BYTES = 4096

export interface StreamOptions {
  readonly path: Buffer
  readonly world: World
  readonly signal: AbortSignal
  progress(bytes: number): void
}

/**
 * An archive's header promises a size before the content is read. Where the file then holds less, the rest is filled with zeros so
 * that the archive stays whole — and `isShort` or `failed` says that this copy is none.
 */
export class FileStream {
  readonly #handle: FileHandle
  readonly #options: StreamOptions
  readonly #hash = createHash('sha256')
  isShort = false
  failed = false
  /** The first bytes. */
  sample: Buffer = Buffer.alloc(0)

  constructor(handle: FileHandle, options: StreamOptions) {
    this.#handle = handle
    this.#options = options
  }

  /** The bytes of `stretches`, in order; what lies between and behind them up to `size` is hashed as zeros. */
  async *bytes(stretches: readonly Stretch[], size: number): AsyncGenerator<Buffer, void> {
    let at = 0
    for (const { offset, length } of stretches) {
      await this.#zeros(offset - at)
      at = offset
      while (at < offset + length) {
        throwIfAborted(this.#options.signal)
        const chunk = await this.#read(at, Math.min(CHUNK, offset + length - at))
        if (at === 0) this.sample = Buffer.from(chunk.subarray(0, SAMPLE_BYTES))
        this.#hash.update(chunk)
        this.#options.progress(chunk.length)
        at += chunk.length
        yield chunk
      }
    }
    await this.#zeros(size - at)
  }

  /** SHA-256 of what was yielded and counted; once, at the end. */
  digest(): string {
    return this.#hash.digest('hex')
  }

  async #read(at: number, length: number): Promise<Buffer> {
    // Fresh memory for each chunk: it is on its way to the destination while the next one is read.
    const chunk = Buffer.allocUnsafeSlow(length)
    const bytesRead = this.isShort || this.failed ? 0 : await this.#tryRead(chunk, at)
    if (bytesRead > 0) return chunk.subarray(0, bytesRead)
    if (!this.failed) this.isShort = true
    return chunk.fill(0)
  }

  async #tryRead(chunk: Buffer, at: number): Promise<number> {
    const { world, path } = this.#options
    try {
      return (await answered(world, path, this.#handle.read(chunk, 0, chunk.length, at))).bytesRead
    } catch (error) {
      lostBy(error)
      this.failed = true
      return 0
    }
  }

  async #zeros(count: number): Promise<void> {
    throwIfAborted(this.#options.signal)
    await hashZeros(
      count,
      (zero) => this.#hash.update(zero),
      (bytes) => {
        throwIfAborted(this.#options.signal)
        this.#options.progress(bytes)
      },
    )
  }
}
