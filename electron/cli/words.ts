/** The command line's own words, by language; the words of errors and findings lie in the contract. */
import type { Language } from '../contract/words.ts'
import { cliWordsEn } from './words.en.ts'
import { cliWordsZh } from './words.zh-CN.ts'
import type { CliWords } from './word-table.ts'

const tables: Readonly<Record<Language, CliWords>> = { 'en': cliWordsEn, 'zh-CN': cliWordsZh }

export function cliWords(language: Language): CliWords {
  return tables[language]
}

/**
 * The language to speak: `wanted` (from `--lang`) first, then the variables that POSIX names, in its order.
 * Returns undefined where `wanted` is none of ours.
 */
export function languageFrom(
  wanted: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language | undefined {
  if (wanted !== undefined) return known(wanted)
  const system = [environment['LC_ALL'], environment['LC_MESSAGES'], environment['LANG']].find(
    (value) => value !== undefined && value !== '',
  )
  return (system === undefined ? undefined : known(system)) ?? 'en'
}

function known(tag: string): Language | undefined {
  if (/^zh([-_.@]|$)/i.test(tag)) return 'zh-CN'
  return /^en([-_.@]|$)/i.test(tag) ? 'en' : undefined
}
