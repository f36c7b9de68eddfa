/** Reads XML as the Task Scheduler's tools write it: tolerant of order and names, without document types and entities of its own. */
import { XMLParser } from 'fast-xml-parser'
import { phrase } from '../../contract/phrases.ts'
import { BackupError } from '../errors.ts'

export interface XmlNode {
  /** Without a prefix; `#comment` for a comment. */
  readonly name: string
  /** Of the element itself, or of the comment. */
  readonly text: string
  readonly children: readonly XmlNode[]
}

/** Far deeper than any task; a task is eight deep. */
const MAX_DEPTH = 60
const TEXT = '#text'
const COMMENT = '#comment'

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  // Entities are replaced below, the five that XML has and numbers: none can be defined.
  processEntities: false,
  commentPropName: COMMENT,
  cdataPropName: '#cdata',
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: MAX_DEPTH,
})

/** The elements at the top, in order; several, where declarations stood between them. @throws BackupError invalid-input */
export function parseXml(text: string, name: string): readonly XmlNode[] {
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw refused(name)
  let parsed: unknown
  try {
    parsed = parser.parse(text.replace(/<\?xml[^>]{0,200}\?>/gi, ''))
  } catch (error) {
    throw refused(name, error)
  }
  return nodesOf(parsed, 0)
}

function refused(name: string, cause?: unknown): BackupError {
  const detail = { reason: phrase('field-in-file'), path: name, field: 'XML', problem: phrase('value-wrong') }
  return new BackupError('invalid-input', detail, { cause })
}

function nodesOf(value: unknown, depth: number): XmlNode[] {
  if (!Array.isArray(value) || depth > MAX_DEPTH) return []
  return value.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return []
    const [name, content] = (Object.entries(item) as [string, unknown][]).find(([key]) => key !== ':@') ?? []
    if (name === undefined || name === TEXT) return []
    return [
      { name, text: name === COMMENT ? rawText(content) : textIn(content), children: nodesOf(content, depth + 1) },
    ]
  })
}

function rawText(content: unknown): string {
  if (!Array.isArray(content)) return ''
  return content
    .map((part: unknown) => textPart(part, TEXT))
    .join('')
    .trim()
}

function textIn(content: unknown): string {
  if (!Array.isArray(content)) return ''
  const own = content.map((part: unknown) => withoutEntities(textPart(part, TEXT)) + rawText(cdataOf(part)))
  return own.join('').trim()
}

function textPart(part: unknown, key: string): string {
  const value = typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[key] : undefined
  return typeof value === 'string' ? value : ''
}

function cdataOf(part: unknown): unknown {
  return typeof part === 'object' && part !== null ? (part as Record<string, unknown>)['#cdata'] : undefined
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function withoutEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot|apos));/gi, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return ENTITIES[name.toLowerCase()] ?? whole
    const code = typeof decimal === 'string' ? Number(decimal) : parseInt(String(hex), 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

/** The first child of that name. */
export function child(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return node?.children.find((one) => one.name === name)
}

/** The text below a path of names; undefined where one is missing, or the text is empty. */
export function textAt(node: XmlNode | undefined, ...names: readonly string[]): string | undefined {
  let at = node
  for (const name of names) at = child(at, name)
  return at === undefined || at.text === '' ? undefined : at.text
}
