// What a ticket's clocks say at this moment, told without asking the server: which of them matters, and how it stands.
import { BY_THE_SECOND } from './countdown'
import type { Clock, Metric, TicketSla } from './types'

export type DueState = 'running' | 'warning' | 'breached' | 'paused'
export interface Due {
  metric: Metric
  state: DueState
  due_at: string | null
  /** Milliseconds: left until it is due, or over since it was. Business time only while paused. */
  span: number
}

/** How one clock stands; null when it has stopped or was met. */
export function standing(clock: Clock, now: number): Due | null {
  const { metric, due_at } = clock
  if (clock.met_at || clock.state === 'met' || clock.state === 'stopped') return null
  if (clock.state === 'paused') return { metric, state: 'paused', due_at: null, span: (clock.remaining_s ?? 0) * 1000 }
  if (!due_at) return null
  const left = new Date(due_at).getTime() - now
  if (left <= 0) return { metric, state: 'breached', due_at, span: -left }
  const warned = clock.warn_at ? now >= new Date(clock.warn_at).getTime() : left < BY_THE_SECOND
  return { metric, state: warned ? 'warning' : 'running', due_at, span: left }
}

/** The clock that a row shows: the one due first, else one that pauses. */
export function dueOf(sla: TicketSla | null | undefined, now: number): Due | null {
  const all = (sla?.clocks ?? []).map((clock) => standing(clock, now)).filter((due) => due !== null)
  return all.toSorted(dueFirst)[0] ?? null
}

/** Whether any clock still asks for something. */
export function unmet(sla: TicketSla | null | undefined): boolean {
  return (sla?.clocks ?? []).some((clock) => standing(clock, 0) !== null)
}

/** Whether what a chip says changes within the next seconds. */
export function nearlyDue(sla: TicketSla | null | undefined, now: number): boolean {
  return (sla?.clocks ?? []).some((clock) => {
    const due = standing(clock, now)
    return due !== null && due.state !== 'paused' && due.span < BY_THE_SECOND + 20_000
  })
}

function dueFirst(a: Due, b: Due): number {
  if (a.due_at && b.due_at) return a.due_at < b.due_at ? -1 : a.due_at > b.due_at ? 1 : 0
  return a.due_at ? -1 : b.due_at ? 1 : a.span - b.span
}
