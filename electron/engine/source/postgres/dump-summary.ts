/** What a plain SQL dump holds, counted while it streams by: rows per table, large objects, roles, and whether it came to its end. */
import { copyTarget, encodingSet, isOddStatement, readsRows } from './dump-rules.ts'
import { DumpLexer } from './dump-lexer.ts'
import { decoderFor } from './encodings.ts'
import { Statement } from './statement.ts'

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
const MAX_ODDITIES = 20
const SHOWN = 80

export class DumpCounter {
  readonly #tables = new Map<string, number>()
  readonly #oddities: string[] = []
  readonly #statement = new Statement()
  readonly #lexer = new DumpLexer({
    token: (text, isWord) => this.#token(text, isWord),
    semicolon: () => this.#semicolon(),
    rows: (count) => this.#rows(count),
    comment: (text) => this.#comment(text),
    metaCommand: (text) => this.#metaCommand(text),
    odd: (text) => this.#odd(text),
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
    const isOpen = this.#lexer.end() !== undefined
    return {
      tables: this.#tables,
      largeObjects: this.#largeObjects,
      roles: this.#roles,
      tablespaces: this.#tablespaces,
      isComplete: this.#isComplete && !isOpen && this.#restriction === undefined,
      oddities: this.#oddities,
    }
  }

  #token(text: string, isWord: boolean): void {
    this.#isComplete = false
    this.#statement.add(text, isWord)
  }

  #semicolon(): boolean {
    const statement = this.#statement
    this.#isComplete = false
    if (statement.isNested) {
      statement.add(';', false)
      return false
    }
    const { tokens } = statement
    if (tokens.length > 0) this.#ended(statement)
    const rowsFollow = readsRows(tokens)
    statement.clear()
    return rowsFollow
  }

  #ended(statement: Statement): void {
    const { first, tokens } = statement
    if (isOddStatement(statement)) this.#odd(statement.shown())
    if (first === 'copy') this.#beginTable(tokens)
    else if (first === 'select' && isCall(tokens, 'lo_create')) this.#largeObjects += 1
    else if (first === 'create' && isWord(tokens[1], 'role')) this.#roles += 1
    else if (first === 'create' && isWord(tokens[1], 'tablespace')) this.#tablespaces += 1
    else if (first === 'set') this.#decode = decoderForSet(tokens) ?? this.#decode
  }

  #beginTable(tokens: readonly string[]): void {
    const [schema, table] = copyTarget(tokens) ?? ['', '']
    this.#table = table === '' ? '' : tableName(this.#name(schema), this.#name(table))
    if (this.#tables.has(this.#table)) this.#odd(`COPY ${this.#table}, COPY ${this.#table}`)
  }

  /** A name as it stands in the text, in the dump's encoding. */
  #name(token: string): string {
    const name = this.#decode(Buffer.from(token, 'latin1'))
    return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
  }

  #rows(count: number): void {
    this.#tables.set(this.#table, (this.#tables.get(this.#table) ?? 0) + count)
  }

  #comment(text: string): void {
    if (COMPLETE.test(text) && this.#statement.tokens.length === 0) this.#isComplete = true
  }

  #metaCommand(text: string): void {
    const [, isEnd, token] = RESTRICTION.exec(text) ?? []
    const isBegin = isEnd === undefined
    const fits = isBegin ? this.#restriction === undefined : token === this.#restriction
    if (token === undefined || !fits || this.#statement.tokens.length > 0) this.#odd(text)
    else this.#restriction = isBegin ? token : undefined
  }

  #odd(text: string): void {
    if (this.#oddities.length < MAX_ODDITIES)
      this.#oddities.push(this.#decode(Buffer.from(text.slice(0, SHOWN), 'latin1')))
  }
}

function isCall(tokens: readonly string[], name: string): boolean {
  return isWord(tokens[1], 'pg_catalog') && tokens[2] === '.' && isWord(tokens[3], name) && tokens[4] === '('
}

function isWord(token: string | undefined, word: string): boolean {
  return token?.toLowerCase() === word
}

function decoderForSet(tokens: readonly string[]): ReturnType<typeof decoderFor> | undefined {
  const encoding = encodingSet(tokens)
  return encoding === undefined ? undefined : decoderFor(encoding)
}

/** `schema.table`, each quoted by SQL's rule where it is more than a plain lower-case word: one spelling for dump and catalogue. */
export function tableName(schema: string, name: string): string {
  return `${quote(schema)}.${quote(name)}`
}

function quote(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}
