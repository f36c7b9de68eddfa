/** Cuts a byte stream into newline-ended frames of bounded size; pure, so that both ends of the wire share it. */

const NEWLINE = 0x0a

/** Bytes in, whole frames out. Holds at most `limit` bytes of an unfinished frame, whatever the peer sends. */
export class FrameSplitter {
  #limit: number
  #parts: Uint8Array[] = []
  #held = 0

  /** @param limit bytes of one frame, its newline included. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Frames that `chunk` completes, without their newline; `tooLarge` is final: the stream cannot be followed further. */
  push(chunk: Uint8Array): { readonly frames: readonly Uint8Array[]; readonly tooLarge: boolean } {
    const frames: Uint8Array[] = []
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      if (this.#held + end - start + 1 > this.#limit) return { frames, tooLarge: true }
      frames.push(this.#take(chunk.subarray(start, end)))
      start = end + 1
    }
    const rest = chunk.subarray(start)
    if (this.#held + rest.length + 1 > this.#limit) return { frames, tooLarge: true }
    if (rest.length > 0) {
      this.#parts.push(rest)
      this.#held += rest.length
    }
    return { frames, tooLarge: false }
  }

  /** A stricter or wider bound from the next byte on: a peer that has shown its token may send more. */
  setLimit(limit: number): void {
    this.#limit = limit
  }

  #take(tail: Uint8Array): Uint8Array {
    if (this.#held === 0) return tail
    const whole = new Uint8Array(this.#held + tail.length)
    let at = 0
    for (const part of this.#parts) {
      whole.set(part, at)
      at += part.length
    }
    whole.set(tail, at)
    this.#parts = []
    this.#held = 0
    return whole
  }
}
