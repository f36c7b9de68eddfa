/** Secrets in YAML, found by the parser's own ranges, so that layout and comments stay as they are. */
import { isMap, isScalar, isSeq, parseAllDocuments, type Scalar } from 'yaml'
import { isSecretKey, isSecretValue, MASK, type Secretion } from './config-scalars.ts'

/** Compose files name their secrets here; these are names of files, not secrets. */
const SECRET_SOURCES = new Set(['file', 'external', 'name', 'environment', 'source', 'target'])

/** The places to mask, or undefined where the text is no YAML. `known`: values that are secrets elsewhere. */
export function secretsInYaml(text: string, known: ReadonlySet<string>): Secretion[] | undefined {
  const documents = parseAllDocuments(text, { strict: false, uniqueKeys: false })
  if (!Array.isArray(documents)) return []
  if (documents.some((document) => document.errors.length > 0)) return undefined
  const finder = new Finder(text, known)
  for (const document of documents) finder.visit(document.contents, '', false)
  return finder.places
}

class Finder {
  readonly #text: string
  readonly #known: ReadonlySet<string>
  readonly places: Secretion[] = []

  constructor(text: string, known: ReadonlySet<string>) {
    this.#text = text
    this.#known = known
  }

  /** @param isSecret true below a key that names a secret */
  visit(node: unknown, key: string, isSecret: boolean): void {
    if (isMap(node)) {
      for (const { key: name, value } of node.items) {
        const next = isScalar(name) ? String(name.value) : ''
        this.visit(value, next, isSecretBelow(key, next, isSecret))
      }
    } else if (isSeq(node)) {
      for (const item of node.items) this.visit(item, key, isSecret)
    } else if (isScalar(node)) {
      this.#scalar(node, key, isSecret)
    }
  }

  #scalar(node: Scalar, key: string, isSecret: boolean): void {
    const [start, end] = node.range ?? [0, 0]
    const source = this.#text.slice(start, end)
    const value = typeof node.value === 'string' ? node.value : source
    const isKnown = [...this.#known].some((one) => value.includes(one))
    if ((!isSecret && !isKnown) || !isSecretValue(value) || end <= start) return
    // A plain `***` would be an alias; a block scalar's range ends behind its last line break.
    const tail = /\s*$/.exec(source)?.[0] ?? ''
    this.places.push({ start, end, key: isSecret ? key : 'same value', value, replacement: `"${MASK}"${tail}` })
  }
}

function isSecretBelow(key: string, next: string, isSecret: boolean): boolean {
  if (next === 'secrets') return false
  if (key === 'secrets') return !SECRET_SOURCES.has(next) && isSecretKey(next)
  return isSecret || isSecretKey(next)
}

export function isYaml(text: string): boolean {
  const documents = parseAllDocuments(text, { strict: false, uniqueKeys: false })
  return !Array.isArray(documents) || documents.every((document) => document.errors.length === 0)
}
