// The name of a language in the reader's own: "Japanese", "日语".
import { language } from '../i18n/language.svelte'

export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(language.tag, { type: 'language' }).of(code) ?? code
  } catch {
    return code
  }
}
