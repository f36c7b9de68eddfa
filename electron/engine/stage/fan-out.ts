/** One stream to several writers, at the pace of the slowest; a writer that fails is left behind, the others go on. */
import { PassThrough, type Readable } from 'node:stream'

export type Write = (body: Readable) => Promise<void>

/**
 * Feeds `input` to every writer.
 * @returns one entry per writer, in order: undefined where it took every byte, else what it threw
 * @throws what `input` threw; every writer has then seen its stream destroyed with the same error, and has ended
 */
export async function fanOut(input: AsyncIterable<Uint8Array>, writers: readonly Write[]): Promise<unknown[]> {
  const branches = writers.map((write) => new Branch(write))
  try {
    for await (const chunk of input) {
      await Promise.all(branches.map((branch) => branch.push(chunk)))
      if (branches.every((branch) => branch.failed)) break
    }
  } catch (error) {
    for (const branch of branches) branch.destroy(error)
    await Promise.all(branches.map((branch) => branch.settled))
    throw error
  }
  for (const branch of branches) branch.end()
  return Promise.all(branches.map((branch) => branch.settled))
}

class Branch {
  readonly #stream = new PassThrough({ highWaterMark: 1024 * 1024 })
  /** Resolves to what the writer threw, or undefined. */
  readonly settled: Promise<unknown>
  failed = false

  constructor(write: Write) {
    // The writer reports; an error event on the stream itself must not end the process.
    this.#stream.on('error', () => undefined)
    this.settled = write(this.#stream).then(
      () => (this.#stream.readableEnded ? undefined : this.#fail(new Error('the writer stopped before the end'))),
      (error: unknown) => this.#fail(error ?? new Error('the writer failed')),
    )
  }

  #fail(error: unknown): unknown {
    this.failed = true
    this.#stream.destroy()
    return error
  }

  async push(chunk: Uint8Array): Promise<void> {
    if (this.failed || this.#stream.destroyed || this.#stream.write(chunk)) return
    await this.#drained()
  }

  /** Both listeners go together: one left behind at every wait would add up to thousands over a large source. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        this.#stream.off('drain', go).off('close', go)
        resolve()
      }
      this.#stream.on('drain', go).on('close', go)
    })
  }

  end(): void {
    if (!this.failed) this.#stream.end()
  }

  destroy(error: unknown): void {
    this.#stream.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}
