// Says one activity in the reader's language.
import type { Activity, Priority } from '../../shared/types'
import { caseActivityText } from '../complaint/activityText'
import { routingActivityText } from '../routing/activityText'
import { t } from '../i18n/language.svelte'
import { desk } from '../state/desk.svelte'

export function activityText(activity: Activity): string {
  const { reference } = desk
  const who = actorName(activity.actor)
  const number = activity.other?.number ?? ''
  switch (activity.kind) {
    case 'ticket_opened': return t.activity.opened(openerName(activity) ?? who)
    case 'tag_added': return t.activity.tagAdded(who, tagName(activity))
    case 'tag_removed': return t.activity.tagRemoved(who, tagName(activity))
    case 'call_ended': return t.activity.callEnded(who)
    case 'ticket_reopened': return t.activity.reopened(who)
    case 'merged': return t.activity.merged(who, number)
    case 'merged_in': return t.activity.mergedIn(who, number)
    case 'merge_undone': return t.activity.mergeUndone(who, number)
    case 'merge_left': return t.activity.mergeLeft(who, number)
    case 'split_off': return t.activity.splitOff(who, number)
    case 'split_from': return t.activity.splitFrom(who, number)
    case 'spam_changed': return activity.spam ? t.activity.spam(who) : t.activity.notSpam(who)
  }
  const told = caseActivityText(activity, who) ?? routingActivityText(activity, who)
  if (told) return told
  const to = activity.to ?? null
  switch (activity.field) {
    case 'status': return t.activity.status(who, reference.statusName(to), activity.reason)
    case 'assignee':
      if (to === null) return t.activity.unassigned(who)
      return activity.actor.id === to ? t.activity.took(who) : t.activity.assigned(who, reference.agentName(to))
    case 'owner':
      if (to === null) return t.activity.noOwner(who)
      return activity.actor.id === to || activity.actor.kind === 'system' ? t.activity.ownerSelf(desk.isMe(to) ? t.people.you : reference.agentName(to)) : t.activity.owner(who, reference.agentName(to))
    case 'team': return to === null ? t.activity.noTeam(who) : t.activity.team(who, reference.team(to)?.name ?? t.unknown)
    case 'priority': return t.activity.priority(who, t.priority[to as Priority] ?? String(to))
    case 'subject': return t.activity.subject(who)
    case 'customer': return t.activity.customer(who)
  }
  return t.activity.other(who, activity.kind.replaceAll('_', ' '))
}

function tagName(activity: Activity): string {
  return (activity.tag_id && desk.reference.tag(activity.tag_id)?.name) || t.activity.deletedTag
}

function actorName(actor: Activity['actor']): string {
  switch (actor.kind) {
    case 'agent': return desk.isMe(actor.id) ? t.people.you : desk.reference.agentName(actor.id)
    case 'customer': return desk.conversation.customer?.name || t.people.customer
    case 'key': return t.people.key
    case 'system': return t.people.system
  }
}

/** A mail is taken in by the server, but the ticket is the customer's who wrote it. */
function openerName(activity: Activity): string | null {
  const { customer, messages } = desk.conversation
  return activity.actor.kind === 'system' && messages[0]?.direction === 'in' ? customer?.name || t.people.customer : null
}
