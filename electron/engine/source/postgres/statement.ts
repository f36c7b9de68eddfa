/** One statement of a dump, token by token: what it begins with, and whether a `;` ends it. */

/** COPY with 1,600 columns of 63 bytes, quoted, stays below; what is longer is no statement of a dump. */
const MAX_BYTES = 1024 * 1024
/** Enough to know what it is; COPY and SET are needed whole. */
const USUAL = 24
/** The beginnings of `CREATE OR REPLACE FUNCTION` and its kin, by initials. */
const ROUTINES = ['cf', 'cp', 'corf', 'corp']
const INITIALS: ReadonlySet<string> = new Set(['create', 'or', 'replace', 'function', 'procedure'])
const SETTING = /^"?set_config"?$/i
const SETTING_LENGTH = 'set_config'.length

export class Statement {
  /** Names and strings with their quotes, the rest as it stands; of most statements the first ones. */
  tokens: string[] = []
  /** The word set_config, however quoted, stands in it. */
  hasSetting = false
  #bytes = 0
  #parentheses = 0
  /** Open BEGIN and CASE of a routine's body. */
  #begun = 0
  #words = 0
  #initials = ''
  #isRoutine = false

  /** In lower case. */
  first = ''

  /** A COPY or SET that cannot be looked at whole. */
  get isTooLong(): boolean {
    return this.#bytes > MAX_BYTES
  }

  /** Its `;` stands within parentheses (a rule's statements) or BEGIN … END. Source: PostgreSQL, psqlscan.l. */
  get isNested(): boolean {
    return this.#parentheses > 0 || this.#begun > 0
  }

  add(token: string, isWord: boolean): void {
    if (isWord) this.#word(token)
    else if (token === '(') this.#parentheses += 1
    else if (token === ')') this.#parentheses = Math.max(0, this.#parentheses - 1)
    if (token.length >= SETTING_LENGTH && SETTING.test(token)) this.hasSetting = true
    if (this.tokens.length === 0) this.first = token.toLowerCase()
    if (this.tokens.length >= USUAL && this.first !== 'copy' && this.first !== 'set') return
    this.#bytes += this.tokens.length === 0 ? 0 : token.length + 1
    if (!this.isTooLong) this.tokens.push(token)
  }

  clear(): void {
    this.tokens = []
    this.hasSetting = false
    this.#bytes = this.#parentheses = this.#begun = this.#words = 0
    this.#initials = this.first = ''
    this.#isRoutine = false
  }

  shown(): string {
    return this.tokens.slice(0, USUAL).join(' ')
  }

  /** psql's own rule, which knows BEGIN ATOMIC by the statement's first words. */
  #word(word: string): void {
    this.#words += 1
    if (this.#words <= 4) {
      const lower = word.toLowerCase()
      this.#initials += INITIALS.has(lower) ? lower.charAt(0) : '.'
      this.#isRoutine ||= ROUTINES.includes(this.#initials)
    }
    if (!this.#isRoutine || this.#parentheses > 0) return
    if (/^begin$/i.test(word) || (/^case$/i.test(word) && this.#begun > 0)) this.#begun += 1
    else if (/^end$/i.test(word)) this.#begun = Math.max(0, this.#begun - 1)
  }
}
