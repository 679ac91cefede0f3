// What is being written down about a call, and who is found under the number.
import type { CallDetails, CallEntry, Caller, Customer, Direction, Id, TicketSummary } from '../../shared/types'
import { routes } from '../api/routes'
import type { CallFormStart } from '../state/Calls.svelte'

export type Due = 'none' | 'hour' | 'afternoon' | 'tomorrow' | 'week' | 'own'

export class CallForm {
  number = $state('')
  direction = $state<Direction>('in')
  text = $state('')
  outcome = $state<CallDetails['outcome']>('answered')
  minutes = $state('')
  due = $state<Due>('none')
  dueAt = $state('')
  ticket = $state<Id | ''>('')
  customer = $state<Id | ''>('')
  name = $state('')
  solved = $state(false)
  inbox = $state('')
  caller = $state.raw<Caller | null>(null)
  looking = $state(false)
  readonly customers: Customer[] = $derived(this.caller?.customers ?? [])
  readonly tickets: TicketSummary[] = $derived((this.caller?.open_tickets ?? []).filter((ticket) => !this.customer || ticket.customer.id === this.customer))
  private readonly clientId = crypto.randomUUID()
  private asked = 0
  private readonly wanted: CallFormStart

  constructor(start: CallFormStart, inbox: Id) {
    this.wanted = start
    this.number = start.number
    this.direction = start.direction
    this.inbox = inbox
    if (start.started_at) this.minutes = String(Math.max(1, Math.round((Date.now() - new Date(start.started_at).getTime()) / 60_000)))
  }

  get dirty(): boolean {
    return this.text.trim() !== ''
  }

  /** Asks who has this number; called while it is typed. */
  async lookUp(): Promise<void> {
    const number = this.number.trim()
    const mine = ++this.asked
    if (number.replace(/\D/g, '').length < 3) {
      this.caller = null
      return
    }
    this.looking = true
    try {
      const caller = await routes.callers(number)
      if (mine !== this.asked) return
      this.caller = caller
      const wanted = caller.customers.find((one) => one.id === this.wanted.customer_id)
      this.customer = wanted?.id ?? (caller.customers.length === 1 ? caller.customers[0]!.id : '')
      this.ticket = this.tickets.find((one) => one.id === this.wanted.ticket_id)?.id ?? this.tickets[0]?.id ?? ''
    } catch {
      if (mine === this.asked) this.caller = null
    } finally {
      if (mine === this.asked) this.looking = false
    }
  }

  choose(customer: Id | ''): void {
    this.customer = customer
    this.ticket = customer ? (this.tickets[0]?.id ?? '') : ''
  }

  entry(now: Date): CallEntry {
    const followUp = dueTime(this.due, this.dueAt, now)
    return {
      client_id: this.clientId, inbox_id: this.inbox, number: this.number.trim(), direction: this.direction, text: this.text.trim(), outcome: this.outcome,
      duration_s: Math.round((Number(this.minutes.replace(',', '.')) || 0) * 60), solved: this.solved,
      ...(followUp ? { follow_up_at: followUp.toISOString() } : {}),
      ...(this.ticket ? { ticket_id: this.ticket } : {}),
      ...(this.customer ? { customer_id: this.customer } : this.name.trim() ? { customer_name: this.name.trim() } : {}),
    }
  }
}

export function dueTime(due: Due, own: string, now: Date): Date | null {
  const at = new Date(now)
  switch (due) {
    case 'none': return null
    case 'own': return own ? new Date(own) : null
    case 'hour': return new Date(now.getTime() + 3_600_000)
    case 'afternoon':
      at.setHours(17, 0, 0, 0)
      return at > now ? at : new Date(now.getTime() + 3_600_000)
    case 'tomorrow':
      at.setDate(at.getDate() + 1)
      at.setHours(9, 0, 0, 0)
      return at
    case 'week':
      at.setDate(at.getDate() + 7)
      at.setHours(9, 0, 0, 0)
      return at
  }
}
