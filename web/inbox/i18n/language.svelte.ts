// The language the inbox speaks. `t` is every text, followed by the screen when the language changes.
import type { Locale } from '../../shared/types'
import type { Texts } from './en'

const KEY = 'shouwen.language'
const LOADERS: Record<Locale, () => Promise<Texts>> = {
  en: async () => (await import('./en')).en,
  zh: async () => (await import('./zh')).zh,
}

class Language {
  locale = $state<Locale>('en')
  texts = $state.raw<Texts>({} as Texts)

  /** What Intl is told. */
  get tag(): string {
    return this.locale === 'zh' ? 'zh-CN' : 'en-GB'
  }

  async speak(locale: Locale, remember = true): Promise<void> {
    const texts = await LOADERS[locale]()
    this.texts = texts
    this.locale = locale
    document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en'
    if (remember) localStorage.setItem(KEY, locale)
  }

  /** The language chosen on this device, else the browser's. */
  static preferred(): Locale {
    const kept = localStorage.getItem(KEY)
    if (kept === 'en' || kept === 'zh') return kept
    return navigator.languages.some((tag) => tag.toLowerCase().startsWith('zh')) ? 'zh' : 'en'
  }

  get chosen(): boolean {
    return localStorage.getItem(KEY) !== null
  }
}

export const language = new Language()
export const preferredLanguage = Language.preferred

/** Every text of the inbox in the language spoken. */
export const t: Texts = new Proxy({} as Texts, { get: (_, key) => language.texts[key as keyof Texts] })
