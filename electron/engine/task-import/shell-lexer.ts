/** Takes texts of sh and PowerShell apart into words, operators and redirections, with variables as far as they are known. */
import { UNKNOWN } from './step.ts'

export type Token =
  | { readonly t: 'word'; readonly text: string; readonly isQuoted: boolean; readonly line: number }
  | { readonly t: 'op'; readonly op: string; readonly line: number }
  | { readonly t: 'redirect'; readonly kind: 'output' | 'append' | 'errors' | 'input' }
  /** Somebody looks at how the last program ended. */
  | { readonly t: 'look' }

export interface Lexing {
  readonly isPowerShell: boolean
  /** A variable's value now; undefined where it is not known. */
  value(name: string): string | undefined
  /** What a substitution amounts to, where that is known: the folder of the script. */
  substitute(text: string): string | undefined
}

const OPERATORS = /^(\|\||&&|;;|[|;&\n(){}])/
const REDIRECTIONS: readonly (readonly [RegExp, 'output' | 'append' | 'errors' | 'input' | 'none'])[] = [
  [/^\d?>&\d/, 'none'],
  [/^2>>?/, 'errors'],
  [/^(&|\*)>>?/, 'output'],
  [/^1?>>/, 'append'],
  [/^1?>\|?/, 'output'],
  [/^<(?!<)/, 'input'],
]

/** Lazily: what the reader of the tokens assigns is known to the words that follow. Never longer than the text. */
export function* lex(text: string, lexing: Lexing): Generator<Token, void, undefined> {
  const lexer = new Lexer(text, lexing)
  for (;;) {
    const tokens = lexer.next()
    if (tokens === undefined) return
    yield* tokens
  }
}

class Lexer {
  readonly #text: string
  readonly #lexing: Lexing
  #at = 0
  #line = 0
  #pending: string[] = []

  constructor(text: string, lexing: Lexing) {
    this.#text = text
    this.#lexing = lexing
  }

  next(): readonly Token[] | undefined {
    this.#skip()
    if (this.#at >= this.#text.length) return undefined
    const rest = this.#text.slice(this.#at, this.#at + 8)
    const document = this.#document(rest)
    if (document) return []
    for (const [pattern, kind] of REDIRECTIONS) {
      const found = pattern.exec(rest)
      if (found === null) continue
      this.#at += found[0].length
      return kind === 'none' ? [] : [{ t: 'redirect', kind }]
    }
    const op = OPERATORS.exec(rest)?.[0]
    // In PowerShell a lone `&` calls what follows.
    if (op === undefined) return this.#word()
    this.#at += op.length
    if (op === '\n') this.#newLine()
    return op === '&' && this.#lexing.isPowerShell ? [] : [{ t: 'op', op, line: this.#line }]
  }

  #skip(): void {
    const escape = this.#lexing.isPowerShell ? '`' : '\\'
    for (; this.#at < this.#text.length; this.#at += 1) {
      const char = this.#text.charAt(this.#at)
      if (char === escape && /^\r?\n/.test(this.#text.slice(this.#at + 1, this.#at + 3)))
        this.#at += this.#text.charAt(this.#at + 1) === '\r' ? 2 : 1
      else if (char === '#') this.#toLineEnd()
      else if (!/[ \t\r]/.test(char)) return
    }
  }

  #toLineEnd(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = (end === -1 ? this.#text.length : end) - 1
  }

  /** `<<EOF`: the lines up to that word are data. */
  #document(rest: string): boolean {
    if (!rest.startsWith('<<') || this.#lexing.isPowerShell) return false
    const found = /^<<<?-?\s*["'\\]?(\w{1,64})["']?/.exec(this.#text.slice(this.#at, this.#at + 80))
    if (found?.[1] !== undefined && !rest.startsWith('<<<')) this.#pending.push(found[1])
    this.#at += found?.[0].length ?? 2
    return true
  }

  #newLine(): void {
    this.#line += 1
    for (const end of this.#pending) {
      for (let isEnd = false; !isEnd && this.#at < this.#text.length; this.#line += 1) {
        const stop = this.#text.indexOf('\n', this.#at)
        isEnd = this.#text.slice(this.#at, stop === -1 ? undefined : stop).trim() === end
        this.#at = stop === -1 ? this.#text.length : stop + 1
      }
    }
    this.#pending = []
  }

  /** `$name =`: the name itself, not its value. */
  #assigned(): readonly Token[] | undefined {
    if (!this.#lexing.isPowerShell) return undefined
    const found = /^\$(?:env:|script:|global:)?(\w{1,64})[ \t]*=(?!=)/i.exec(this.#text.slice(this.#at, this.#at + 100))
    if (found?.[1] === undefined) return undefined
    this.#at += found[0].length
    return [found[1], '='].map((text) => ({ t: 'word', text, isQuoted: false, line: this.#line }))
  }

  #word(): readonly Token[] {
    const assigned = this.#assigned()
    if (assigned !== undefined) return assigned
    const start = this.#at
    // What means nothing here (`<<` in PowerShell) is passed over, or it would be met for ever.
    if (this.#isEnd(start)) {
      this.#at += 1
      return []
    }
    const parts: string[] = []
    let isQuoted = false
    while (this.#at < this.#text.length && !this.#isEnd(start)) {
      isQuoted ||= /["']/.test(this.#text.charAt(this.#at))
      parts.push(this.#part())
    }
    const word: Token = { t: 'word', text: parts.join('').replaceAll(LOOK, UNKNOWN), isQuoted, line: this.#line }
    return parts.includes(LOOK) ? [{ t: 'look' }, word] : [word]
  }

  #isEnd(start: number): boolean {
    const char = this.#text.charAt(this.#at)
    return /[\s|;&<>()]/.test(char) || (/[{}]/.test(char) && this.#at === start)
  }

  #part(): string {
    const char = this.#text.charAt(this.#at)
    if (char === "'" || char === '"') return this.#quoted(char)
    const isDollar = char === '$' || (char === '`' && !this.#lexing.isPowerShell)
    return isDollar ? this.#dollar(char) : this.#escaped(char)
  }

  #escaped(char: string): string {
    const isEscape = char === (this.#lexing.isPowerShell ? '`' : '\\')
    this.#at += isEscape ? 2 : 1
    return isEscape ? this.#text.charAt(this.#at - 1) : char
  }

  #quoted(quote: string): string {
    let text = ''
    this.#at += 1
    const escape = this.#lexing.isPowerShell ? '`' : '\\'
    while (this.#at < this.#text.length && this.#text.charAt(this.#at) !== quote) {
      const char = this.#text.charAt(this.#at)
      const next = this.#text.charAt(this.#at + 1)
      if (quote === '"' && char === '$') text += this.#dollar(char).replace(LOOK, UNKNOWN)
      else if (quote === '"' && char === '`' && !this.#lexing.isPowerShell) text += this.#dollar(char)
      else if (quote === '"' && char === escape && /["\\$`]/.test(next)) text += this.#escaped(char)
      else {
        text += char
        this.#at += 1
      }
    }
    this.#at += 1
    return text
  }

  /** What stands behind a dollar sign, or between backticks. */
  #dollar(char: string): string {
    const rest = this.#text.slice(this.#at, this.#at + 200)
    if (char === '`') return this.#substitution(this.#at + 1, '`')
    if (rest.startsWith('$(')) return this.#substitution(this.#at + 2, ')')
    const found = /^\$(?:\{([^}]{1,150})\}|(?:env:)?(\w+)|([?!$@*#-]))/i.exec(rest)
    this.#at += found?.[0].length ?? 1
    return found === null ? '$' : this.#variable(found[1] ?? found[2] ?? found[3] ?? '')
  }

  #variable(written: string): string {
    if (written === '?' || /^LASTEXITCODE$/i.test(written)) return LOOK
    const [name = '', otherwise] = written.replace(/^env:/i, '').split(':-')
    return this.#lexing.value(name) ?? otherwise ?? UNKNOWN
  }

  #substitution(from: number, close: string): string {
    let depth = 1
    let end = from
    for (; end < this.#text.length; end += 1) {
      const char = this.#text.charAt(end)
      if (close === ')' && char === '(') depth += 1
      else if (char === close) depth -= 1
      if (depth === 0) break
    }
    this.#at = end + 1
    return this.#lexing.substitute(this.#text.slice(from, end)) ?? UNKNOWN
  }
}

const LOOK = '\ue001'
