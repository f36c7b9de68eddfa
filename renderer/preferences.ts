/** Language and theme: the shell keeps them for the desktop window, the browser for itself; never the agent. */
import { useSyncExternalStore } from 'react'
import { languageChoices, themeChoices, type Preferences } from '../electron/contract/shell.ts'
import type { Language } from '../electron/contract/words.ts'
import { desktop } from './api.ts'

const KEY = 'sitekeep.preferences'
const listeners = new Set<() => void>()
let preferences: Preferences = readBrowser()

function readBrowser(): Preferences {
  const stored = new URLSearchParams(localStorage.getItem(KEY) ?? '')
  return {
    language: languageChoices.find((choice) => choice === stored.get('language')) ?? 'system',
    theme: themeChoices.find((choice) => choice === stored.get('theme')) ?? 'system',
    systemLanguage: navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en',
  }
}

function take(next: Preferences): void {
  preferences = next
  for (const listener of listeners) listener()
}

/** To be awaited before the first paint, so that no page shows in the wrong language first. */
export async function loadPreferences(): Promise<Preferences> {
  if (desktop !== undefined) {
    desktop.preferences.onChange(take)
    take(await desktop.preferences.get())
  }
  return preferences
}

export async function setPreferences(change: Partial<Pick<Preferences, 'language' | 'theme'>>): Promise<void> {
  if (desktop !== undefined) {
    take(await desktop.preferences.set(change))
    return
  }
  take({ ...preferences, ...change })
  const { language, theme } = preferences
  localStorage.setItem(KEY, new URLSearchParams({ language, theme }).toString())
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(listen, () => preferences)
}

/** The language to show: the chosen one, else the system's. */
export function languageOf({ language, systemLanguage }: Preferences): Language {
  return language === 'system' ? systemLanguage : language
}

const darkQuery = window.matchMedia('(prefers-color-scheme: dark)')
const contrastQuery = window.matchMedia('(forced-colors: active)')

function listenToSystem(listener: () => void): () => void {
  for (const query of [darkQuery, contrastQuery]) query.addEventListener('change', listener)
  return () => {
    for (const query of [darkQuery, contrastQuery]) query.removeEventListener('change', listener)
  }
}

export type ThemeName = 'light' | 'dark' | 'contrast'

/** The theme to show: high contrast wherever the system forces its colours. */
export function useThemeName(): ThemeName {
  const { theme } = usePreferences()
  const system = useSyncExternalStore(listenToSystem, () =>
    contrastQuery.matches ? 'contrast' : darkQuery.matches ? 'dark' : 'light',
  )
  return system === 'contrast' || theme === 'system' ? system : theme
}
