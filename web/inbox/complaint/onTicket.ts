// What a ticket's summary carries of its kind and its case.
import type { TicketSummary } from '../../shared/types'

export function kindOf(ticket: TicketSummary): string {
  return ticket.kind ?? 'inquiry'
}
