// One WebSocket after the other, for ever: exponential back-off with jitter, a watchdog, and waking on demand.
// Knows nothing of what the frames mean, but that `pong` is an answer to `ping`.
import type { WidgetIn, WidgetOut } from '../shared/types'

export interface Socket {
  send(text: string): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((event: { data: string }) => void) | null
  onclose: (() => void) | null
}

export interface Clock {
  now(): number
  after(milliseconds: number, run: () => void): unknown
  cancel(timer: unknown): void
}

export interface Listener {
  opened(): void
  received(frame: WidgetOut): void
  lost(): void
}

const FIRST_DELAY = 500
const LONGEST_DELAY = 30_000
const STABLE_AFTER = 10_000
const SILENCE = 15_000
const ANSWER_WITHIN = 8_000

export class Connection {
  private socket: Socket | null = null
  private open = false
  private attempts = 0
  private openedAt = 0
  private retry: unknown = null
  private watchdog: unknown = null

  constructor(
    private readonly dial: () => Socket,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly listener: Listener,
  ) {}

  start(): void {
    this.clock.cancel(this.retry)
    this.retry = null
    const socket = (this.socket = this.dial())
    this.watch(ANSWER_WITHIN, () => this.drop())
    socket.onopen = () => {
      this.open = true
      this.openedAt = this.clock.now()
      this.watch(ANSWER_WITHIN, () => this.drop())
      this.listener.opened()
    }
    socket.onmessage = (event) => {
      this.watch(SILENCE, () => this.probe())
      const frame = JSON.parse(event.data) as WidgetOut
      if (frame.type !== 'pong') this.listener.received(frame)
    }
    socket.onclose = () => this.drop()
  }

  /** Whether the frame could be handed to the socket; that alone proves nothing. */
  send(frame: WidgetIn): boolean {
    if (!this.open) return false
    this.socket!.send(JSON.stringify(frame))
    return true
  }

  /** The network or the visitor is back: connect now, or find out at once whether we still are connected. */
  wake(): void {
    if (this.retry !== null) this.start()
    else if (this.open) this.probe()
  }

  /** Leaves this socket and dials again, not before `delay` milliseconds. */
  drop(delay = 0): void {
    const socket = this.socket
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
    this.clock.cancel(this.watchdog)
    this.socket = null
    if (this.open && this.clock.now() - this.openedAt >= STABLE_AFTER) this.attempts = 0
    this.open = false
    const limit = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.attempts++)
    this.retry = this.clock.after(Math.max(delay, limit * (0.5 + this.random() / 2)), () => this.start())
    this.listener.lost()
  }

  private probe(): void {
    this.send({ type: 'ping' })
    this.watch(ANSWER_WITHIN, () => this.drop())
  }

  private watch(delay: number, run: () => void): void {
    this.clock.cancel(this.watchdog)
    this.watchdog = this.clock.after(delay, run)
  }
}
