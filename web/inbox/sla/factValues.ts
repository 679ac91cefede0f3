// The values that a condition or a simulated ticket can have.
import { desk } from '../state/desk.svelte'
import { valueName } from './conditionText'
import type { FactField } from './types'

export const FIELDS: FactField[] = ['priority', 'channel', 'inbox', 'tier', 'grade', 'tag', 'language']

/** Null for what is typed freely. */
export function valuesOf(field: FactField): { value: string; name: string }[] | null {
  const named = (values: string[]) => values.map((value) => ({ value, name: valueName(field, value) }))
  switch (field) {
    case 'channel': return named(['email', 'chat', 'phone'])
    case 'priority': return named(['urgent', 'high', 'normal', 'low'])
    case 'grade': return named(['i', 'ii', 'iii', 'iv'])
    case 'inbox': return named(desk.reference.inboxes.map((one) => one.id))
    case 'tag': return named(desk.reference.tags.map((one) => one.id))
    case 'language': return named(['zh', 'en', 'ja', 'de', 'fr', 'es', 'ko', 'ru'])
    case 'tier': return null
  }
}
