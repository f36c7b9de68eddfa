/** A piece of text that comes piecewise and is bounded. */

/** Bytes that come piecewise, up to a limit; what goes beyond it is dropped and `isFull` tells. */
export class Growing {
  readonly #limit: number
  #parts: Buffer[] = []
  length = 0
  isFull = false

  constructor(limit: number) {
    this.#limit = limit
  }

  add(bytes: Buffer): void {
    const fitting = bytes.subarray(0, this.#limit - this.length)
    if (fitting.length < bytes.length) this.isFull = true
    if (fitting.length === 0) return
    this.#parts.push(Buffer.from(fitting))
    this.length += fitting.length
    if (this.#parts.length > 256) this.#parts = [Buffer.concat(this.#parts)]
  }

  bytes(): Buffer {
    return this.#parts.length === 1 ? (this.#parts[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#parts)
  }

  clear(): void {
    this.#parts = []
    this.length = 0
    this.isFull = false
  }
}
