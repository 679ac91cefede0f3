// Says the conditions of policies in the reader's words.
import { c } from '../i18n/complaint.svelte'
import { d } from '../i18n/due.svelte'
import { t } from '../i18n/language.svelte'
import { desk } from '../state/desk.svelte'
import { languageName } from './languageName'
import type { Condition, FactField, Grade } from './types'

/** A value of a fact as people call it. */
export function valueName(field: FactField, value: string): string {
  switch (field) {
    case 'channel': return t.channel[value as keyof typeof t.channel] ?? value
    case 'priority': return t.priority[value as keyof typeof t.priority] ?? value
    case 'grade': return c.grades[value as Grade] ?? value
    case 'inbox': return desk.reference.inbox(value)?.name ?? t.unknown
    case 'tag': return desk.reference.tag(value)?.name ?? t.unknown
    case 'language': return languageName(value)
    case 'tier': return value
  }
}

/** "priority is Urgent or High". */
export function conditionText({ field, op, values }: Condition): string {
  const names = values.map((value) => valueName(field, value)).join(d.or)
  return op === 'is' ? d.is(d.field[field], names) : d.isNot(d.field[field], names)
}

export function actualText(field: FactField, actual: string[]): string {
  return d.but(actual.length ? actual.map((value) => valueName(field, value)).join(t.mark.list) : d.nothing)
}
