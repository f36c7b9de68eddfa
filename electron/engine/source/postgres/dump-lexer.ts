/** Splits a plain SQL dump, while it streams by, into what psql would make of it: statements, rows of COPY data, comments, meta-commands. */

import { CopyRows } from './copy-rows.ts'
import { Growing } from './growing.ts'
import {
  BACKSLASH,
  DASH,
  DOLLAR,
  DOUBLE,
  NEWLINE,
  QUOTE,
  SEMICOLON,
  SLASH,
  SPACE,
  STAR,
  isBlank,
  isWordByte,
} from './sql-bytes.ts'

/** What the lexer tells; statements only where their first word is wanted, since a large object's is as long as the object. */
export interface DumpEvents {
  /** A statement without its `;`, comments left out, in the dump's encoding; quoted parts as they stand. */
  statement(text: Buffer): void
  /** Rows of the COPY block that the last statement began; told once, at its end. */
  rows(count: number): void
  /** A comment of one line, without `--`. */
  comment(text: string): void
  /** A line that psql would run itself (`\!`, `\connect`), backslash included. */
  metaCommand(text: string): void
  /** The beginning of a meta-command, a COPY or a SET that is too long to be looked at whole. */
  tooLong(text: string): void
}

/** First words of the statements that are told. */
const WANTED = /^(?:copy|set|select|create)\b/i
/** As long as a first word may be until it is known whether the statement is wanted. */
const FIRST_WORD = 12
/** COPY with 1,600 columns of 63 bytes, quoted, stays below; what is longer is no statement that is looked for. */
const MAX_STATEMENT = 1024 * 1024
const MAX_LINE = 4096

/** Bytes that mean something else with the one that follows. */
const MAY_BE_PAIR: ReadonlySet<number> = new Set([DASH, SLASH, DOLLAR])
/** A dollar quote's tag is an identifier: at most 63 bytes, and its two dollars. */
const MAX_TAG = 65
/** What a step returns where the next bytes decide. */
const WAIT = -1

/** Bytes at which something may begin or end outside of quotes; all others are taken in runs. */
const SPECIAL = new Uint8Array(256)
for (const byte of [NEWLINE, QUOTE, DOUBLE, DOLLAR, DASH, SLASH, SEMICOLON, BACKSLASH]) SPECIAL[byte] = 1

type State =
  'normal' | 'string' | 'escape-string' | 'identifier' | 'dollar' | 'line-comment' | 'block-comment' | 'meta' | 'copy'

/**
 * A byte-wise reading by psql's rules: server encodings are all ASCII-safe, so a byte below 0x80 is always itself. Where a dump
 * is no plain dump the reading may differ from psql's; then it ends in a state other than `normal`, or tells a meta-command.
 */
export class DumpLexer {
  readonly #events: DumpEvents
  #state: State = 'normal'
  #statement = new Growing(MAX_STATEMENT)
  #isWanted: boolean | undefined
  #line = new Growing(MAX_LINE)
  #tag = Buffer.alloc(0)
  #depth = 0
  #data = new CopyRows()
  /** COPY data begins behind the end of the line that holds the `;`. */
  #copyFollows = false
  /** The last two bytes taken: they decide whether a quote or a dollar belongs to a word. */
  #last = SPACE
  #beforeLast = SPACE
  /** Bytes that cannot be told apart before the next chunk: a few. */
  #rest = Buffer.alloc(0)

  constructor(events: DumpEvents) {
    this.#events = events
  }

  push(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const done = this.#run(data, false)
    this.#rest = Buffer.from(data.subarray(done))
  }

  /** @returns what was left open at the end: undefined where the dump ended outside of everything */
  end(): Exclude<State, 'normal'> | 'statement' | undefined {
    this.#run(this.#rest, true)
    if (this.#state === 'line-comment' || this.#state === 'meta') this.#endLine()
    if (this.#state !== 'normal') return this.#state
    return this.#statement.text().trim() === '' ? undefined : 'statement'
  }

  /** @returns how many bytes were read; those behind need more to be understood */
  #run(data: Buffer, isLast: boolean): number {
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
      case 'string':
        return this.#until(data, at, QUOTE)
      case 'identifier':
        return this.#until(data, at, DOUBLE)
      case 'escape-string':
        return this.#escapeString(data, at, isLast)
      case 'dollar':
        return this.#dollar(data, at, isLast)
      case 'block-comment':
        return this.#blockComment(data, at, isLast)
      case 'line-comment':
      case 'meta':
        return this.#restOfLine(data, at)
      case 'copy':
        return this.#copy(data, at)
    }
  }

  #normal(data: Buffer, at: number, isLast: boolean): number {
    let end = at
    while (end < data.length && SPECIAL[data[end] ?? 0] === 0) end += 1
    if (end > at) return this.#take(data, at, end)
    const isWhole = data[at + 1] !== undefined || isLast || !MAY_BE_PAIR.has(data[at] ?? 0)
    return isWhole ? this.#special(data, at, isLast) : WAIT
  }

  #special(data: Buffer, at: number, isLast: boolean): number {
    const byte = data[at]
    const following = data[at + 1]
    switch (byte) {
      case DASH:
        return following === DASH ? this.#enter('line-comment', at + 2) : this.#take(data, at, at + 1)
      case SLASH:
        return following === STAR ? this.#beginComment(at + 2) : this.#take(data, at, at + 1)
      case BACKSLASH:
        return this.#enter('meta', at)
      case SEMICOLON:
        return this.#endStatement(at + 1)
      case DOLLAR:
        return this.#maybeDollar(data, at, isLast)
      case DOUBLE:
        return this.#enter('identifier', this.#take(data, at, at + 1))
      case QUOTE:
        return this.#enter(this.#stringState(), this.#take(data, at, at + 1))
      default:
        return this.#copyFollows ? this.#beginData(at + 1) : this.#take(data, at, at + 1)
    }
  }

  /** E'…' alone knows backslashes: dumps set standard_conforming_strings on, and one that sets it off is refused. */
  #stringState(): State {
    const isEscape = (this.#last === 0x45 || this.#last === 0x65) && !isWordByte(this.#beforeLast)
    return isEscape ? 'escape-string' : 'string'
  }

  #beginComment(at: number): number {
    this.#depth = 1
    return this.#enter('block-comment', at)
  }

  #beginData(at: number): number {
    this.#copyFollows = false
    this.#data = new CopyRows()
    return this.#enter('copy', at)
  }

  #enter(state: State, at: number): number {
    this.#state = state
    this.#line.clear()
    return at
  }

  /** A doubled quote ends one string and begins the next: the same in the end. */
  #until(data: Buffer, at: number, quote: number): number {
    const end = data.indexOf(quote, at)
    this.#take(data, at, end === -1 ? data.length : end + 1)
    if (end === -1) return data.length
    this.#state = 'normal'
    return end + 1
  }

  #escapeString(data: Buffer, at: number, isLast: boolean): number {
    const byte = data[at] ?? 0
    const following = data[at + 1]
    if (following === undefined && !isLast) return WAIT
    if (byte === BACKSLASH || (byte === QUOTE && following === QUOTE)) {
      return this.#take(data, at, Math.min(at + 2, data.length))
    }
    if (byte === QUOTE) this.#state = 'normal'
    return this.#take(data, at, at + 1)
  }

  #maybeDollar(data: Buffer, at: number, isLast: boolean): number {
    const isInName = isWordByte(this.#last)
    const end = data.indexOf(DOLLAR, at + 1)
    if (!isInName && end === -1 && !isLast && data.length - at < MAX_TAG) return WAIT
    const tag = end === -1 || isInName ? '' : data.toString('latin1', at, end + 1)
    // A number (`$1`) is a parameter, not a tag.
    if (!/^\$(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?\$$/.test(tag)) return this.#take(data, at, at + 1)
    this.#tag = Buffer.from(tag, 'latin1')
    this.#state = 'dollar'
    return end + 1
  }

  #dollar(data: Buffer, at: number, isLast: boolean): number {
    const end = data.indexOf(this.#tag, at)
    if (end !== -1) {
      this.#state = 'normal'
      return end + this.#tag.length
    }
    if (isLast) return data.length
    const kept = data.length - this.#tag.length + 1
    return kept > at ? kept : WAIT
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

  #restOfLine(data: Buffer, at: number): number {
    const end = data.indexOf(NEWLINE, at)
    this.#line.add(data.subarray(at, end === -1 ? data.length : end))
    if (end === -1) return data.length
    this.#endLine()
    // The newline stays: behind a COPY statement it opens the data.
    return end
  }

  #endLine(): void {
    const text = this.#line.text().trimEnd()
    if (this.#state === 'meta' && this.#line.isFull) this.#events.tooLong(text)
    else if (this.#state === 'meta') this.#events.metaCommand(text)
    else this.#events.comment(text)
    this.#state = 'normal'
    this.#line.clear()
  }

  #endStatement(at: number): number {
    const bytes = this.#statement.bytes()
    const text = bytes.toString('latin1').trim()
    this.#statement.clear()
    // Shorter than a first word's limit: nobody has looked yet.
    this.#isWanted ??= WANTED.test(text)
    this.#last = SPACE
    if (this.#isWanted) this.#events.statement(bytes)
    this.#copyFollows = this.#isWanted && /^copy\b[^]*\bfrom\s+stdin$/i.test(text)
    this.#isWanted = undefined
    return at
  }

  #copy(data: Buffer, at: number): number {
    const end = this.#data.read(data, at)
    if (end === undefined) return data.length
    this.#state = 'normal'
    this.#events.rows(this.#data.rows)
    return end
  }

  /** A large object is as long as it likes; COPY and SET decide how psql reads on. */
  #passOver(): void {
    const text = this.#statement.text().trimStart()
    if (this.#isWanted === true && /^(?:copy|set)\b/i.test(text)) this.#events.tooLong(text)
    this.#isWanted = false
  }

  /** Adds to the statement, if it is one that may be wanted. @returns `end` */
  #take(data: Buffer, start: number, end: number): number {
    this.#beforeLast = end - start > 1 ? (data[end - 2] ?? SPACE) : this.#last
    this.#last = data[end - 1] ?? SPACE
    if (this.#isWanted === false) return end
    const bytes = data.subarray(start, end)
    if (this.#statement.length === 0 && isBlank(bytes)) return end
    this.#statement.add(bytes)
    if (this.#isWanted === undefined && this.#statement.length >= FIRST_WORD)
      this.#isWanted = WANTED.test(this.#statement.text().trimStart())
    if (this.#statement.isFull) this.#passOver()
    return end
  }
}
