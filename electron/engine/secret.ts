/** A value that cannot be printed by accident, and the redactor that removes known secrets from any text. */
import { inspect } from 'node:util'

export const REDACTED = '[redacted]'

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
 * Removes known secrets by value, also where they were escaped or encoded for a URL, a form, HTML, JSON, base64 (at any place in a longer
 * text, as in a basic-auth header) or hex (faults.md §1.3, X15).
 * Every sink (log, event, error) goes through one instance.
 */
export class Redactor {
  readonly #forms = new Set<string>()

  #longestFirst: readonly string[] = []

  add(secret: Secret): void {
    for (const value of partsOf(secret.reveal())) for (const form of formsOf(value)) this.#forms.add(form)
    // A short form must not break up a longer one and leave its tail readable.
    this.#longestFirst = [...this.#forms].sort((a, b) => b.length - a.length)
  }

  text(text: string): string {
    let clean = text
    for (const form of this.#longestFirst) clean = clean.split(form).join(REDACTED)
    return clean
  }

  get isEmpty(): boolean {
    return this.#forms.size === 0
  }

  /** A deep copy of plain data with every string (keys too) cleaned; data that has a schema goes through `redactData`. */
  data<T>(value: T): T {
    if (this.isEmpty) return value
    return this.#clean(value) as T
  }

  #clean(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value)) return value.map((item) => this.#clean(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#clean(item)]))
  }
}

/** A key of many lines is printed line by line as often as whole; lines shorter than this are its frame (`}`, `-----`). */
const MIN_LINE = 12

function partsOf(value: string): string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= MIN_LINE && !line.startsWith('-----'))
  return [value, value.trim(), ...lines].filter((part) => part.length >= MIN_LENGTH)
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8')
  const hex = bytes.toString('hex')
  const json = JSON.stringify(value).slice(1, -1)
  const component = percentEncoded(value)
  const forms = [
    ...[value, json, JSON.stringify(json).slice(1, -1), json.replaceAll('/', '\\/'), asciiJson(json)],
    ...[component, component.replaceAll('%20', '+'), lowerEscapes(component), encodeURI(value.toWellFormed())],
    ...[
      new URLSearchParams({ v: value }).toString().slice(2),
      escapeHtml(value),
      escapeHtml(value).replaceAll('&#39;', '&apos;'),
    ],
    ...[hex, hex.toUpperCase(), ...base64Forms(bytes)],
  ]
  return forms.filter((form) => form.length >= MIN_LENGTH)
}

/** A secret may hold half a surrogate pair, which encodeURIComponent refuses. */
function percentEncoded(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}

function lowerEscapes(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())
}

function asciiJson(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char)
}

/** Shorter base64 would be found by chance in ordinary text. */
const MIN_BASE64 = 8

/** Whole, and as it looks one or two bytes into a group of three: the characters that depend on the neighbours are left out. */
function base64Forms(bytes: Buffer): string[] {
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const dependentAtEnd = (shift + bytes.byteLength) % 3 === 0 ? 0 : 1
    return text.slice(shift === 0 ? 0 : shift + 1, text.length - dependentAtEnd)
  })
  const whole = [bytes.toString('base64'), bytes.toString('base64').replace(/=+$/, '')]
  const standard = [...whole, ...shifted.filter((text) => text.length >= MIN_BASE64)]
  return [...standard, ...standard.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))]
}
