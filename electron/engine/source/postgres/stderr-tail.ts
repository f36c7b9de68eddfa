/** The end of what a program says on its error stream, however much it says (faults.md D12). */

/** Warnings of a dump are a few lines; a stream that floods is cut at the front. */
const LIMIT = 64 * 1024

export class StderrTail {
  #parts: Buffer[] = []
  #bytes = 0

  add(chunk: Buffer): void {
    this.#parts.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes <= LIMIT * 2) return
    const tail = Buffer.from(Buffer.concat(this.#parts).subarray(-LIMIT))
    this.#parts = [tail]
    this.#bytes = tail.length
  }

  text(): string {
    return Buffer.concat(this.#parts).subarray(-LIMIT).toString('utf8').trim()
  }

  clear(): void {
    this.#parts = []
    this.#bytes = 0
  }
}
