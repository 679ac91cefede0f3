// Says what routing, ownership and the clocks did in one line of the conversation; null for anything else.
import type { Activity } from '../../shared/types'
import { d } from '../i18n/due.svelte'
import { r } from '../i18n/routing.svelte'
import { desk } from '../state/desk.svelte'

export function routingActivityText(activity: Activity, who: string): string | null {
  const { kind } = activity
  const to = activity.to ?? null
  if (kind === 'owner_offered') return r.activity.offered(who, desk.reference.agentName(to))
  if (kind === 'owner_offer_settled') return r.activity.settled[to as keyof typeof r.activity.settled]?.(who) ?? null
  if (activity.field === 'assignee' && activity.actor.kind === 'system') return to === null ? r.activity.released : r.activity.routed(desk.reference.agentName(to))
  const { metric, level } = activity as { metric?: keyof typeof d.metric; level?: string }
  const name = metric ? d.metric[metric] : d.label
  switch (kind) {
    case 'clock_fired': return level === 'warning' ? r.activity.clockWarning(name) : level === 'breach' ? r.activity.clockBreach(name) : r.activity.clockLevel(name)
    case 'clock_withdrawn': return r.activity.clockWithdrawn(name)
    case 'sla_policy_chosen': return r.activity.policy
  }
  return null
}
