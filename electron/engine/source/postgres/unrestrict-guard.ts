/** Finds what a restricted psql would still run: a shell command in backticks behind `\unrestrict`, and a zero byte that may hide one. */

const COMMAND = Buffer.from('\\unrestrict')
/** The longest character of an encoding that hides a backslash within it (GB18030). */
const MAX_CHARACTER = 4
const TAIL = COMMAND.length - 1 + MAX_CHARACTER

const NEWLINE = 0x0a
const BACKSLASH = 0x5c
const BACKTICK = 0x60
/** What ends an argument; psql before 16 takes a vertical tab for a part of it. */
const ENDS: ReadonlySet<number> = new Set([...Buffer.from(' \t\r\f\n\\')])
const BLANKS: ReadonlySet<number> = new Set([...Buffer.from(' \t\r\f\v')])
const QUOTES: ReadonlySet<number> = new Set([...Buffer.from(`'"`)])

type State = 'text' | 'command' | 'blank' | 'argument' | 'quoted'

/**
 * psql before 15.19 (and its kin of that time) runs what stands in backticks in the argument of `\unrestrict`, whatever the token; it
 * reads a line as C does, to its first zero byte. Where psql is within rows or a string is not asked, since that can be feigned: one
 * such line anywhere is too much. Bounded memory, whatever a line's length.
 */
export class UnrestrictGuard {
  #state: State = 'text'
  #tail = Buffer.alloc(0)

  /** @returns the beginning of what was found; the chunk must not reach psql */
  push(chunk: Buffer): string | undefined {
    if (chunk.includes(0)) return '\\0'
    const data = Buffer.concat([this.#tail, chunk])
    const begun = this.#tail.length
    let at = this.#state === 'text' ? Math.max(0, begun - COMMAND.length + 1) : begun
    while (at < data.length) {
      if (this.#state === 'text') at = this.#search(data, at)
      else if (data[at] === BACKTICK && this.#state !== 'command') return `${COMMAND.toString()} \``
      else at = this.#follow(data[at] ?? 0, at)
    }
    this.#tail = Buffer.from(data.subarray(-TAIL))
    return undefined
  }

  #search(data: Buffer, at: number): number {
    const found = data.indexOf(COMMAND, at)
    if (found === -1) return data.length
    if (!isEscaped(data, found)) this.#state = 'command'
    return found + COMMAND.length
  }

  #follow(byte: number, at: number): number {
    this.#state = this.#next(byte)
    // What ends a command may begin another.
    return this.#state === 'text' ? at : at + 1
  }

  #next(byte: number): State {
    if (byte === NEWLINE) return 'text'
    if (this.#state === 'quoted') return 'quoted'
    if (this.#state !== 'argument' && BLANKS.has(byte)) return 'blank'
    if (this.#state === 'command' || ENDS.has(byte)) return 'text'
    return QUOTES.has(byte) ? 'quoted' : 'argument'
  }
}

/**
 * The rows of a dump write each backslash twice. The first of two is a command without a name to psql, which ends it there, unless
 * it is a part of a character (SJIS and others), which begins with a byte above 0x7f.
 */
function isEscaped(data: Buffer, at: number): boolean {
  if (data[at - 1] !== BACKSLASH) return false
  return data.subarray(Math.max(0, at - MAX_CHARACTER), at - 1).every((byte) => byte < 0x80)
}
