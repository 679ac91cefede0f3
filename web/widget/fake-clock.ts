// A clock for tests: stands still until it is advanced, then runs what is due in order.
import type { Clock } from './connection'

export class FakeClock implements Clock {
  private time = Date.parse('2026-11-22T10:00:00Z')
  private timers: { at: number; run: () => void }[] = []

  now(): number {
    return this.time
  }

  after(milliseconds: number, run: () => void): unknown {
    const timer = { at: this.time + milliseconds, run }
    this.timers.push(timer)
    return timer
  }

  cancel(timer: unknown): void {
    this.timers = this.timers.filter((other) => other !== timer)
  }

  advance(milliseconds: number): void {
    const end = this.time + milliseconds
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0]
      if (!due) break
      this.cancel(due)
      this.time = due.at
      due.run()
    }
    this.time = end
  }
}
