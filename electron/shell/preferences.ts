/** This person's preferences on this desktop: language, theme and where the window stood. Never anything of the agent's. */
import Store from 'electron-store'
import { z } from 'zod'
import { languageChoices, themeChoices, type Preferences, type ShellParams } from '../contract/shell.ts'
import type { Language } from '../contract/words.ts'

const boundsSchema = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number().min(200),
  height: z.number().min(200),
  isMaximized: z.boolean(),
})
export type SavedBounds = z.infer<typeof boundsSchema>

/** A value that a person has edited into nonsense falls back by itself, and only it. */
const storedSchema = z.object({
  language: z.enum(languageChoices).catch('system'),
  theme: z.enum(themeChoices).catch('system'),
  bounds: boundsSchema.optional().catch(undefined),
})

export class PreferenceStore {
  readonly #store: Store
  readonly #systemLanguage: Language
  readonly #listeners = new Set<(preferences: Preferences) => void>()

  /** `folder`: absolute. A damaged file is started anew: nothing in it is worth refusing to open the window. */
  constructor(folder: string, systemLanguage: Language) {
    this.#store = new Store({
      cwd: folder,
      name: 'desktop',
      clearInvalidConfig: true,
      configFileMode: 0o600,
    })
    this.#systemLanguage = systemLanguage
  }

  get(): Preferences {
    const { language, theme } = storedSchema.parse(this.#store.store)
    return { language, theme, systemLanguage: this.#systemLanguage }
  }

  set(patch: ShellParams<'preferences.set'>): Preferences {
    for (const [key, value] of Object.entries(patch)) this.#store.set(key, value)
    const preferences = this.get()
    for (const listener of this.#listeners) listener(preferences)
    return preferences
  }

  onChange(listener: (preferences: Preferences) => void): void {
    this.#listeners.add(listener)
  }

  get language(): Language {
    const { language, systemLanguage } = this.get()
    return language === 'system' ? systemLanguage : language
  }

  get bounds(): SavedBounds | undefined {
    return storedSchema.parse(this.#store.store).bounds
  }

  set bounds(bounds: SavedBounds | undefined) {
    if (bounds !== undefined) this.#store.set('bounds', bounds)
  }
}

/** `languages`: the desktop's preferred ones, best first. */
export function languageOfSystem(languages: readonly string[]): Language {
  return languages[0]?.toLowerCase().startsWith('zh') === true ? 'zh-CN' : 'en'
}
