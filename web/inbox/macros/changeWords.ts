// What a saved reply changes, in words: "Status: Solved", "+ refund".
import type { MacroChanges } from '../../shared/types'
import { kindName } from '../complaint/kindName.svelte'
import { t } from '../i18n/language.svelte'
import { m } from '../i18n/macros.svelte'
import { desk } from '../state/desk.svelte'

export function changeWords(changes: MacroChanges): string[] {
  const { reference } = desk
  const words: string[] = []
  if (changes.team_id) words.push(m.sets(t.field.team, reference.team(changes.team_id)?.name ?? m.gone))
  if (changes.assignee) words.push(m.sets(t.field.assignee, assigneeName(changes.assignee)))
  if (changes.priority) words.push(m.sets(t.field.priority, t.priority[changes.priority]))
  if (changes.kind) words.push(m.sets(t.field.kind, kindName(changes.kind)))
  if (changes.status_id) words.push(m.sets(t.field.status, reference.status(changes.status_id) ? reference.statusName(changes.status_id) : m.gone))
  const tags = (ids: string[] | undefined, sign: string) => (ids ?? []).map((id) => `${sign} ${reference.tag(id)?.name ?? m.gone}`)
  return [...words, ...tags(changes.add_tag_ids, '+'), ...tags(changes.remove_tag_ids, '−')]
}

function assigneeName(assignee: NonNullable<MacroChanges['assignee']>): string {
  if (assignee.to === 'applier') return t.me
  return assignee.to === 'nobody' ? t.ticket.unassigned : desk.reference.agentName(assignee.agent_id)
}
