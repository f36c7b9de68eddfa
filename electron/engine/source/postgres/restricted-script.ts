/** A text dump as psql gets it: behind a restriction of our own, under which psql itself refuses to run commands (faults.md D18, CVE-2025-8714). */
import { UnrestrictGuard } from './unrestrict-guard.ts'

/** Lines of a header are comments of a few words. */
const MAX_LINE = 4096
/** The end of a dump is its `\unrestrict` and two line breaks. */
const MAX_END = 1024
const NEWLINE = 0x0a

const COMMENT_OR_BLANK = /^(?:--|[ \t\f]*\r?$)/
const RESTRICT = /^\\restrict ([A-Za-z0-9]{1,100})\r?$/
/**
 * psql puts these variables into the text where a dump names them (`:DBNAME`), and reads them as its own lines. They are what a
 * server or a database may call itself, so they could hold a command.
 */
const FOREIGN_VARIABLES = [
  'DBNAME',
  'USER',
  'HOST',
  'PORT',
  'SERVICE',
  'ENCODING',
  'SERVER_VERSION_NAME',
  'SERVER_VERSION_NUM',
  'LAST_ERROR_MESSAGE',
]

/**
 * Newer versions of pg_dump write a `\restrict` into the dump's header and the `\unrestrict` of the same token at its end. Within our
 * own restriction both would be errors, so these two lines are left out; all other bytes are handed on as they are. What a
 * token restricts can be guessed by nobody who wrote the dump.
 */
export class RestrictedScript {
  /** What psql has to read before the dump. */
  readonly beginning: Buffer
  readonly #guard = new UnrestrictGuard()
  #end: Buffer | undefined
  #place: 'header' | 'body' | 'plain' = 'header'
  /** Bytes not yet handed on: the beginning of a header's line, or what may be the end. */
  #held = Buffer.alloc(0)
  #isLineBegin = true

  /** @param token random: letters and digits */
  constructor(token: string) {
    const unset = FOREIGN_VARIABLES.map((name) => `\\unset ${name}\n`)
    this.beginning = Buffer.from(`${unset.join('')}\\restrict ${token}\n`)
  }

  /** @returns what psql may read now, or the beginning of what it must never read */
  push(chunk: Buffer): Buffer | string {
    return this.#checked(this.#place === 'plain' ? chunk : this.#passing(Buffer.concat([this.#held, chunk])))
  }

  /** @returns the rest, as `push` */
  end(): Buffer | string {
    const rest = this.#held
    this.#held = Buffer.alloc(0)
    return this.#checked(this.#isEnd(rest) ? Buffer.alloc(0) : rest)
  }

  #checked(bytes: Buffer): Buffer | string {
    return this.#guard.push(bytes) ?? bytes
  }

  #passing(data: Buffer): Buffer {
    this.#held = Buffer.alloc(0)
    if (this.#place === 'body') return this.#body(data)
    for (let at = 0; ;) {
      const lineEnd = data.indexOf('\n', at)
      const line = data.subarray(at, lineEnd === -1 ? data.length : lineEnd)
      if (lineEnd === -1 && line.length <= MAX_LINE) {
        this.#held = Buffer.from(line)
        return data.subarray(0, at)
      }
      if (this.#isOwnRestriction(line))
        return Buffer.concat([data.subarray(0, at), this.#body(data.subarray(lineEnd + 1))])
      if (this.#place === 'plain') return data
      at = lineEnd + 1
    }
  }

  /** Whether a line of the header is the dump's `\restrict`; what is none of a header ends it. */
  #isOwnRestriction(line: Buffer): boolean {
    const text = line.toString('latin1', 0, MAX_LINE + 1)
    if (text.length <= MAX_LINE && COMMENT_OR_BLANK.test(text)) return false
    const token = RESTRICT.exec(text)?.[1]
    this.#place = token === undefined ? 'plain' : 'body'
    if (token !== undefined) this.#end = Buffer.from(`\\unrestrict ${token}`)
    return token !== undefined
  }

  /** All but what may be the end, which is held until something else follows it. */
  #body(data: Buffer): Buffer {
    const end = this.#mayBeEnd(data)
    const passed = data.subarray(0, end)
    this.#held = Buffer.from(data.subarray(end))
    if (passed.length > 0) this.#isLineBegin = passed.at(-1) === NEWLINE
    return passed
  }

  /** Where the first of the last lines begins that is, or may become, the end. */
  #mayBeEnd(data: Buffer): number {
    const isLong = data.length > MAX_END
    let begin = this.#isLineBegin && !isLong ? 0 : nextLine(data, isLong ? data.length - MAX_END : 0)
    for (; begin < data.length; begin = nextLine(data, begin)) {
      const line = data.subarray(begin)
      if (this.#isEnd(line) || this.#end?.subarray(0, line.length).equals(line) === true) break
    }
    return begin
  }

  #isEnd(bytes: Buffer): boolean {
    const length = this.#end?.length ?? 0
    if (length === 0 || bytes.length < length || this.#end?.equals(bytes.subarray(0, length)) !== true) return false
    return /^(?:\r?\n\s*|\r?)$/.test(bytes.toString('latin1', length))
  }
}

function nextLine(data: Buffer, at: number): number {
  const end = data.indexOf('\n', at)
  return end === -1 ? data.length : end + 1
}
