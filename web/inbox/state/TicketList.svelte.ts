// The rows of one view. What arrives while somebody reads waits outside until it is asked in.
import type { CustomerBrief, Id, TicketSummary } from '../../shared/types'
import type { ListQuery } from '../api/routes'

export interface ListPage { items: TicketSummary[]; next: string | null }
export type FetchPage = (query: ListQuery, after: string | null, limit: number) => Promise<ListPage>

const PAGE = 60

export class TicketList {
  query = $state.raw<ListQuery>({ view: 'mine' })
  rows = $state.raw<TicketSummary[]>([])
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state.raw<unknown>(null)
  next = $state.raw<string | null>(null)
  loadingMore = $state(false)
  /** New or moved tickets, not yet among the rows or not yet at their place. */
  arrived = $state.raw<ReadonlyMap<Id, TicketSummary>>(new Map())
  /** Rows that no longer belong here, kept in place until the next merge. */
  leaving = $state.raw<ReadonlySet<Id>>(new Set())
  /** The row the keyboard is on. */
  cursor = $state<Id | null>(null)
  /** How many of them are worth a word: new here, or with news unread. */
  readonly waiting = $derived([...this.arrived.values()].filter((ticket) => ticket.unread || !this.has(ticket.id)).length)

  private held = false
  private generation = 0
  private readonly kept = new Map<string, { rows: TicketSummary[]; next: string | null }>()

  constructor(
    private readonly fetchPage: FetchPage,
    private readonly me: () => Id,
  ) {}

  async open(query: ListQuery): Promise<void> {
    const same = keyOf(query) === keyOf(this.query)
    if (same && this.phase === 'ready') return
    if (this.phase === 'ready') this.kept.set(keyOf(this.query), { rows: this.rows.slice(0, PAGE * 4), next: this.rows.length > PAGE * 4 ? null : this.next })
    const kept = this.kept.get(keyOf(query))
    this.query = query
    this.clear()
    this.rows = kept?.rows ?? []
    this.phase = kept ? 'ready' : 'loading'
    await this.reload()
  }

  /** Fetches the head again; while somebody reads, differences are announced instead of shown. */
  async reload(): Promise<void> {
    const generation = ++this.generation
    try {
      const page = await this.fetchPage(this.query, null, PAGE)
      if (generation !== this.generation) return
      if (this.held && this.rows.length) {
        for (const ticket of page.items) this.apply(ticket)
        return
      }
      this.rows = page.items
      this.next = page.next
      this.arrived = new Map()
      this.leaving = new Set()
      this.phase = 'ready'
      this.error = null
    } catch (error) {
      if (generation !== this.generation) return
      this.error = error
      if (!this.rows.length) this.phase = 'failed'
    }
  }

  async more(): Promise<void> {
    if (!this.next || this.loadingMore || this.phase !== 'ready') return
    const generation = this.generation
    this.loadingMore = true
    try {
      const page = await this.fetchPage(this.query, this.next, PAGE)
      if (generation !== this.generation) return
      const known = new Set(this.rows.map((row) => row.id))
      this.rows = [...this.rows, ...page.items.filter((ticket) => !known.has(ticket.id))]
      this.next = page.next
    } catch (error) {
      this.error = error
    } finally {
      this.loadingMore = false
    }
  }

  /** True while the list is scrolled, under the pointer or being walked through by key. */
  hold(held: boolean): void {
    this.held = held
    if (!held && (this.arrived.size || this.leaving.size)) this.merge()
  }

  /** A ticket came or changed. Its words change at once; its place only when nobody is reading. */
  apply(ticket: TicketSummary): void {
    const index = this.rows.findIndex((row) => row.id === ticket.id)
    const row = this.rows[index]
    const fits = this.fits(ticket)
    if (row) {
      if (row.version > ticket.version) return
      this.rows = this.rows.with(index, ticket)
      this.mark(ticket.id, !fits)
      if (fits && moved(this.query, row, ticket)) this.arrived = new Map(this.arrived).set(ticket.id, ticket)
    } else if (fits && this.reaches(ticket)) {
      const seen = this.arrived.get(ticket.id)
      if (seen && seen.version > ticket.version) return
      this.arrived = new Map(this.arrived).set(ticket.id, ticket)
    } else if (this.arrived.has(ticket.id)) {
      this.arrived = without(this.arrived, ticket.id)
    }
    if (!this.held) this.merge()
  }

  /** The ticket left what I may see. */
  drop(id: Id): void {
    this.arrived = without(this.arrived, id)
    if (this.has(id)) this.mark(id, true)
    if (!this.held) this.merge()
  }

  rename(customer: CustomerBrief): void {
    if (!this.rows.some((row) => row.customer.id === customer.id)) return
    this.rows = this.rows.map((row) => (row.customer.id === customer.id ? { ...row, customer } : row))
  }

  markRead(id: Id): void {
    const index = this.rows.findIndex((row) => row.id === id)
    if (this.rows[index]?.unread) this.rows = this.rows.with(index, { ...this.rows[index], unread: false })
  }

  /** Lets in what waited, takes out what left, and puts every row at its place. */
  merge(): void {
    if (!this.arrived.size && !this.leaving.size) return
    const rows = this.rows.filter((row) => !this.leaving.has(row.id))
    const known = new Set(rows.map((row) => row.id))
    for (const [id, ticket] of this.arrived) if (!known.has(id) && !this.leaving.has(id)) rows.push(ticket)
    rows.sort(orderOf(this.query))
    this.rows = rows
    this.arrived = new Map()
    this.leaving = new Set()
  }

  /** Walks by rows from the cursor (or from the given ticket). Null at the ends. */
  step(by: number): TicketSummary | null {
    const at = this.rows.findIndex((row) => row.id === this.cursor)
    const target = at < 0 ? (by > 0 ? 0 : this.rows.length - 1) : Math.min(this.rows.length - 1, Math.max(0, at + by))
    const row = this.rows[target] ?? null
    if (row) this.cursor = row.id
    if (target > this.rows.length - 10) void this.more()
    return row
  }

  /** The row after this one that still belongs here: what "send and open the next" opens. */
  after(id: Id | null): TicketSummary | null {
    const at = this.rows.findIndex((row) => row.id === id)
    const rest = [...this.rows.slice(at + 1), ...this.rows.slice(0, Math.max(0, at))]
    return rest.find((row) => !this.leaving.has(row.id)) ?? null
  }

  private has(id: Id): boolean {
    return this.rows.some((row) => row.id === id)
  }

  private mark(id: Id, leaving: boolean): void {
    if (this.leaving.has(id) === leaving) return
    const marked = new Set(this.leaving)
    if (leaving) marked.add(id)
    else marked.delete(id)
    this.leaving = marked
  }

  /** Whether a ticket would lie within the pages already fetched. */
  private reaches(ticket: TicketSummary): boolean {
    const last = this.rows.at(-1)
    return !this.next || !last || orderOf(this.query)(ticket, last) <= 0
  }

  private fits(ticket: TicketSummary): boolean {
    return fits(this.query, ticket, this.me(), this.has(ticket.id))
  }

  private clear(): void {
    this.arrived = new Map()
    this.leaving = new Set()
    this.next = null
    this.error = null
    this.cursor = null
    this.held = false
  }
}

export function newestFirst(a: TicketSummary, b: TicketSummary): number {
  if (a.last_message_at !== b.last_message_at) return a.last_message_at < b.last_message_at ? 1 : -1
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0
}

/** Soonest due first. */
export function dueFirst(a: TicketSummary, b: TicketSummary): number {
  const [left, right] = [a.sla?.due_at ?? '\uffff', b.sla?.due_at ?? '\uffff']
  return left < right ? -1 : left > right ? 1 : newestFirst(a, b)
}

function orderOf(query: ListQuery): (a: TicketSummary, b: TicketSummary) => number {
  return query.order === 'due' ? dueFirst : newestFirst
}

/** Whether a changed ticket belongs at another place. */
function moved(query: ListQuery, before: TicketSummary, after: TicketSummary): boolean {
  return query.order === 'due' ? before.sla?.due_at !== after.sla?.due_at : before.last_message_at !== after.last_message_at
}

/** The same question the server answers for the view. Mentions are only known to the server. */
export function fits(query: ListQuery, ticket: TicketSummary, me: Id, present: boolean): boolean {
  if (query.order === 'due' && !ticket.sla?.due_at) return false
  if (query.inbox && ticket.inbox_id !== query.inbox) return false
  if (query.team && ticket.team_id !== query.team) return false
  if (query.tag && !ticket.tag_ids.includes(query.tag)) return false
  if (query.customer && ticket.customer.id !== query.customer) return false
  if (query.assignee && ticket.assignee_id !== query.assignee) return false
  const unsolved = ticket.category !== 'solved' && ticket.category !== 'closed'
  switch (query.view) {
    case 'mine': return ticket.assignee_id === me && unsolved
    case 'unassigned': return ticket.assignee_id === null && unsolved
    case 'open': return ticket.category === 'new' || ticket.category === 'open'
    case 'all': return true
    case 'mentions': return present
    default: return ticket.category === query.view
  }
}

export function keyOf(query: ListQuery): string {
  return [query.view, query.inbox, query.team, query.tag, query.assignee, query.customer, query.order].join('|')
}

function without<V>(map: ReadonlyMap<Id, V>, id: Id): ReadonlyMap<Id, V> {
  if (!map.has(id)) return map
  const rest = new Map(map)
  rest.delete(id)
  return rest
}
