// Calls that ring right now, and the call form being filled in.
import type { Direction, Id, RingingCall } from '../../shared/types'

export interface CallFormStart { number: string; direction: Direction; ticket_id: Id | null; customer_id: Id | null; started_at: string | null }

/** A call whose end was never told does not ring for ever. */
const FORGOTTEN_AFTER = 2 * 3_600_000

export class Calls {
  ringing = $state.raw<RingingCall[]>([])
  form = $state.raw<CallFormStart | null>(null)

  constructor(private readonly me: () => Id) {}

  apply(call: RingingCall): void {
    const others = this.ringing.filter((known) => known.id !== call.id)
    const mine = call.agent_id === null || call.agent_id === this.me()
    const old = Date.now() - new Date(call.started_at).getTime() > FORGOTTEN_AFTER
    const shown = mine && !old && (call.state === 'ringing' || call.state === 'answered')
    this.ringing = shown ? [...others, call] : others
  }

  dismiss(call: RingingCall): void {
    this.ringing = this.ringing.filter((known) => known.id !== call.id)
  }

  /** Opens the form, filled in from a ringing call where there is one. */
  open(start: Partial<CallFormStart> = {}): void {
    this.form = { number: '', direction: 'in', ticket_id: null, customer_id: null, started_at: null, ...start }
  }

  answer(call: RingingCall): void {
    this.dismiss(call)
    this.open({ number: call.number, direction: call.direction, customer_id: call.customer?.id ?? null, ticket_id: call.open_tickets[0]?.id ?? null, started_at: call.started_at })
  }

  close(): void {
    this.form = null
  }
}
