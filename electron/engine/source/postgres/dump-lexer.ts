/** Splits a plain SQL dump, while it streams by, into what psql would make of it: tokens, rows of COPY data, comments, meta-commands. */

import { CopyRows } from './copy-rows.ts'
import type { DumpEvents } from './dump-events.ts'
import { LineOfText } from './line-of-text.ts'
import { QuotedText, type QuotedKind } from './quoted-text.ts'
import {
  AMPERSAND,
  BACKSLASH,
  BLANK,
  CONTROL,
  DASH,
  DIGIT,
  DOLLAR,
  DOUBLE,
  IN_NUMBER,
  IN_TAG,
  IN_WORD,
  LETTER,
  NEWLINE,
  QUOTE,
  RETURN,
  SEMICOLON,
  SLASH,
  STAR,
  endOfRun,
  isOf,
} from './sql-bytes.ts'

/** A name has at most 63 bytes, a number is shorter than this in any dump that makes sense. */
const MAX_WORD = 4096
/** How much of what is odd is shown. */
const SHOWN = 80
/** What a step returns where the next bytes decide. */
export const WAIT = -1

/** Bytes that mean something else with the one that follows. */
const MAY_BE_PAIR: ReadonlySet<number> = new Set([DASH, SLASH, RETURN, AMPERSAND])

const SIGNS = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))

type State = 'normal' | 'quoted' | 'long-word' | 'block-comment' | 'line-comment' | 'meta' | 'copy-line' | 'copy'

/**
 * A byte-wise reading by psql's rules: server encodings are all ASCII-safe, so a byte below 0x80 is always itself. It differs from
 * psql's where a setting was changed unseen (by a function, say); so it keeps dumps from being misread, and not psql from running
 * what hides in one: that is what `RestrictedScript` is for.
 */
export class DumpLexer {
  readonly #events: DumpEvents
  #state: State = 'normal'
  #quoted = new QuotedText('string')
  readonly #line = new LineOfText()
  #depth = 0
  #data = new CopyRows()
  /** A word that ends where the next byte begins: it decides what a quote means. */
  #wordBefore = ''
  /** The last token was an E'…'; a string behind it, on another line, goes on with its escapes. */
  #isAfterEscape = false
  /** Bytes that cannot be told apart before the next chunk: at most a word. */
  #rest = Buffer.alloc(0)
  /** The bytes at hand, as text. */
  #text: string | undefined

  constructor(events: DumpEvents) {
    this.#events = events
  }

  push(chunk: Buffer): void {
    let from = 0
    // psql reads a line as C does: to its first zero byte. No dump has one, wherever it stands.
    for (let zero = chunk.indexOf(0); zero !== -1; zero = chunk.indexOf(0, from)) {
      this.#push(chunk.subarray(from, zero))
      this.#events.odd('\\0')
      from = zero + 1
    }
    this.#push(from === 0 ? chunk : chunk.subarray(from))
  }

  #push(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const done = this.#run(data, false)
    this.#rest = Buffer.from(data.subarray(done))
  }

  /** @returns what was left open at the end: undefined where the dump ended outside of everything */
  end(): Exclude<State, 'normal'> | undefined {
    this.#run(this.#rest, true)
    if (this.#state === 'line-comment' || this.#state === 'meta') this.#endLine()
    return this.#state === 'normal' || this.#state === 'long-word' ? undefined : this.#state
  }

  /** @returns how many bytes were read; those behind need more to be understood */
  #run(data: Buffer, isLast: boolean): number {
    this.#text = undefined
    let at = 0
    while (at < data.length) {
      const next = this.#step(data, at, isLast)
      if (next === WAIT) return at
      at = next
    }
    return at
  }

  #step(data: Buffer, at: number, isLast: boolean): number {
    switch (this.#state) {
      case 'normal':
        return this.#normal(data, at, isLast)
      case 'quoted':
        return this.#inQuotes(data, at, isLast)
      case 'long-word':
        return this.#longWord(data, at)
      case 'block-comment':
        return this.#blockComment(data, at, isLast)
      case 'line-comment':
      case 'meta':
      case 'copy-line':
        return this.#restOfLine(data, at, isLast)
      case 'copy':
        return this.#copy(data, at)
    }
  }

  #normal(data: Buffer, at: number, isLast: boolean): number {
    const byte = data[at] ?? 0
    if (isOf(byte, BLANK)) {
      this.#wordBefore = ''
      return endOfRun(data, at, BLANK)
    }
    if (isOf(byte, LETTER)) return this.#word(data, at, endOfRun(data, at, IN_WORD), isLast)
    if (isOf(byte, DIGIT)) return this.#word(data, at, endOfRun(data, at, IN_NUMBER), isLast)
    if (data[at + 1] === undefined && !isLast && MAY_BE_PAIR.has(byte)) return WAIT
    return this.#special(data, at, isLast)
  }

  #word(data: Buffer, at: number, end: number, isLast: boolean): number {
    if (end - at > MAX_WORD) {
      this.#events.odd(data.toString('latin1', at, at + SHOWN))
      return this.#enter('long-word', at)
    }
    if (end === data.length && !isLast) return WAIT
    const text = this.#slice(data, at, end)
    const isWord = isOf(data[at], LETTER)
    // Older and newer versions of psql differ on where `1$a$` or `1'` begins what.
    if (!isWord && (data[end] === DOLLAR || data[end] === QUOTE || data[end] === DOUBLE)) this.#events.odd(text)
    this.#tell(text, isWord)
    if (isWord) this.#wordBefore = text
    return end
  }

  /** One conversion for all words of a chunk: each has its price, whatever its length. */
  #slice(data: Buffer, at: number, end: number): string {
    this.#text ??= data.toString('latin1')
    return this.#text.slice(at, end)
  }

  #longWord(data: Buffer, at: number): number {
    const end = endOfRun(data, at, IN_WORD | IN_NUMBER)
    if (end < data.length) this.#state = 'normal'
    return end
  }

  #special(data: Buffer, at: number, isLast: boolean): number {
    const following = data[at + 1]
    switch (data[at]) {
      case DASH:
        return following === DASH ? this.#enter('line-comment', at + 2) : this.#sign(data, at)
      case SLASH:
        return following === STAR ? this.#enter('block-comment', at + 2) : this.#sign(data, at)
      case RETURN:
        return following === NEWLINE ? this.#enter('normal', at + 2) : this.#sign(data, at)
      case BACKSLASH:
        return this.#enter('meta', at)
      case SEMICOLON:
        return this.#semicolon(at + 1)
      case DOLLAR:
        return this.#dollar(data, at, isLast)
      case DOUBLE:
        return this.#open('name', at + 1)
      case QUOTE:
        return this.#string(at + 1)
      default:
        return this.#sign(data, at)
    }
  }

  #sign(data: Buffer, at: number): number {
    const byte = data[at] ?? 0
    const isQuoteNext = data[at + 1] === QUOTE || data[at + 1] === DOUBLE
    const hasEscapes = byte === AMPERSAND && isQuoteNext && /^u$/i.test(this.#wordBefore)
    if (hasEscapes) this.#events.odd('U&')
    if (isOf(byte, CONTROL)) this.#events.odd(`\\x${byte.toString(16).padStart(2, '0')}`)
    this.#tell(SIGNS[byte] ?? '', false)
    return at + 1
  }

  #tell(text: string, isWord: boolean): void {
    this.#wordBefore = ''
    this.#isAfterEscape = false
    this.#events.token(text, isWord)
  }

  #enter(state: State, at: number): number {
    this.#state = state
    this.#wordBefore = ''
    this.#depth = 1
    this.#line.clear()
    return at
  }

  #semicolon(at: number): number {
    this.#isAfterEscape = false
    return this.#enter(this.#events.semicolon() ? 'copy-line' : 'normal', at)
  }

  #open(kind: QuotedKind, at: number, tag?: Buffer): number {
    this.#quoted = new QuotedText(kind, tag)
    this.#state = 'quoted'
    return at
  }

  /** E'…' alone knows backslashes: dumps set standard_conforming_strings on, and one that sets it off is refused. */
  #string(at: number): number {
    if (this.#isAfterEscape) this.#events.odd("E'…' '…'")
    return this.#open(/^e$/i.test(this.#wordBefore) ? 'escape-string' : 'string', at)
  }

  #dollar(data: Buffer, at: number, isLast: boolean): number {
    // A number (`$1`) is a parameter, not a tag.
    const end = isOf(data[at + 1], DIGIT) ? at + 1 : endOfRun(data, at + 1, IN_TAG)
    if (end === data.length && !isLast && end - at <= MAX_WORD) return WAIT
    if (data[end] !== DOLLAR || end - at > MAX_WORD) return this.#sign(data, at)
    return this.#open('dollar', end + 1, Buffer.from(data.subarray(at, end + 1)))
  }

  #inQuotes(data: Buffer, at: number, isLast: boolean): number {
    const next = this.#quoted.read(data, at, isLast)
    const { text, kind } = this.#quoted
    if (text === undefined) return next ?? WAIT
    this.#state = 'normal'
    this.#tell(text, false)
    this.#isAfterEscape = kind === 'escape-string'
    return next ?? WAIT
  }

  #blockComment(data: Buffer, at: number, isLast: boolean): number {
    const byte = data[at]
    const following = data[at + 1]
    if (following === undefined && !isLast) return WAIT
    if (byte === SLASH && following === STAR) {
      this.#depth += 1
      return at + 2
    }
    if (byte !== STAR || following !== SLASH) return at + 1
    this.#depth -= 1
    if (this.#depth === 0) this.#state = 'normal'
    return at + 2
  }

  #restOfLine(data: Buffer, at: number, isLast: boolean): number {
    const next = this.#line.read(data, at, isLast)
    if (this.#line.isWhole) this.#endLine()
    return next ?? WAIT
  }

  #endLine(): void {
    const { text, isCut, hasReturn } = this.#line
    const state = this.#state
    this.#state = 'normal'
    if (state === 'line-comment') {
      // psql's comment ends there, and what follows is read.
      if (hasReturn) this.#events.odd(`--${text.slice(0, SHOWN)}`)
      this.#events.comment(text)
    } else if (state === 'meta') {
      if (isCut) this.#events.odd(text.slice(0, SHOWN))
      else this.#events.metaCommand(text)
    } else {
      if (text !== '' || isCut) this.#events.odd(`COPY …;${text.slice(0, SHOWN)}`)
      this.#data = new CopyRows()
      this.#state = 'copy'
    }
  }

  #copy(data: Buffer, at: number): number {
    const end = this.#data.read(data, at)
    if (end === undefined) return data.length
    this.#state = 'normal'
    this.#events.rows(this.#data.rows)
    return end
  }
}
