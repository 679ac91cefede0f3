// The edits of the open ticket, each as a question with its answers or done at once.
import type { Id, Priority, TicketSummary } from '../../shared/types'
import { t } from '../i18n/language.svelte'
import { desk } from '../state/desk.svelte'
import { notices } from '../state/Notices.svelte'
import { picking } from '../state/Picking.svelte'
import { statusName } from '../state/Reference.svelte'
import { tellWrong } from '../state/wrong'
import { needsReason } from '../conversation/pausing'
import { panels } from './panels.svelte'

export const PRIORITIES: Priority[] = ['urgent', 'high', 'normal', 'low']

function change(field: Parameters<typeof desk.conversation.edit>[0], next: string | null, shown: Partial<TicketSummary>, reason?: string): void {
  desk.conversation.edit(field, next, shown, reason).catch(tellWrong)
}

export function setAssignee(id: Id | null): void {
  change('assignee', id, { assignee_id: id })
}
/** What puts the work aside asks why first. */
export function setStatus(id: Id, reason?: string): void {
  const status = desk.reference.status(id)
  const ticket = desk.conversation.ticket
  if (!status || !ticket) return
  if (reason === undefined && needsReason(ticket, status.category)) {
    panels.pausing = status
    panels.show('pause')
  } else change('status', id, { status_id: id, category: status.category }, reason)
}
export function setPriority(priority: Priority): void {
  change('priority', priority, { priority })
}
export function setSubject(subject: string): void {
  change('subject', subject, { subject })
}

/** Solves, with a way back for some seconds; a solved ticket is opened again. */
export function solve(): void {
  const ticket = desk.conversation.ticket
  if (!ticket) return
  const solved = ticket.category === 'solved' || ticket.category === 'closed'
  const next = desk.reference.statusFor(solved ? 'open' : 'solved')
  if (!next) return
  const before = ticket.status_id
  setStatus(next.id)
  if (!solved) notices.tell(`#${ticket.number}${t.mark.colon}${statusName(next)}`, { action: { label: t.undo, run: () => desk.conversation.ticket?.id === ticket.id && setStatus(before, t.undo) } })
}

export function askAssignee(): void {
  const ticket = desk.conversation.ticket
  if (!ticket) return
  const mine = desk.session.id
  const agents = desk.reference.activeAgents.toSorted((a, b) => Number(b.id === mine) - Number(a.id === mine) || a.name.localeCompare(b.name))
  picking.ask({
    title: t.field.assignee,
    anchor: 'assignee',
    choices: [
      ...agents.map((agent) => ({
        id: agent.id, label: agent.name, initials: agent.name, picked: ticket.assignee_id === agent.id, words: agent.email,
        hint: agent.id === mine ? t.people.you : agent.team_ids.map((id) => desk.reference.team(id)?.name).filter(Boolean).join(t.mark.list),
      })),
      { id: null, label: t.ticket.unassigned, picked: ticket.assignee_id === null },
    ],
    onPick: (choice) => setAssignee(choice.id),
  })
}

export function askTeam(): void {
  const ticket = desk.conversation.ticket
  if (!ticket) return
  picking.ask({
    title: t.field.team,
    anchor: 'team',
    choices: [...desk.reference.teams.map((team) => ({ id: team.id, label: team.name, picked: ticket.team_id === team.id })), { id: null, label: t.ticket.noTeam, picked: ticket.team_id === null }],
    onPick: (choice) => change('team', choice.id, { team_id: choice.id }),
  })
}

export function askOwner(): void {
  const ticket = desk.conversation.ticket
  if (!ticket) return
  picking.ask({
    title: t.field.owner,
    anchor: 'owner',
    choices: desk.reference.activeAgents.map((agent) => ({ id: agent.id, label: agent.name, initials: agent.name, picked: ticket.owner_id === agent.id })),
    onPick: (choice) => change('owner', choice.id, { owner_id: choice.id }),
  })
}

export function askStatus(): void {
  const ticket = desk.conversation.ticket
  if (!ticket) return
  picking.ask({
    title: t.field.status,
    anchor: 'status',
    choices: desk.reference.usableStatuses.map((status) => ({
      id: status.id, label: statusName(status), color: `category-${status.category}`, picked: ticket.status_id === status.id,
      hint: status.name && status.name !== t.category[status.category] ? t.category[status.category] : undefined,
    })),
    onPick: (choice) => choice.id && setStatus(choice.id),
  })
}

export function askPriority(): void {
  const ticket = desk.conversation.ticket
  if (!ticket) return
  picking.ask({
    title: t.field.priority,
    anchor: 'priority',
    choices: PRIORITIES.map((priority) => ({ id: priority, label: t.priority[priority], picked: ticket.priority === priority })),
    onPick: (choice) => setPriority(choice.id as Priority),
  })
}

export function askTags(): void {
  const ticket = desk.conversation.ticket
  if (!ticket) return
  const before = new Set(ticket.tag_ids)
  picking.ask({
    title: t.field.tags,
    anchor: 'tags',
    many: true,
    choices: desk.reference.tags.map((tag) => ({ id: tag.id, label: tag.name, color: tag.color, picked: before.has(tag.id) })),
    onPick: () => {},
    onDone: (picked) => changeTags([...picked].filter((id) => !before.has(id)), [...before].filter((id) => !picked.has(id))),
  })
}

export function changeTags(add: Id[], removed: Id[]): void {
  desk.conversation.changeTags(add, removed).catch(tellWrong)
}

export async function copyNumber(): Promise<void> {
  const number = desk.conversation.ticket?.number
  if (!number) return
  await navigator.clipboard.writeText(number)
  notices.tell(`${t.copied}${t.mark.colon}${number}`)
}
