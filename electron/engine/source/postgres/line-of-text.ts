/** The rest of a line of SQL text, which comes piecewise and may be long. */

import { Growing } from './growing.ts'
import { NEWLINE, RETURN } from './sql-bytes.ts'

const MAX_LINE = 4096

export class LineOfText {
  readonly #kept = new Growing(MAX_LINE)
  isWhole = false
  /** A carriage return stands somewhere else than before the line's end. */
  hasReturn = false

  /** Without its end; the first 4 KiB of it, by bytes. */
  get text(): string {
    return this.#kept.bytes().toString('latin1')
  }

  get isCut(): boolean {
    return this.#kept.isFull
  }

  /** @returns where the line ends, or the data; undefined where the next byte decides */
  read(data: Buffer, at: number, isLast: boolean): number | undefined {
    const found = data.indexOf(NEWLINE, at)
    const end = found === -1 ? data.length : found
    const mayEnd = end > at && data[end - 1] === RETURN
    const stop = mayEnd && (found !== -1 || !isLast) ? end - 1 : end
    const part = data.subarray(at, stop)
    if (part.includes(RETURN)) this.hasReturn = true
    this.#kept.add(part)
    if (found !== -1) {
      this.isWhole = true
      return found + 1
    }
    return stop > at ? stop : undefined
  }

  clear(): void {
    this.#kept.clear()
    this.isWhole = false
    this.hasReturn = false
  }
}
