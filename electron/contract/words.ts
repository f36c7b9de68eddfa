/** Renders the words of an error or finding from its code: one table per language, placeholders filled from `detail`. */
import { errorRows, type Detail, type ErrorCode } from './error.ts'
import { findingRows, type Finding, type FindingCode } from './finding.ts'
import type { MessageTable, Words } from './message-table.ts'
import { messagesEn } from './messages.en.ts'
import { messagesZh } from './messages.zh-CN.ts'
import { isPhraseCode, phraseFields, phrases, type PhraseCode } from './phrases.ts'

export type Language = 'en' | 'zh-CN'
export const languages = ['en', 'zh-CN'] as const satisfies readonly Language[]

const tables: Readonly<Record<Language, MessageTable>> = { 'en': messagesEn, 'zh-CN': messagesZh }

/** Fills `{name}` placeholders; one that has no value is left out, so that no brace ever reaches a person. */
export function fill(template: string, detail: Detail, language: Language): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => valueOf(name, detail, language))
}

function valueOf(name: string, detail: Detail, language: Language): string {
  const value = String(detail[name] ?? '')
  if (!phraseFields.has(name)) return value
  if (isPhraseCode(value)) return fill(phrases[value][language], without(detail, name), language)
  const values = inner(detail, name)
  if (!isErrorCode(value)) return value
  const { message } = tables[language][value]
  // A code that came without its values would leave holes in the sentence.
  return message.includes('{') && Object.keys(values).length === 0 ? value : fill(message, values, language)
}

/** A phrase never stands inside itself. */
function without(detail: Detail, name: string): Detail {
  return Object.fromEntries(Object.entries(detail).filter(([key]) => key !== name))
}

/** The values of an error that is the `name` of another: those whose names begin with `name.`. */
function inner(detail: Detail, name: string): Detail {
  const own = Object.entries(detail).filter(([key]) => key.startsWith(`${name}.`))
  return Object.fromEntries(own.map(([key, value]) => [key.slice(name.length + 1), value]))
}

/** The detail of a message in which another error is the reason: its code, and its values beside it. */
export function causedBy(error: { readonly code: ErrorCode; readonly detail: Detail }): Detail {
  const values = Object.entries(error.detail).map(([key, value]) => [`reason.${key}`, value] as const)
  return { ...Object.fromEntries(values), reason: error.code }
}

/** The words of `code` in `language`. */
export function wordsOf(code: ErrorCode | FindingCode, detail: Detail, language: Language): Words {
  const row = tables[language][code]
  return { message: fill(row.message, detail, language), hint: fill(row.hint, detail, language) }
}

/** A finding's schema allows as many. */
const MAX_PATHS = 100

/** A finding with its weight, its English words, and the first of its paths. */
export function makeFinding(
  code: FindingCode,
  detail: Detail = {},
  { source, paths = [] }: { readonly source?: string; readonly paths?: readonly string[] } = {},
): Finding {
  return {
    ...{ code, weight: findingRows[code], ...wordsOf(code, detail, 'en'), detail },
    ...(source === undefined ? {} : { source }),
    ...(paths.length === 0 ? {} : { paths: paths.slice(0, MAX_PATHS) }),
  }
}

/** A phrase by itself, where no message stands around it. */
export function phraseIn(code: PhraseCode, detail: Detail, language: Language): string {
  return fill(phrases[code][language], detail, language)
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorRows, code)
}

export function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(findingRows, code)
}
