/** What a plain SQL dump holds, counted while it streams by: rows per table, large objects, roles, and whether it came to its end. */
import { decoderFor } from './encodings.ts'
import { DumpLexer } from './dump-lexer.ts'

export interface DumpSummary {
  /** Rows by table, as `tableName` writes it. */
  readonly tables: ReadonlyMap<string, number>
  readonly largeObjects: number
  readonly roles: number
  readonly tablespaces: number
  /** Its last comment was seen, nothing stands behind it, and nothing is left open. */
  readonly isComplete: boolean
  /** The beginnings of what no dump holds and psql would run or read otherwise; a dump with one must not reach psql. */
  readonly oddities: readonly string[]
}

/** The last comment that pg_dump and pg_dumpall write (faults.md M7); 15.18 and later add `\unrestrict TOKEN` behind it. */
const COMPLETE = /^ PostgreSQL database (?:cluster )?dump complete$/
/** The only meta-commands of a dump (CVE-2025-8714): both forbid all others to a psql that knows them. */
const RESTRICTION = /^\\(un)?restrict ([A-Za-z0-9]{1,100})$/
/**
 * Client encodings in which a second byte may be `\` or `'`: psql and a byte-wise reader would then differ. No server
 * uses them, so no dump in its database's own encoding names one.
 */
const UNSAFE_ENCODING =
  /^(?:big5|gbk|gb18030|johab|sjis|shift_jis_2004|shiftjis2004|mskanji|win932|windows932|win936|windows936|win949|windows949|win950|windows950|uhc)$/i
/** The same settings can be made by a function; a dump makes one of them so. */
const SET_CONFIG = /\bset_config\b/i
const SEARCH_PATH = /^select\s+pg_catalog\.set_config\('search_path',\s*'[^']*',\s*false\)$/i
const MAX_ODDITIES = 20

const IDENTIFIER = `(?:"(?:[^"]|"")*"|[^\\s".(]+)`
const COPY = new RegExp(`^copy\\s+(${IDENTIFIER})\\s*\\.\\s*(${IDENTIFIER})\\s*(?:\\(|from\\s)`, 'i')
const SETTING = /^set\s+(?:session\s+|local\s+)?([a-z_.]+)\s*(?:=|to)\s*'?([^']*?)'?$/i

export class DumpCounter {
  readonly #tables = new Map<string, number>()
  readonly #oddities: string[] = []
  readonly #lexer = new DumpLexer({
    statement: (bytes) => this.#statement(this.#decode(bytes).trim()),
    rows: (count) => this.#rows(count),
    comment: (text) => this.#comment(text),
    metaCommand: (text) => this.#metaCommand(text),
    tooLong: (text) => this.#odd(text),
  })
  #decode = decoderFor('UTF8')
  #table = ''
  #largeObjects = 0
  #roles = 0
  #tablespaces = 0
  #isComplete = false
  /** The token of the restriction that is still to be lifted. */
  #restriction: string | undefined

  /** So far. */
  get oddities(): readonly string[] {
    return this.#oddities
  }

  push(chunk: Buffer): void {
    this.#lexer.push(chunk)
  }

  end(): DumpSummary {
    const open = this.#lexer.end()
    return {
      tables: this.#tables,
      largeObjects: this.#largeObjects,
      roles: this.#roles,
      tablespaces: this.#tablespaces,
      isComplete: this.#isComplete && open === undefined && this.#restriction === undefined,
      oddities: this.#oddities,
    }
  }

  #statement(text: string): void {
    this.#isComplete = false
    if (/^copy\b/i.test(text)) this.#beginTable(text)
    else if (/^select\s+pg_catalog\.lo_create\b/i.test(text)) this.#largeObjects += 1
    else if (/^create\s+role\b/i.test(text)) this.#roles += 1
    else if (/^create\s+tablespace\b/i.test(text)) this.#tablespaces += 1
    else if (SET_CONFIG.test(text) && !SEARCH_PATH.test(text)) this.#odd(text)
    else this.#setting(text)
  }

  #beginTable(text: string): void {
    const [, schema, name] = COPY.exec(text) ?? []
    this.#table = schema === undefined || name === undefined ? '' : tableName(unquote(schema), unquote(name))
    if (this.#table === '' || !/\bfrom\s+stdin$/i.test(text)) this.#odd(text)
  }

  #rows(count: number): void {
    this.#tables.set(this.#table, (this.#tables.get(this.#table) ?? 0) + count)
  }

  /** Settings that would make psql read the rest otherwise than it is read here. */
  #setting(text: string): void {
    const [, name = '', value = ''] = SETTING.exec(text) ?? []
    const isOdd =
      (/^standard_conforming_strings$/i.test(name) && !/^on$/i.test(value)) ||
      (/^client_encoding$/i.test(name) && UNSAFE_ENCODING.test(value))
    if (isOdd) this.#odd(text)
    else if (/^client_encoding$/i.test(name)) this.#decode = decoderFor(value)
  }

  #comment(text: string): void {
    if (COMPLETE.test(text)) this.#isComplete = true
  }

  #metaCommand(text: string): void {
    const [, isEnd, token] = RESTRICTION.exec(text) ?? []
    if (token === undefined) this.#odd(text)
    else if (isEnd === undefined) this.#restriction = token
    else if (token === this.#restriction) this.#restriction = undefined
  }

  #odd(text: string): void {
    if (this.#oddities.length < MAX_ODDITIES) this.#oddities.push(text.slice(0, 80))
  }
}

/** `schema.table`, each quoted by SQL's rule where it is more than a plain lower-case word: one spelling for dump and catalogue. */
export function tableName(schema: string, name: string): string {
  return `${quote(schema)}.${quote(name)}`
}

function quote(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}
