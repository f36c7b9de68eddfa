/** Secrets in JSON, with the comments and trailing commas that configuration files have; layout stays as it is. */
import { isSecretKey, isSecretValue, MASK, type Secretion } from './config-scalars.ts'

/** The places to mask, or undefined where the text is no JSON. `known`: values that are secrets elsewhere. */
export function secretsInJson(text: string, known: ReadonlySet<string>): Secretion[] | undefined {
  const scanner = new Scanner(text, known)
  return scanner.scan() ? scanner.places : undefined
}

export function isJson(text: string): boolean {
  return new Scanner(text, new Set()).scan()
}

/** Deeper nesting is no configuration; it would only exhaust the stack. */
const MAX_DEPTH = 200
const BLANK = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\uFEFF)*/y
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const BARE = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

class Scanner {
  readonly #text: string
  readonly #known: ReadonlySet<string>
  readonly places: Secretion[] = []
  #at = 0

  constructor(text: string, known: ReadonlySet<string>) {
    this.#text = text
    this.#known = known
  }

  scan(): boolean {
    const isValue = this.#value('', false, 0)
    this.#take(BLANK)
    return isValue && this.#at === this.#text.length
  }

  #value(key: string, isSecret: boolean, depth: number): boolean {
    this.#take(BLANK)
    if (depth > MAX_DEPTH) return false
    if (this.#char('{')) return this.#members('}', depth, (inner) => this.#member(isSecret, inner))
    if (this.#char('[')) return this.#members(']', depth, (inner) => this.#value(key, isSecret, inner))
    const start = this.#at
    const source = this.#take(STRING) ?? this.#take(BARE)
    if (source === undefined) return false
    this.#note(source, start, key, isSecret)
    return true
  }

  #member(isSecret: boolean, depth: number): boolean {
    const name = this.#take(STRING)
    this.#take(BLANK)
    if (name === undefined || !this.#char(':')) return false
    const key = String(JSON.parse(name))
    return this.#value(key, isSecret || isSecretKey(key), depth)
  }

  #members(close: string, depth: number, member: (depth: number) => boolean): boolean {
    for (;;) {
      this.#take(BLANK)
      if (this.#char(close)) return true
      if (!member(depth + 1)) return false
      this.#take(BLANK)
      if (!this.#char(',')) return this.#char(close)
    }
  }

  #note(source: string, start: number, key: string, isSecret: boolean): void {
    const value = source.startsWith('"') ? String(JSON.parse(source)) : source
    const isKnown = [...this.#known].some((one) => value.includes(one))
    if ((!isSecret && !isKnown) || !isSecretValue(value)) return
    const end = start + source.length
    this.places.push({ start, end, key: isSecret ? key : 'same value', value, replacement: `"${MASK}"` })
  }

  #char(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }

  #take(regex: RegExp): string | undefined {
    regex.lastIndex = this.#at
    const match = regex.exec(this.#text)?.[0]
    if (match !== undefined) this.#at += match.length
    return match
  }
}
