// The present, as the server tells it, ticking slowly enough for a screen full of waiting times.

export class Clock {
  now = $state(Date.now())
  private offset = 0

  /** Learns how far this machine's clock is off. */
  learn(serverTime: string): void {
    this.offset = new Date(serverTime).getTime() - Date.now()
    this.tick()
  }

  tick = (): void => {
    this.now = Date.now() + this.offset
  }

  start(): void {
    setInterval(this.tick, 15_000)
  }
}

export const clock = new Clock()
