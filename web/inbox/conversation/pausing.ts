// Work that is put aside.
import type { Category, TicketSummary } from '../../shared/types'

/** As the server decides: on hold always; waiting for a customer who is waiting for us. */
export function needsReason(ticket: Pick<TicketSummary, 'category' | 'waiting_since'>, to: Category): boolean {
  return to !== ticket.category && (to === 'on_hold' || (to === 'waiting' && ticket.waiting_since !== null))
}
