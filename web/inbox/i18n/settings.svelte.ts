// The words of the settings: `s`, in the language spoken. Part of the settings' own chunk.
import { language } from './language.svelte'
import { settingsEn, type SettingsTexts } from './settings.en'
import { settingsZh } from './settings.zh'

export const s: SettingsTexts = new Proxy({} as SettingsTexts, { get: (_, key) => (language.locale === 'zh' ? settingsZh : settingsEn)[key as keyof SettingsTexts] })
