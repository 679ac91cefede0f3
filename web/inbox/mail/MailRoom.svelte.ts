// The mail that came, as the mail room shows it: one list by filter, one mail in full, and what is done about it.
import type { Id, MailRecord, MailRecordDetail, MailState, Page } from '../../shared/types'

export interface MailRoutes {
  mails(inbox: Id | null, states: MailState[], after: string | null): Promise<Page<MailRecord>>
  mail(mail: Id): Promise<MailRecordDetail>
}
export type MailFilter = { inbox: Id | null; states: MailState[] }

export class MailRoom {
  items = $state.raw<MailRecord[]>([])
  next = $state<string | null>(null)
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state.raw<unknown>(null)
  loadingMore = $state(false)
  open = $state.raw<MailRecordDetail | null>(null)
  private filter: MailFilter = { inbox: null, states: [] }
  private asked = 0

  constructor(private readonly routes: MailRoutes) {}

  async show(filter: MailFilter): Promise<void> {
    this.filter = filter
    this.items = []
    this.next = null
    this.phase = 'loading'
    await this.load()
  }

  load = async (): Promise<void> => {
    const mine = ++this.asked
    if (this.phase === 'failed') this.phase = 'loading'
    try {
      const page = await this.routes.mails(this.filter.inbox, this.filter.states, null)
      if (mine !== this.asked) return
      this.items = page.items
      this.next = page.next
      this.phase = 'ready'
    } catch (error) {
      if (mine !== this.asked) return
      this.error = error
      if (this.phase === 'loading') this.phase = 'failed'
    }
  }

  async more(): Promise<void> {
    if (!this.next || this.loadingMore) return
    const mine = this.asked
    this.loadingMore = true
    try {
      const page = await this.routes.mails(this.filter.inbox, this.filter.states, this.next)
      if (mine !== this.asked) return
      const known = new Set(this.items.map((item) => item.id))
      this.items = [...this.items, ...page.items.filter((item) => !known.has(item.id))]
      this.next = page.next
    } finally {
      this.loadingMore = false
    }
  }

  async look(mail: Id): Promise<void> {
    this.open = await this.routes.mail(mail)
  }

  /** What became of it after somebody acted; a list that it no longer fits loses it. */
  async act(doing: Promise<MailRecordDetail>): Promise<MailRecordDetail> {
    const fresh = await doing
    const fits = !this.filter.states.length || this.filter.states.includes(fresh.state)
    this.items = this.items.flatMap((item) => (item.id === fresh.id ? (fits ? [fresh] : []) : [item]))
    if (this.open?.id === fresh.id) this.open = fresh
    return fresh
  }
}
