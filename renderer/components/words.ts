/** Words of errors and findings in the language of the window, from their codes. */
import { useTranslation } from 'react-i18next'
import type { ErrorData } from '../../electron/contract/error.ts'
import type { Finding } from '../../electron/contract/finding.ts'
import type { Words } from '../../electron/contract/message-table.ts'
import { isErrorCode, wordsOf, type Language } from '../../electron/contract/words.ts'

/** Errors carry their values in `detail`; where an older service sent none, its own English words are shown. */
export function wordsOfError(
  error: Pick<ErrorData, 'message' | 'hint' | 'detail'> & { code: string },
  language: Language,
): Words {
  if (!isErrorCode(error.code) || error.detail === undefined) return { message: error.message, hint: error.hint }
  return wordsOf(error.code, error.detail, language)
}

export function wordsOfFinding(finding: Finding, language: Language): Words {
  if (finding.detail === undefined) return { message: finding.message, hint: finding.hint }
  return wordsOf(finding.code, finding.detail, language)
}

export function useLanguage(): Language {
  const { i18n } = useTranslation()
  return i18n.language === 'zh-CN' ? 'zh-CN' : 'en'
}
