// Offers of ownership: the open one of the ticket on the screen.
import { ask } from '../api/request'
import type { Id } from '../../shared/types'
import type { OwnerOffer } from './types'

export class Offers {
  open = $state.raw<OwnerOffer | null>(null)
  offering = $state(false)
  private ticket: Id | null = null

  constructor(private readonly request: typeof ask) {}

  async load(ticket: Id): Promise<void> {
    if (this.ticket !== ticket) this.open = null
    this.ticket = ticket
    const page = (await this.request('GET', `/tickets/${ticket}/owner-offers`)) as { items: OwnerOffer[] }
    if (this.ticket === ticket) this.open = page.items.find((one) => one.state === 'open') ?? null
  }

  async make(ticket: Id, agent: Id, note: string): Promise<void> {
    this.open = (await this.request('POST', `/tickets/${ticket}/owner-offers`, { agent_id: agent, note: note || null })) as OwnerOffer
  }

  async settle(how: 'accept' | 'refuse' | 'withdraw'): Promise<void> {
    const offer = this.open
    if (!offer) return
    await this.request('POST', `/tickets/${offer.ticket_id}/owner-offers/${offer.id}/${how}`, {})
    if (this.open?.id === offer.id) this.open = null
  }
}

export const offers = new Offers(ask)
