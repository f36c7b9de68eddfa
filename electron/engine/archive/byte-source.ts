/** Reads a byte stream in pieces of a known size, without ever holding more than one piece and one chunk. */

export class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>
  #chunk: Buffer = Buffer.alloc(0)
  /** Bytes handed out so far. */
  position = 0

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  /** Exactly `bytes` bytes, fewer only where the stream ends. The buffer may be the stream's own: it is for reading, at once. */
  async read(bytes: number): Promise<Buffer> {
    if (this.#chunk.length >= bytes) return this.#take(bytes)
    const parts: Buffer[] = []
    let missing = bytes
    while (missing > 0 && (await this.#fill())) {
      const part = this.#take(Math.min(missing, this.#chunk.length))
      parts.push(part)
      missing -= part.length
    }
    return Buffer.concat(parts)
  }

  /** The next piece of at most `bytes` bytes; empty only at the end of the stream. */
  async some(bytes: number): Promise<Buffer> {
    return (await this.#fill()) ? this.#take(Math.min(bytes, this.#chunk.length)) : Buffer.alloc(0)
  }

  /** Lets the stream go: what feeds it is stopped. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  #take(bytes: number): Buffer {
    const piece = this.#chunk.subarray(0, bytes)
    this.#chunk = this.#chunk.subarray(bytes)
    this.position += bytes
    return piece
  }

  async #fill(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#chunks.next()
      if (next.done === true) return false
      this.#chunk = next.value
    }
    return true
  }
}
