// The live feed: one socket, resumed from the last number reached, tried again for ever, watched for sleep.
import { Backoff } from '../../shared/backoff'
import type { FeedIn, FeedOut, Frame, Id, Problem, Viewer } from '../../shared/types'

export interface FeedListener {
  frames(frames: Frame[]): void
  /** Forget and fetch everything again. */
  resync(): void
  presence(ticket: Id, viewers: Viewer[]): void
  visitor(ticket: Id, state: { typing: boolean; online: boolean }): void
  /** Connected, after having been away. */
  back(): void
  problem(problem: Problem): void
  /** Several tries in a row were refused: the session may be over. */
  refused(): void
}

const PING_EVERY = 20_000
const ANSWER_WITHIN = 8_000
const CONNECT_WITHIN = 12_000

export class Feed {
  state = $state<'off' | 'connecting' | 'live' | 'lost'>('off')
  /** The number reached in the workspace's log. */
  seq: number | null = null

  private socket: WebSocket | null = null
  private ticket: Id | null = null
  private typingState: { ticket: Id; typing: 'reply' | 'note' | null } | null = null
  private lastHeard = 0
  private lastTick = 0
  private tries = 0
  /** A ping is out; another would only give the silent line more time. */
  private pinged = false
  private wait: ReturnType<typeof setTimeout> | undefined
  private watch: ReturnType<typeof setInterval> | undefined
  private deadline: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly listener: FeedListener,
    private readonly open: () => WebSocket,
    private readonly backoff = new Backoff(),
  ) {}

  start(after: number | null): void {
    this.seq = after
    if (this.state !== 'off') return
    this.state = 'connecting'
    this.lastTick = Date.now()
    this.watch = setInterval(() => this.tick(), 5_000)
    this.connect()
  }

  stop(): void {
    this.state = 'off'
    clearInterval(this.watch)
    clearTimeout(this.wait)
    clearTimeout(this.deadline)
    this.drop()
  }

  /** Full frames for this ticket from now on; counts as viewing it. */
  openTicket(ticket: Id | null): void {
    this.ticket = ticket
    this.typingState = null
    this.say({ type: 'open', ticket })
  }

  typing(ticket: Id, typing: 'reply' | 'note' | null): void {
    if (this.typingState?.ticket === ticket && this.typingState.typing === typing) return
    this.typingState = { ticket, typing }
    this.say({ type: 'typing', ticket, typing })
  }

  /** The network or the tab came back: ask for a sign of life, or connect without waiting. */
  probe(): void {
    if (this.state === 'off') return
    if (this.socket?.readyState === WebSocket.OPEN) this.ping(3_000)
    else this.connect()
  }

  private connect(): void {
    clearTimeout(this.wait)
    this.drop()
    if (this.state !== 'lost') this.state = 'connecting'
    const socket = this.open()
    this.socket = socket
    this.deadline = setTimeout(() => this.lose(socket), CONNECT_WITHIN)
    socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', after: this.seq } satisfies FeedIn))
    socket.onmessage = (event) => this.socket === socket && this.hear(JSON.parse(event.data as string) as FeedOut)
    socket.onclose = socket.onerror = () => this.lose(socket)
  }

  private hear(said: FeedOut): void {
    this.lastHeard = Date.now()
    this.pinged = false
    clearTimeout(this.deadline)
    switch (said.type) {
      case 'welcome': return this.welcome(said.seq)
      case 'resync':
        this.seq = said.seq
        if (this.state !== 'live') this.welcome(said.seq)
        return this.listener.resync()
      case 'batch':
        if (this.seq !== null && said.seq < this.seq) return
        if (said.frames.length) this.listener.frames(said.frames)
        this.seq = said.seq
        return
      case 'presence': return this.listener.presence(said.ticket, said.viewers)
      case 'visitor': return this.listener.visitor(said.ticket, said)
      case 'moved':
        this.backoff.reset()
        return this.lose(this.socket)
      case 'problem': return this.listener.problem(said.problem)
      case 'pong': return
    }
  }

  private welcome(seq: number): void {
    this.seq ??= seq
    const away = this.state === 'lost'
    this.state = 'live'
    this.tries = 0
    this.backoff.reset()
    if (this.ticket) this.say({ type: 'open', ticket: this.ticket })
    if (this.typingState?.typing) this.say({ type: 'typing', ...this.typingState })
    if (away) this.listener.back()
  }

  private lose(socket: WebSocket | null): void {
    if (!socket || socket !== this.socket || this.state === 'off') return
    this.drop()
    this.state = 'lost'
    this.tries += 1
    if (this.tries % 3 === 0) this.listener.refused()
    clearTimeout(this.wait)
    this.wait = setTimeout(() => this.connect(), this.backoff.next())
  }

  private drop(): void {
    clearTimeout(this.deadline)
    this.pinged = false
    const socket = this.socket
    this.socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null
    socket.close()
  }

  private tick(): void {
    const now = Date.now()
    const slept = now - this.lastTick > 30_000
    this.lastTick = now
    if (slept) this.probe()
    else if (this.state === 'live' && now - this.lastHeard > PING_EVERY) this.ping(ANSWER_WITHIN)
  }

  private ping(patience: number): void {
    if (this.pinged) return
    this.pinged = true
    const socket = this.socket
    this.say({ type: 'ping' })
    clearTimeout(this.deadline)
    this.deadline = setTimeout(() => this.lose(socket), patience)
  }

  private say(words: FeedIn): void {
    if (this.socket?.readyState === WebSocket.OPEN && this.state === 'live') this.socket.send(JSON.stringify(words))
  }
}
