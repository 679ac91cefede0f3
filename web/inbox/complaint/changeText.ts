// Says one change of a case in a line.
import { c } from '../i18n/complaint.svelte'
import { t } from '../i18n/language.svelte'
import { desk } from '../state/desk.svelte'
import { branches } from './categoryTree'
import { openCase } from './OpenCase.svelte'
import type { CaseChange, Grade } from './types'

export function changeText({ actor, field, from, to }: CaseChange): string {
  const who = actor.kind === 'agent' ? (desk.isMe(actor.id) ? t.people.you : desk.reference.agentName(actor.id)) : actor.kind === 'customer' ? t.people.customer : actor.kind === 'key' ? t.people.key : t.people.system
  const name = c.fields[field] ?? field
  const values = [from, to].filter((value) => value !== null && value !== '').map((value) => valueText(field, value!))
  return `${who}${t.mark.colon}${name}${values.length ? ` ${values.join(' → ')}` : ''}`
}

function valueText(field: string, value: string): string {
  switch (field) {
    case 'grade': return c.grades[value as Grade] ?? value
    case 'liable': return c.liables[value as keyof typeof c.liables] ?? value
    case 'remedy': return c.remedies[value as keyof typeof c.remedies] ?? value
    case 'category': return branches(openCase.view?.categories ?? []).find((one) => one.category.id === value)?.path ?? t.unknown
    case 'checklist': return c.checks[value] ?? value
    case 'level': return String(Number(value) + 1) // told from zero
    case 'state': return value === 'closed' ? c.closedMark : value === 'open' ? c.openMark : value
    case 'compensation': return c.compensationStates[value as keyof typeof c.compensationStates] ?? value
    case 'taken': return desk.reference.agent(value)?.name ?? value
    default: return value
  }
}
