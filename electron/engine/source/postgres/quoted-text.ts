/** One quoted part of SQL text: a string, a name or a dollar quote, to its end, which may come many chunks later. */

import { Growing } from './growing.ts'
import { BACKSLASH, DOUBLE, QUOTE } from './sql-bytes.ts'

export type QuotedKind = 'string' | 'escape-string' | 'name' | 'dollar'

/** More than any name or setting; a large object's string goes on for its whole length. */
const KEPT = 4096

export class QuotedText {
  readonly kind: QuotedKind
  /** With its quotes, doubled ones as they stand, its middle left out where it is long; undefined until its end. */
  text: string | undefined
  readonly #quote: number
  readonly #tag: Buffer | undefined
  readonly #kept = new Growing(KEPT)

  constructor(kind: QuotedKind, tag?: Buffer) {
    this.kind = kind
    this.#quote = kind === 'name' ? DOUBLE : QUOTE
    this.#tag = tag
  }

  /** @returns how far it was read; undefined where the next bytes decide */
  read(data: Buffer, at: number, isLast: boolean): number | undefined {
    return this.#tag === undefined ? this.#read(data, at, isLast) : this.#readDollar(data, at, isLast, this.#tag)
  }

  #readDollar(data: Buffer, at: number, isLast: boolean, tag: Buffer): number | undefined {
    const end = data.indexOf(tag, at)
    if (end !== -1) {
      this.text = '$$'
      return end + tag.length
    }
    if (isLast) return data.length
    const kept = data.length - tag.length + 1
    return kept > at ? kept : undefined
  }

  #read(data: Buffer, begin: number, isLast: boolean): number | undefined {
    let at = begin
    for (;;) {
      const end = this.#next(data, at)
      if (end === -1) return this.#keep(data, at, data.length)
      const following = data[end + 1]
      if (following === undefined && !isLast) return end > begin ? this.#keep(data, at, end) : undefined
      const isPair = data[end] === BACKSLASH || following === this.#quote
      this.#keep(data, at, isPair ? end + 2 : end)
      if (!isPair) return this.#finish(end + 1)
      at = end + 2
      if (at >= data.length) return data.length
    }
  }

  /** Where the next byte stands that may end it or hide the one behind it. */
  #next(data: Buffer, at: number): number {
    if (this.kind !== 'escape-string') return data.indexOf(this.#quote, at)
    for (let end = at; end < data.length; end += 1) if (data[end] === QUOTE || data[end] === BACKSLASH) return end
    return -1
  }

  #keep(data: Buffer, at: number, end: number): number {
    this.#kept.add(data.subarray(at, end))
    return end
  }

  #finish(at: number): number {
    const quote = String.fromCharCode(this.#quote)
    this.text = quote + this.#kept.bytes().toString('latin1') + quote
    return at
  }
}
