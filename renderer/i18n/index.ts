/** Sets the two languages up. Every string that a person reads lies in `en/` and, key for key, in `zh-CN/`. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Language } from '../../electron/contract/words.ts'
import { en } from './en/index.ts'
import { zh } from './zh-CN/index.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'pages'
    resources: { pages: typeof en }
    returnNull: false
  }
}

export async function startLanguages(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: 'pages',
    defaultNS: 'pages',
    resources: { 'en': { pages: en }, 'zh-CN': { pages: zh } },
    // React escapes what it renders; doing it twice would show &lt; to people.
    interpolation: { escapeValue: false },
  })
}

export async function showLanguage(language: Language): Promise<void> {
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}
