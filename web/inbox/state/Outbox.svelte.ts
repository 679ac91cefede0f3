// What this agent has sent and the server has not yet confirmed. Survives reload and loss of the network;
// a message keeps its client_id through every try, so it can arrive once only.
import type { Channel, Id, Message, NewMessage, ScheduledReply, TicketSummary } from '../../shared/types'
import { Refusal, Unreachable } from '../api/request'
import { wordsFor } from './wrong'

export interface Outgoing {
  client_id: Id
  ticket_id: Id
  number: string
  channel: Channel
  body: NewMessage
  files: { name: string; size: number }[]
  created_at: string
  /** queued: waits for the network. refused: something new arrived first. */
  state: 'sending' | 'queued' | 'refused' | 'failed'
  problem: string | null
  /** Why, where the screen has words of its own for it. */
  why?: 'macro-forbidden' | null
}

export type Send = (ticket: Id, body: NewMessage, keepalive?: boolean) => Promise<Message | ScheduledReply>
interface Store { getItem(key: string): string | null; setItem(key: string, value: string): void }

const KEY = 'shouwen.outbox'

export class Outbox {
  items = $state.raw<Outgoing[]>([])
  onSent: (message: Message, outgoing: Outgoing) => void = () => {}
  /** The server has it and holds it back: to be undone, or to go later. */
  onHeld: (scheduled: ScheduledReply, outgoing: Outgoing) => void = () => {}
  onRefused: (outgoing: Outgoing) => void = () => {}
  private key = KEY
  private flying = new Set<Id>()

  constructor(
    private readonly send: Send,
    private readonly store: Store,
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes up what an earlier page of the same agent left behind. */
  restore(agent: Id): void {
    this.key = `${KEY}.${agent}`
    try {
      const left = JSON.parse(this.store.getItem(this.key) ?? '[]') as Outgoing[]
      const here = this.items
      this.items = left.filter((item) => !here.some((other) => other.client_id === item.client_id)).map((item) => (item.state !== 'failed' && item.state !== 'refused' ? { ...item, state: 'queued' as const } : item)).concat(here)
    } catch {
      // Unreadable: what this page holds is all there is.
    }
    this.flush()
  }

  of(ticket: Id): Outgoing[] {
    return this.items.filter((item) => item.ticket_id === ticket)
  }

  post(ticket: TicketSummary, channel: Channel, body: NewMessage, files: { name: string; size: number }[]): Outgoing {
    const outgoing: Outgoing = {
      client_id: body.client_id, ticket_id: ticket.id, number: ticket.number, channel, body, files,
      created_at: new Date(this.now()).toISOString(), state: 'queued', problem: null,
    }
    this.keep([...this.items, outgoing])
    void this.release(outgoing.client_id)
    return outgoing
  }

  /** Takes it back, if it has not left yet. */
  undo(clientId: Id): Outgoing | null {
    const item = this.find(clientId)
    if (!item || this.flying.has(clientId)) return null
    this.keep(this.items.filter((other) => other !== item))
    return item
  }

  retry(clientId: Id, seenPosition?: number): void {
    const item = this.find(clientId)
    if (!item || this.flying.has(clientId)) return
    if (seenPosition !== undefined) this.change(clientId, { body: { ...item.body, seen_position: seenPosition } })
    void this.release(clientId)
  }

  /** The network is back: everything that waited goes, each ticket's messages in their order. */
  flush(): void {
    for (const item of this.items) if (item.state === 'queued') void this.release(item.client_id)
  }

  /** The page is about to go: what waits is tried once more on the way out. */
  flushOnLeave(): void {
    for (const item of this.items) if (item.state === 'queued') void this.release(item.client_id, true)
  }

  /** The feed showed this message: it has arrived, whatever the answer said. */
  settle(clientId: Id | null): void {
    if (clientId && this.find(clientId)) this.keep(this.items.filter((item) => item.client_id !== clientId))
  }

  private async release(clientId: Id, keepalive = false): Promise<void> {
    const item = this.find(clientId)
    if (!item || this.flying.has(clientId)) return
    const earlier = this.items.find((other) => other.ticket_id === item.ticket_id && other !== item && this.flying.has(other.client_id))
    if (earlier) return this.change(clientId, { state: 'queued' })
    this.flying.add(clientId)
    this.change(clientId, { state: 'sending', problem: null, why: null })
    try {
      const answer = await this.send(item.ticket_id, this.find(clientId)?.body ?? item.body, keepalive)
      this.keep(this.items.filter((other) => other.client_id !== clientId))
      if ('send_at' in answer) this.onHeld(answer, item)
      else this.onSent(answer, item)
    } catch (error) {
      if (error instanceof Unreachable) this.change(clientId, { state: 'queued' })
      else if (error instanceof Refusal && error.is('new-messages')) {
        this.change(clientId, { state: 'refused' })
        const refused = this.find(clientId)
        if (refused) this.onRefused(refused)
      } else if (error instanceof Refusal && error.is('macro-forbidden')) this.change(clientId, { state: 'failed', problem: wordsFor(error), why: 'macro-forbidden' })
      else this.change(clientId, { state: 'failed', problem: wordsFor(error) })
    } finally {
      this.flying.delete(clientId)
    }
    const next = this.items.find((other) => other.ticket_id === item.ticket_id && other.state === 'queued')
    if (next && next.client_id !== clientId) void this.release(next.client_id)
  }

  private find(clientId: Id): Outgoing | undefined {
    return this.items.find((item) => item.client_id === clientId)
  }

  private change(clientId: Id, changes: Partial<Outgoing>): void {
    this.keep(this.items.map((item) => (item.client_id === clientId ? { ...item, ...changes } : item)))
  }

  private keep(items: Outgoing[]): void {
    this.items = items
    try {
      this.store.setItem(this.key, JSON.stringify(items))
    } catch {
      // No room left: the page still holds them.
    }
  }
}
