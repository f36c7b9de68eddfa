/** A piece of text that comes piecewise and is bounded. */

/** Bytes that come piecewise, up to a limit; what exceeds it is dropped and `isFull` tells. */
export class Growing {
  readonly #limit: number
  #parts: Buffer[] = []
  length = 0
  isFull = false

  constructor(limit: number) {
    this.#limit = limit
  }

  add(bytes: Buffer): void {
    if (this.length + bytes.length > this.#limit) {
      this.isFull = true
      return
    }
    this.#parts.push(Buffer.from(bytes))
    this.length += bytes.length
    if (this.#parts.length > 256) this.#parts = [Buffer.concat(this.#parts)]
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }

  text(): string {
    return this.bytes().toString('utf8')
  }

  clear(): void {
    this.#parts = []
    this.length = 0
    this.isFull = false
  }
}
