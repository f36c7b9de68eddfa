/** Hashing and counting while bytes stream by. */
import { createHash } from 'node:crypto'

/** Result of a finished stream. */
export interface Digest {
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** Passes chunks on unchanged; `result` may be asked once the stream has ended. */
export class Digester {
  readonly #hash = createHash('sha256')
  #bytes = 0
  #result: Digest | undefined

  /** @param onBytes told the number of bytes so far, after each chunk */
  async *through<T extends Uint8Array>(
    input: AsyncIterable<T>,
    onBytes: (bytes: number) => void = () => undefined,
  ): AsyncGenerator<T> {
    for await (const chunk of input) {
      this.#hash.update(chunk)
      this.#bytes += chunk.length
      onBytes(this.#bytes)
      yield chunk
    }
    this.#result = { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  /** @throws Error where the stream has not ended: a digest of a part must never pass for one of the whole */
  result(): Digest {
    if (this.#result === undefined) throw new Error('the stream has not ended')
    return this.#result
  }
}

/** SHA-256 of bytes in memory, lower-case hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
