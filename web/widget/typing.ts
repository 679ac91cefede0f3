// Tells the agents that the visitor is typing: at once when it begins, then at most one frame in two
// seconds, and an end after four of rest.
import type { Clock } from './connection'

const AT_MOST_EVERY = 2_000
const REST = 4_000

export class Typing {
  private toldAt = 0
  private active = false
  private rest: unknown = null

  constructor(private readonly clock: Clock, private readonly tell: (typing: boolean) => void) {}

  touch(): void {
    const now = this.clock.now()
    this.clock.cancel(this.rest)
    this.rest = this.clock.after(REST, () => this.stop())
    if (this.active && now - this.toldAt < AT_MOST_EVERY) return
    this.active = true
    this.toldAt = now
    this.tell(true)
  }

  stop(): void {
    this.clock.cancel(this.rest)
    if (!this.active) return
    this.active = false
    this.tell(false)
  }
}
