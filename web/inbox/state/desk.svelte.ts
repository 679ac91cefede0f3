// The desk: every store of the inbox, and how the feed reaches them.
import type { Bootstrap, Id, Me, Message, RingingCall, TicketSummary } from '../../shared/types'
import { Refusal, whenSignedOut } from '../api/request'
import { routes } from '../api/routes'
import { language, t } from '../i18n/language.svelte'
import { attendance } from '../routing/Attendance.svelte'
import type { AnyFrame } from '../routing/types'
import { Alarms } from './Alarms.svelte'
import { Calls } from './Calls.svelte'
import { clock } from './Clock.svelte'
import { Composer } from './Composer.svelte'
import { Conversation } from './Conversation.svelte'
import { Counts } from './Counts.svelte'
import { Feed } from './Feed.svelte'
import { tellHeld } from '../actions/scheduling'
import { notices } from './Notices.svelte'
import { Notifications } from './Notifications.svelte'
import { Outbox } from './Outbox.svelte'
import { Reference } from './Reference.svelte'
import { route } from './Route.svelte'
import { Session } from './Session.svelte'
import { TicketList } from './TicketList.svelte'

class Desk {
  readonly session = new Session()
  readonly reference = new Reference()
  readonly list = new TicketList(routes.tickets, () => this.session.id)
  readonly conversation = new Conversation(routes)
  readonly counts = new Counts(routes.counts)
  readonly notifications = new Notifications(routes.notifications, routes.readNotifications)
  readonly calls = new Calls(() => this.session.id)
  readonly outbox = new Outbox(routes.sendMessage, localStorage)
  readonly composer = new Composer(routes, (ticket, kind) => this.feed.typing(ticket, kind), () => this.session.id)
  readonly feed = new Feed(
    {
      frames: (frames) => {
        frames.forEach((frame) => this.apply(frame))
        if ((frames as AnyFrame[]).some(({ kind }) => kind === 'ticket' || kind === 'ticket_gone' || kind === 'agent_presence')) this.heard += 1
      },
      resync: () => void this.refetch(),
      presence: (ticket, viewers) => {
        if (this.conversation.ticket?.id === ticket) this.conversation.viewers = viewers
      },
      visitor: (ticket, state) => {
        if (this.conversation.ticket?.id === ticket) this.conversation.visitor = { typing: state.typing, online: state.online }
      },
      back: () => {
        this.outbox.flush()
        this.composer.saveAgain()
      },
      problem: (problem) => {
        if (problem.status === 401) this.session.expired = true
      },
      refused: () => void this.checkSession(),
    },
    () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/feed`),
  )
  /** Grows with every frame that changes tickets or agents: what the board follows. */
  heard = $state(0)
  readonly alarms = new Alarms(routes.alarms, () => this.session.can('admin.inboxes'))
  /** Told to screen readers. */
  spoken = $state('')

  async start(): Promise<void> {
    clock.start()
    whenSignedOut(() => {
      if (this.session.phase === 'in') this.session.expired = true
    })
    this.outbox.onSent = (message) => {
      const { composer, conversation } = this
      const upToDate = composer.seen >= conversation.newestPublic
      // What the feed told of it already is newer than this answer.
      if (!conversation.messages.some(({ id }) => id === message.id)) conversation.applyMessage(message)
      if (upToDate && composer.ticket === message.ticket_id) composer.seen = conversation.newestPublic
    }
    this.outbox.onHeld = (scheduled, outgoing) => {
      if (this.conversation.ticket?.id === scheduled.ticket_id) this.conversation.keepScheduled(scheduled)
      else tellHeld(scheduled, outgoing.number)
    }
    this.outbox.onRefused = (outgoing) => {
      if (this.conversation.ticket?.id === outgoing.ticket_id) return void this.conversation.refresh()
      notices.tell(t.outgoing.notSent(outgoing.number), { tone: 'wrong', for: 30_000, action: { label: t.outgoing.open, run: () => route.openTicket(outgoing.number) } })
    }
    addEventListener('online', () => this.feed.probe())
    addEventListener('pagehide', () => this.outbox.flushOnLeave())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible') return
      clock.tick()
      this.feed.probe()
    })
    setInterval(() => this.feed.state === 'live' && this.outbox.flush(), 10_000)
    await this.resume()
  }

  /** Takes up the session of the cookie, if there is one. */
  async resume(): Promise<void> {
    try {
      await this.enter(await routes.session())
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) this.session.leave()
      else this.session.phase = 'unreachable'
    }
  }

  async enter(me: Me): Promise<void> {
    const again = this.session.expired
    // Somebody else signed in over the work: nothing of the first agent may stay.
    if (again && this.session.id !== me.agent.id) return location.reload()
    const bootstrap = await routes.bootstrap()
    this.take(bootstrap)
    this.session.enter(me)
    if (!language.chosen) void language.speak(me.agent.locale, false)
    if (again) {
      this.feed.probe()
      void this.refetch()
    } else {
      this.feed.start(bootstrap.seq)
      void this.counts.load()
      void this.notifications.load()
    }
    void this.alarms.load()
    this.outbox.restore(me.agent.id)
    routes.ringing().then((page) => page.items.forEach((call) => this.calls.apply(call)), () => {})
  }

  async leave(): Promise<void> {
    await routes.signOut().catch(() => {})
    this.forget()
  }

  /** Back to the sign-in, with nothing of this agent left on the screen. */
  forget(): void {
    this.feed.stop()
    this.session.leave()
    this.conversation.close()
    this.composer.leave()
    route.go('/login')
    location.reload()
  }

  async openTicket(number: string): Promise<void> {
    await this.conversation.open(number)
    const { ticket, detail } = this.conversation
    if (!ticket || !detail || (ticket.number !== number && ticket.id !== number)) return
    this.feed.openTicket(ticket.id)
    this.list.cursor = ticket.id
    this.composer.begin(detail)
    void this.notifications.readAbout(ticket.id)
  }

  closeTicket(): void {
    this.feed.openTicket(null)
    this.composer.leave()
    this.conversation.close()
  }

  private take(bootstrap: Bootstrap): void {
    this.reference.take(bootstrap)
    clock.learn(bootstrap.server_time)
    this.notifications.unread = bootstrap.unread_notifications
  }

  private apply(frame: AnyFrame): void {
    switch (frame.kind) {
      case 'ticket': return this.applyTicket(frame.ticket)
      case 'ticket_gone':
        this.list.drop(frame.ticket_id)
        this.conversation.drop(frame.ticket_id)
        return this.counts.touch()
      case 'message': return this.applyMessage(frame.message)
      case 'scheduled': return this.conversation.applyScheduled(frame.ticket_id, frame.scheduled)
      case 'activity': return this.conversation.applyActivity(frame.ticket_id, frame.activity)
      case 'conversation': return void this.conversation.moved(frame.ticket_id)
      case 'alarms': return void this.alarms.load()
      case 'customer': return this.list.rename(frame.customer)
      case 'notification': return this.notifications.apply(frame.notification)
      case 'call': return this.ring(frame.call)
      case 'reference': return void this.refresh()
      case 'agent_presence': return attendance.apply(frame)
      case 'read': return this.list.markRead(frame.ticket_id)
    }
  }

  private applyTicket(ticket: TicketSummary): void {
    this.list.apply(ticket)
    const apart = this.conversation.ticket?.id === ticket.id && !this.conversation.ticket.merged_into
    this.conversation.applyTicket(ticket)
    this.counts.touch()
    if (apart && ticket.merged_into) this.follow(ticket.number, ticket.merged_into.number)
  }

  /** The ticket one looks at became a part of another: what one was writing goes along. */
  private follow(from: string, to: string): void {
    if (route.ticket === null) return
    this.composer.carry()
    route.openTicket(to)
    notices.tell(t.move.followed(from, to))
  }

  private applyMessage(message: Message): void {
    const known = this.conversation.messages.some((other) => other.id === message.id)
    this.outbox.settle(message.client_id)
    this.conversation.applyMessage(message)
    if (!known && message.direction === 'in') this.spoken = t.stream.arrived(message.author.name)
  }

  private ring(call: RingingCall): void {
    this.calls.apply(call)
    if (call.state === 'ringing') this.spoken = `${t.call.ringing}: ${call.customer?.name ?? call.number}`
  }

  private async refetch(): Promise<void> {
    void this.refresh()
    void this.counts.load()
    void this.notifications.load()
    void this.alarms.load()
    await Promise.all([this.list.reload(), this.conversation.refresh()])
  }

  async refresh(): Promise<void> {
    try {
      const bootstrap = await routes.bootstrap()
      this.take(bootstrap)
      this.session.enter(bootstrap.me)
    } catch {
      // The feed tells again, or the next connection does.
    }
  }

  private async checkSession(): Promise<void> {
    try {
      await routes.session()
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) this.session.expired = true
    }
  }

  isMe(agent: Id | null): boolean {
    return agent !== null && agent === this.session.id
  }
}

export const desk = new Desk()
