// Says when a notice goes out, and to whom.
import { d } from '../i18n/due.svelte'
import { language, t } from '../i18n/language.svelte'
import { spelledSpan } from './countdown'
import type { LevelWhen, Recipient } from './types'

export function levelText({ when, value }: { when: LevelWhen; value: number }): string {
  switch (when) {
    case 'percent': return d.level.percent(String(value))
    case 'before': return d.level.before(spelledSpan(value * 1000, language.tag))
    case 'breach': return d.level.breach()
    case 'after': return d.level.after(spelledSpan(value * 1000, language.tag))
  }
}

export function recipientsText(to: Recipient[]): string {
  return to.map((one) => d.to[one]).join(t.mark.list)
}
