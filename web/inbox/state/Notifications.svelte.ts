// What happened that this agent was told about.
import type { Id, Notification, Page } from '../../shared/types'

export class Notifications {
  items = $state.raw<Notification[]>([])
  unread = $state(0)
  phase = $state<'new' | 'loading' | 'ready' | 'failed'>('new')

  constructor(
    private readonly fetch: () => Promise<Page<Notification>>,
    private readonly read: (ids?: Id[]) => Promise<unknown>,
  ) {}

  async load(): Promise<void> {
    if (this.phase !== 'ready') this.phase = 'loading'
    try {
      this.items = (await this.fetch()).items
      this.phase = 'ready'
    } catch {
      if (this.phase === 'loading') this.phase = 'failed'
    }
  }

  apply(notification: Notification): void {
    const known = this.items.find((item) => item.id === notification.id)
    const before = known && !known.read_at ? 1 : 0
    this.unread = Math.max(0, this.unread + (notification.read_at ? 0 : 1) - before)
    this.items = known ? this.items.map((item) => (item.id === notification.id ? notification : item)) : [notification, ...this.items]
  }

  async markRead(ids?: Id[]): Promise<void> {
    const now = new Date().toISOString()
    const touched = this.items.filter((item) => !item.read_at && (!ids || ids.includes(item.id)))
    this.items = this.items.map((item) => (touched.includes(item) ? { ...item, read_at: now } : item))
    this.unread = ids ? Math.max(0, this.unread - touched.length) : 0
    await this.read(ids).catch(() => {})
  }

  /** Opening a ticket reads what was said about it. */
  async readAbout(ticket: Id): Promise<void> {
    const ids = this.items.filter((item) => item.ticket_id === ticket && !item.read_at).map((item) => item.id)
    if (ids.length) await this.markRead(ids)
  }
}
