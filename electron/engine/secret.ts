/** A value that cannot be printed by accident, and the redactor that removes known secrets from any text. */
import { inspect } from 'node:util'

const REDACTED = '[redacted]'

export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  /** The one way to the value; every call is a place to look at in a review. */
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return REDACTED
  }
  toJSON(): string {
    return REDACTED
  }
  [inspect.custom](): string {
    return REDACTED
  }
}

/** Shorter values occur by chance in ordinary text; redacting them would garble logs without hiding anything. */
const MIN_LENGTH = 4

/**
 * Removes known secrets by value, also where they were URL-encoded, base64-encoded or JSON-escaped (faults.md §1.3, X15).
 * Every sink (log, event, error) goes through one instance.
 */
export class Redactor {
  readonly #forms = new Set<string>()

  add(secret: Secret): void {
    const value = secret.reveal()
    if (value.length < MIN_LENGTH) return
    const base64 = Buffer.from(value, 'utf8').toString('base64')
    const forms = [
      value,
      encodeURIComponent(value),
      encodeURI(value),
      base64,
      base64.replace(/=+$/, ''),
      Buffer.from(value, 'utf8').toString('base64url'),
      Buffer.from(value, 'utf8').toString('hex'),
      JSON.stringify(value).slice(1, -1),
    ]
    for (const form of forms) this.#forms.add(form)
  }

  text(text: string): string {
    let clean = text
    // Longest first: a short form must not break up a longer one and leave its tail readable.
    for (const form of [...this.#forms].sort((a, b) => b.length - a.length)) clean = clean.split(form).join(REDACTED)
    return clean
  }

  /** A deep copy of plain data with every string (keys too) cleaned. */
  data<T>(value: T): T {
    if (this.#forms.size === 0) return value
    return this.#clean(value) as T
  }

  #clean(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value)) return value.map((item) => this.#clean(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#clean(item)]))
  }
}
