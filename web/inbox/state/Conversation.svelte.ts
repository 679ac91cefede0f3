// The open ticket: its messages by position, its events, who looks at it, and edits with their conflicts.
import type { Activity, Conflict, Customer, Edit, Id, Message, ScheduledReply, TicketDetail, ExpectedField, TicketField, TicketSummary, Viewer } from '../../shared/types'
import { Refusal } from '../api/request'

export interface TicketRoutes {
  ticket(idOrNumber: string): Promise<TicketDetail>
  olderMessages(ticket: Id, before: string, limit?: number): Promise<{ items: Message[]; activities: Activity[]; before: string | null }>
  editTicket(ticket: Id, edits: Edit[]): Promise<TicketSummary>
  changeTags(ticket: Id, add: Id[], removed: Id[]): Promise<TicketSummary>
  markRead(ticket: Id, position: number): Promise<void>
}

/** Messages a page while one of them is looked for: as many as the server gives. */
const WHEN_SEEKING = 100

export class Conversation {
  phase = $state<'empty' | 'loading' | 'ready' | 'failed' | 'gone'>('empty')
  error = $state.raw<unknown>(null)
  ticket = $state.raw<TicketSummary | null>(null)
  customer = $state.raw<Customer | null>(null)
  messages = $state.raw<Message[]>([])
  activities = $state.raw<Activity[]>([])
  /** Answers that wait, and those that were cancelled. */
  scheduled = $state.raw<ScheduledReply[]>([])
  before = $state.raw<string | null>(null)
  viewers = $state.raw<Viewer[]>([])
  visitor = $state.raw<{ typing: boolean; online: boolean } | null>(null)
  detail = $state.raw<TicketDetail | null>(null)
  conflicts = $state.raw<Conflict[]>([])
  loadingOlder = $state(false)
  /** The message that is to be brought into sight and marked. Anew each time it is asked for. */
  sought = $state.raw<{ message: Id } | null>(null)
  /** The position up to which it was read when it was opened: where the line "new" stands. */
  readBefore = $state(0)
  readonly newest = $derived(this.messages.at(-1)?.position ?? 0)
  readonly newestPublic = $derived(this.messages.findLast((message) => message.visibility === 'public')?.position ?? 0)

  private asked: string | null = null
  private read = 0
  private fetching = false
  private replacing = false
  private olderPage: Promise<void> | null = null
  /** Frames that came while the ticket was being fetched: applied again on top of the answer. */
  private early: (() => void)[] = []

  constructor(private readonly routes: TicketRoutes) {}

  async open(idOrNumber: string): Promise<void> {
    if (this.phase === 'ready' && this.ticket && (this.ticket.number === idOrNumber || this.ticket.id === idOrNumber)) return
    this.close()
    this.asked = idOrNumber
    this.phase = 'loading'
    await this.fetch(idOrNumber)
  }

  /** Shows a ticket whose whole detail is already here. */
  show(detail: TicketDetail): void {
    this.close()
    this.asked = detail.ticket.id
    this.take(detail, true)
  }

  close(): void {
    this.asked = null
    this.phase = 'empty'
    this.ticket = this.customer = this.detail = this.visitor = null
    this.messages = []
    this.activities = []
    this.scheduled = []
    this.viewers = []
    this.conflicts = []
    this.before = null
    this.early = []
    this.sought = this.olderPage = null
    this.read = 0
  }

  async refresh(): Promise<void> {
    if (this.asked) await this.fetch(this.ticket?.id ?? this.asked)
  }

  /** Messages came or went: what is shown is asked for anew and replaced. */
  async moved(ticket: Id): Promise<void> {
    if (this.ticket?.id !== ticket) return
    this.replacing = true
    await this.refresh()
  }

  /** Brings a message into sight, however far back it stands; false when this ticket does not have it. */
  async seek(message: Id): Promise<boolean> {
    const asked = this.asked
    while (asked === this.asked) {
      if (this.messages.some(({ id }) => id === message)) {
        this.sought = { message }
        return true
      }
      const before = this.before
      await this.older(WHEN_SEEKING)
      if (this.before === before) return false
    }
    return false
  }

  /** The page before those that are here. Who asks while it is being fetched gets the same. */
  older(limit?: number): Promise<void> {
    if (!this.before || !this.ticket) return Promise.resolve()
    const page = (this.olderPage ??= this.fetchOlder(this.ticket.id, this.before, limit))
    return page.finally(() => {
      if (this.olderPage === page) this.olderPage = null
    })
  }

  private async fetchOlder(ticket: Id, before: string, limit?: number): Promise<void> {
    const asked = this.asked
    this.loadingOlder = true
    try {
      const page = await this.routes.olderMessages(ticket, before, limit)
      if (asked !== this.asked) return
      this.messages = byPosition([...page.items, ...this.messages])
      this.activities = bySeq([...page.activities, ...this.activities])
      this.before = page.before
    } finally {
      this.loadingOlder = false
    }
  }

  applyTicket(ticket: TicketSummary): void {
    if (this.fetching) this.early.push(() => this.applyTicket(ticket))
    if (this.ticket?.id === ticket.id && this.ticket.version <= ticket.version) this.ticket = ticket
  }

  applyMessage(message: Message): void {
    if (this.fetching) this.early.push(() => this.applyMessage(message))
    if (this.ticket?.id !== message.ticket_id) return
    // What is further back than what is loaded comes with its page.
    const isFurtherBack = message.position < (this.messages[0]?.position ?? 0)
    if (isFurtherBack && this.before && !this.loadingOlder) return
    this.messages = byPosition([...this.messages, message])
  }

  applyActivity(ticket: Id, activity: Activity): void {
    if (this.fetching) this.early.push(() => this.applyActivity(ticket, activity))
    if (this.ticket?.id === ticket) this.activities = bySeq([...this.activities, activity])
  }

  applyScheduled(ticket: Id, scheduled: ScheduledReply[]): void {
    if (this.fetching) this.early.push(() => this.applyScheduled(ticket, scheduled))
    if (this.ticket?.id === ticket) this.scheduled = scheduled
  }

  /** One of them, as the server just told it. */
  keepScheduled(one: ScheduledReply): void {
    this.applyScheduled(one.ticket_id, [...this.scheduled.filter((other) => other.id !== one.id), one])
  }

  dropScheduled(id: Id): void {
    this.scheduled = this.scheduled.filter((one) => one.id !== id)
  }

  drop(ticket: Id): void {
    if (this.ticket?.id === ticket) this.phase = 'gone'
  }

  /** Shown to the end: tells the server, once per position. */
  async markRead(): Promise<void> {
    const ticket = this.ticket
    if (!ticket || this.newest <= this.read) return
    const before = this.read
    this.read = this.newest
    try {
      await this.routes.markRead(ticket.id, this.read)
    } catch {
      this.read = before
    }
  }

  /** Changes one field, shown at once and taken back if refused. A conflict is kept to be decided. */
  async edit(field: ExpectedField, next: string | null, shown: Partial<TicketSummary>, reason?: string): Promise<void> {
    const ticket = this.ticket
    if (!ticket) return
    const old = valueOf(ticket, field)
    if (old === next) return
    this.ticket = { ...ticket, ...shown }
    await this.patch(ticket, { field: field as TicketField, old, new: next, ...(reason ? { reason } : {}) })
  }

  /** My value after all, knowing theirs. */
  async insist(conflict: Conflict): Promise<void> {
    this.conflicts = this.conflicts.filter((other) => other !== conflict)
    if (this.ticket) await this.patch(this.ticket, { field: conflict.field, old: conflict.current, new: conflict.yours })
  }

  yield(conflict: Conflict): void {
    this.conflicts = this.conflicts.filter((other) => other !== conflict)
  }

  async changeTags(add: Id[], removed: Id[]): Promise<void> {
    const ticket = this.ticket
    if (!ticket || (!add.length && !removed.length)) return
    const tags = [...ticket.tag_ids.filter((id) => !removed.includes(id)), ...add.filter((id) => !ticket.tag_ids.includes(id))]
    this.ticket = { ...ticket, tag_ids: tags }
    try {
      this.applyTicket(await this.routes.changeTags(ticket.id, add, removed))
    } catch (error) {
      if (this.ticket?.id === ticket.id) this.ticket = { ...this.ticket, tag_ids: ticket.tag_ids }
      throw error
    }
  }

  private async patch(before: TicketSummary, edit: Edit): Promise<void> {
    try {
      this.applyTicket(await this.routes.editTicket(before.id, [edit]))
    } catch (error) {
      const conflicts = error instanceof Refusal && error.status === 409 ? error.problem.conflicts : undefined
      if (this.ticket?.id !== before.id) throw error
      if (!conflicts) {
        this.ticket = { ...this.ticket, ...undone(before, edit.field) }
        throw error
      }
      this.conflicts = [...this.conflicts.filter((known) => known.field !== edit.field), ...conflicts]
      await this.refresh()
    }
  }

  private async fetch(idOrNumber: string): Promise<void> {
    const asked = this.asked
    const first = this.phase !== 'ready'
    this.fetching = true
    try {
      const detail = await this.routes.ticket(idOrNumber)
      if (asked !== this.asked) return
      this.fetching = false
      this.take(detail, first)
    } catch (error) {
      if (asked !== this.asked) return
      this.fetching = false
      this.error = error
      if (error instanceof Refusal && (error.status === 404 || error.status === 403)) this.phase = 'gone'
      else if (first) this.phase = 'failed'
    }
  }

  private take(detail: TicketDetail, first: boolean): void {
    if (first) this.readBefore = detail.read_position
    this.read = Math.max(this.read, detail.read_position)
    const overlapping = !first && !this.replacing && this.messages.some((message) => message.position >= (detail.messages[0]?.position ?? 0))
    this.replacing = false
    this.detail = detail
    this.ticket = detail.ticket
    this.customer = detail.customer
    this.scheduled = detail.scheduled
    this.messages = byPosition(overlapping ? [...this.messages, ...detail.messages] : detail.messages)
    this.activities = bySeq(overlapping ? [...this.activities, ...detail.activities] : detail.activities)
    if (!overlapping) this.before = detail.before
    this.phase = 'ready'
    this.error = null
    const early = this.early
    this.early = []
    for (const apply of early) apply()
  }
}

/** Each message once (the later copy wins), in the order of positions. */
export function byPosition(messages: Message[]): Message[] {
  const once = new Map(messages.map((message) => [message.id, message]))
  return [...once.values()].sort((a, b) => a.position - b.position)
}

function bySeq(activities: Activity[]): Activity[] {
  const once = new Map(activities.map((activity) => [`${activity.seq}/${activity.kind}/${activity.field ?? activity.tag_id ?? ''}`, activity]))
  return [...once.values()].sort((a, b) => a.seq - b.seq)
}

export function valueOf(ticket: TicketSummary, field: ExpectedField): string | null {
  switch (field) {
    case 'status': return ticket.status_id
    case 'assignee': return ticket.assignee_id
    case 'team': return ticket.team_id
    case 'owner': return ticket.owner_id
    case 'priority': return ticket.priority
    case 'subject': return ticket.subject
    case 'customer': return ticket.customer.id
    case 'kind': return ticket.kind ?? null
  }
}

function undone(before: TicketSummary, field: ExpectedField): Partial<TicketSummary> {
  switch (field) {
    case 'status': return { status_id: before.status_id, category: before.category }
    case 'assignee': return { assignee_id: before.assignee_id }
    case 'team': return { team_id: before.team_id }
    case 'owner': return { owner_id: before.owner_id }
    case 'priority': return { priority: before.priority }
    case 'subject': return { subject: before.subject }
    case 'customer': return { customer: before.customer }
    case 'kind': return { kind: before.kind }
  }
}
