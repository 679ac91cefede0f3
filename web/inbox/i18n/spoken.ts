// Words of a part of the app that is fetched when it is needed, in the language spoken.
import { language } from './language.svelte'

export function spoken<T extends object>(en: T, zh: T): T {
  return new Proxy({} as T, { get: (_, key) => (language.locale === 'zh' ? zh : en)[key as keyof T] })
}
