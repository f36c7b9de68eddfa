/** Renders the words of an error or finding from its code: one table per language, placeholders filled from `detail`. */
import { errorRows, type Detail, type ErrorCode } from './error.ts'
import { findingRows, type FindingCode } from './finding.ts'
import type { MessageTable, Words } from './message-table.ts'
import { messagesEn } from './messages.en.ts'
import { messagesZh } from './messages.zh-CN.ts'

export type Language = 'en' | 'zh-CN'
export const languages = ['en', 'zh-CN'] as const satisfies readonly Language[]

const tables: Readonly<Record<Language, MessageTable>> = { 'en': messagesEn, 'zh-CN': messagesZh }

/** Fills `{name}` placeholders; one that has no value is left out, so that no brace ever reaches a person. */
function fill(template: string, detail: Detail): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(detail[name] ?? ''))
}

/** The words of `code` in `language`. */
export function wordsOf(code: ErrorCode | FindingCode, detail: Detail, language: Language): Words {
  const row = tables[language][code]
  return { message: fill(row.message, detail), hint: fill(row.hint, detail) }
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorRows, code)
}

export function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(findingRows, code)
}
