// The present, as the server tells it. One ticking for the whole screen: slowly for waiting times, by the second for
// what is due within minutes.

const SLOW = 15_000

export class Clock {
  /** Moves every fifteen seconds. */
  now = $state(Date.now())
  /** Moves every second; read it only for what is shown to the second. */
  second = $state(Date.now())
  private offset = 0

  /** Learns how far this machine's clock is off. */
  learn(serverTime: string): void {
    this.offset = new Date(serverTime).getTime() - Date.now()
    this.tick()
  }

  tick = (): void => {
    this.now = this.second = Date.now() + this.offset
  }

  start(): void {
    setInterval(() => {
      this.second = Date.now() + this.offset
      if (Math.abs(this.second - this.now) >= SLOW) this.now = this.second
    }, 1_000)
  }
}

export const clock = new Clock()
