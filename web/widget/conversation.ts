// The visitor's conversation: what was said, what is still to be sent, what was seen. The only state of the panel.
import type { Attachment, Id, Problem, WidgetIn, WidgetMessage, WidgetOut } from '../shared/types'
import { Connection, type Clock, type Socket } from './connection'
import { merge, Outbox, type Entry } from './outbox'
import { Typing } from './typing'
import type { Kept } from './messages'

export interface Snapshot {
  live: boolean // connected and welcomed
  loaded: boolean // welcomed at least once
  messages: readonly WidgetMessage[] // by position
  outbox: readonly Entry[] // in the order written
  more: boolean // there are older messages than these
  agentSeen: number
  seen: number // the visitor has seen up to here
  online: boolean | null // null: not known yet
  typing: { name: string | null } | null
  visitor: { name: string | null; email: string | null }
  problem: Problem | null // concerns the conversation, not one message
}

export interface Surroundings {
  key: string
  locale: string
  page: () => { url: string; title: string } | null
  kept: Kept
  keep: (name: string, value: string | null) => void
  dial: () => Socket
  clock: Clock
  random: () => number
  newId: () => string
}

const ACK_WITHIN = 30_000
const BLOCKED_DELAY = 300_000
const BUSY_DELAY = 30_000

export class Conversation {
  snapshot: Snapshot
  token: string | null
  private cursor: number | null = null // the position up to which nothing is missing
  private asked: number | null = null // what the hello under way resumes after
  private reported = 0 // the seen position the server has heard of on this socket
  private identity: { name: string | null; email: string | null } | null = null
  private readonly outbox: Outbox
  private readonly typing: Typing
  private readonly connection: Connection
  private readonly listeners = new Set<() => void>()
  private impatience: unknown = null

  constructor(private readonly around: Surroundings) {
    const { clock, random, dial } = around
    this.token = around.kept[''] ?? null
    this.outbox = new Outbox(around.kept, around.keep)
    this.typing = new Typing(clock, (typing) => this.transmit({ type: 'typing', typing }))
    this.snapshot = {
      live: false,
      loaded: false,
      messages: [],
      outbox: this.outbox.entries,
      more: false,
      agentSeen: 0,
      seen: Number(around.kept[':seen'] ?? 0),
      online: null,
      typing: null,
      visitor: { name: null, email: null },
      problem: null,
    }
    this.connection = new Connection(dial, clock, random, {
      opened: () => this.hello(this.cursor),
      received: (frame) => this.receive(frame),
      lost: () => this.change({ live: false, typing: null }),
    })
  }

  start(): void {
    this.connection.start()
  }

  wake(): void {
    this.connection.wake()
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** The visitor's token, as soon as the server has given one. */
  async admitted(): Promise<string> {
    while (!this.token)
      await new Promise<void>((heard) => {
        const stop = this.subscribe(() => heard(void stop()))
      })
    return this.token
  }

  get unread(): number {
    const { messages, seen } = this.snapshot
    return messages.filter((message) => message.from === 'agent' && message.position > seen).length
  }

  /** Another tab has got a token or has seen more. */
  keptElsewhere(kept: Kept): void {
    const seen = Number(kept[':seen'] ?? 0)
    if (seen > this.snapshot.seen) this.change({ seen })
    const token = kept['']
    const untouched = !this.snapshot.messages.length && !this.snapshot.outbox.length
    if (token && token !== this.token && untouched) {
      this.token = token
      this.cursor = null
      if (this.snapshot.live) this.hello(null)
    }
  }

  send(text: string, attachments: Attachment[]): void {
    const at = new Date(this.around.clock.now()).toISOString()
    const entry: Entry = { client_id: this.around.newId(), text, attachments, at, problem: null }
    this.typing.stop()
    this.outbox.put(entry)
    this.around.keep(':talk', '1')
    this.change({ outbox: this.outbox.entries })
    if (this.snapshot.live) this.deliver(entry)
  }

  retry(clientId: string): void {
    const entry = this.outbox.find(clientId)
    if (!entry) return
    const again = { ...entry, problem: null }
    this.outbox.put(again)
    this.change({ outbox: this.outbox.entries })
    if (this.snapshot.live) this.deliver(again)
  }

  discard(clientId: string): void {
    this.outbox.remove(clientId)
    this.change({ outbox: this.outbox.entries })
  }

  /** The visitor has typed or emptied the field. */
  typed(empty: boolean): void {
    if (empty) this.typing.stop()
    else this.typing.touch()
  }

  /** The end of the conversation is in the visitor's sight. */
  look(): void {
    const seen = this.snapshot.messages.at(-1)?.position ?? 0
    if (seen > this.snapshot.seen) {
      this.around.keep(':seen', String(seen))
      this.change({ seen })
    }
    this.report()
  }

  identify(name: string | null, email: string | null): void {
    this.identity = { name, email }
    this.change({ visitor: this.identity })
    this.transmit({ type: 'identify', ...this.identity })
  }

  dismissProblem(): void {
    this.change({ problem: null })
  }

  private hello(after: number | null): void {
    const { key, locale, page } = this.around
    this.asked = after
    this.reported = 0
    this.connection.send({ type: 'hello', key, token: this.token, after, locale, page: page() })
  }

  private receive(frame: WidgetOut): void {
    switch (frame.type) {
      case 'welcome':
        return this.welcome(frame)
      case 'message':
        return this.add(frame.message)
      case 'ack':
        return this.acknowledge(frame)
      case 'refused':
        return this.refuse(frame.client_id, frame.problem)
      case 'agent':
        return this.change({ online: frame.online, typing: frame.typing ? { name: frame.name } : null })
      case 'seen':
        return this.change({ agentSeen: Math.max(frame.position, this.snapshot.agentSeen) })
      case 'resync':
        return this.hello((this.cursor = null))
      case 'moved':
        return this.connection.drop(this.around.random() * 2_000)
    }
  }

  private welcome(frame: WidgetOut & { type: 'welcome' }): void {
    const sameVisitor = frame.token === this.token
    if (!sameVisitor) this.around.keep('', (this.token = frame.token))
    // Somebody else's positions, or a gap too long to be told: start from a full picture.
    if (this.asked !== null && (!sameVisitor || frame.more)) return this.hello((this.cursor = null))

    const resumed = this.asked !== null
    const messages = merge(resumed ? this.snapshot.messages : [], frame.messages)
    this.cursor = Math.max(frame.position, messages.at(-1)?.position ?? 0)
    if (this.identity?.email === frame.visitor.email) this.identity = null
    for (const message of messages) if (message.client_id) this.outbox.remove(message.client_id)
    if (messages.length) this.around.keep(':talk', '1')
    this.change({
      live: true,
      loaded: true,
      messages,
      outbox: this.outbox.entries,
      more: resumed ? this.snapshot.more : frame.more,
      agentSeen: frame.agent_seen,
      seen: Math.min(this.snapshot.seen, this.cursor),
      online: frame.online,
      visitor: this.identity ?? frame.visitor,
      problem: null,
    })
    if (this.identity) this.transmit({ type: 'identify', ...this.identity })
    for (const entry of this.outbox.entries) if (!entry.problem) this.deliver(entry)
    this.report()
  }

  private add(message: WidgetMessage): void {
    if (message.client_id) this.outbox.remove(message.client_id)
    // Only what the server tells in order moves the cursor; an ack may overtake somebody else's message.
    this.cursor = Math.max(this.cursor ?? 0, message.position)
    this.around.keep(':talk', '1')
    this.change({
      messages: merge(this.snapshot.messages, [message]),
      outbox: this.outbox.entries,
      typing: message.from === 'agent' ? null : this.snapshot.typing,
    })
  }

  private acknowledge({ client_id, id, position, at }: WidgetOut & { type: 'ack' }): void {
    const entry = this.outbox.find(client_id)
    if (!entry) return
    this.outbox.remove(client_id)
    const { text, attachments } = entry
    const message: WidgetMessage = { id, client_id, position, from: 'visitor', name: null, text, attachments, at }
    this.change({ messages: merge(this.snapshot.messages, [message]), outbox: this.outbox.entries })
  }

  private refuse(clientId: string | null, problem: Problem): void {
    const entry = clientId && this.outbox.find(clientId)
    if (entry) {
      this.outbox.put({ ...entry, problem })
      return this.change({ outbox: this.outbox.entries })
    }
    if (clientId) return
    if (this.snapshot.live) {
      // Most likely the address given last; there is no other answer to it.
      const { visitor } = this.snapshot
      this.change({ problem, visitor: this.identity ? { name: null, email: null } : visitor })
      this.identity = null
      return
    }
    // The hello was refused. A token that is no longer good is let go; else come back later.
    if (problem.status === 401 && this.token) {
      this.token = null
      return this.hello((this.cursor = null))
    }
    this.change({ problem })
    this.connection.drop(problem.status >= 500 || problem.status === 429 ? BUSY_DELAY : BLOCKED_DELAY)
  }

  private deliver({ client_id, text, attachments }: Entry): void {
    const attachment_ids: Id[] = attachments.map((attachment) => attachment.id)
    this.connection.send({ type: 'send', client_id, text, attachment_ids })
    this.around.clock.cancel(this.impatience)
    this.impatience = this.around.clock.after(ACK_WITHIN, () => {
      // The line answers but the message was not acknowledged: go the whole way again.
      if (this.snapshot.live && this.outbox.entries.some((entry) => !entry.problem)) this.connection.drop()
    })
  }

  private report(): void {
    const position = this.snapshot.seen
    if (position > this.reported && this.transmit({ type: 'seen', position })) this.reported = position
  }

  private transmit(frame: WidgetIn): boolean {
    return this.snapshot.live && this.connection.send(frame)
  }

  private change(patch: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...patch }
    for (const listener of this.listeners) listener()
  }
}
