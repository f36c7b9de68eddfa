/** The rows of one COPY block, counted while its text streams by. */

import { BACKSLASH, NEWLINE } from './sql-bytes.ts'
/** `\.` and a carriage return are shorter. */
const MAX_END = 4
/** Bytes up to which looking at one after the other is faster than a search, which has a price of its own. */
const SHORT_ROW = 24

/** Counts lines up to the one that is `\.` alone; only a line's beginning is looked at, since a row may be a gigabyte. */
export class CopyRows {
  rows = 0
  /** The beginning of a row that goes on in the next chunk, and how long it is so far. */
  #carried = ''
  #carriedBytes = 0

  /** @returns where the text behind the block begins; undefined where the block goes on in the next chunk */
  read(data: Buffer, at: number): number | undefined {
    let line = at
    let wasShort = false
    while (line < data.length) {
      const end: number = wasShort ? endOfShortRow(data, line) : data.indexOf(NEWLINE, line)
      if (end === -1) break
      const mayBeEnd = this.#carriedBytes > 0 || data[line] === BACKSLASH
      if (mayBeEnd && this.#isEnd(data, line, end)) return end + 1
      this.rows += 1
      wasShort = end - line < SHORT_ROW
      line = end + 1
    }
    this.#carry(data, line)
    return undefined
  }

  #carry(data: Buffer, line: number): void {
    if (line >= data.length) return
    if (this.#carriedBytes < MAX_END) this.#carried += data.toString('latin1', line, line + MAX_END)
    this.#carriedBytes += data.length - line
  }

  #isEnd(data: Buffer, line: number, end: number): boolean {
    const head = this.#carried + data.toString('latin1', line, Math.min(end, line + MAX_END))
    this.#carried = ''
    this.#carriedBytes = 0
    return /^\\\.\r?$/.test(head)
  }
}

/** Where the one before was short, this one may be. */
function endOfShortRow(data: Buffer, line: number): number {
  const near = Math.min(data.length, line + SHORT_ROW)
  for (let at = line; at < near; at += 1) if (data[at] === NEWLINE) return at
  return data.indexOf(NEWLINE, near)
}
