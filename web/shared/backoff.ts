// How long to wait before trying a lost connection again: doubling, bounded, with full jitter, for ever.

export class Backoff {
  private attempts = 0

  constructor(
    private readonly first = 500,
    private readonly longest = 30_000,
    private readonly random: () => number = Math.random,
  ) {}

  /** Milliseconds to wait before the next try. Never less than half of what doubling says. */
  next(): number {
    const ceiling = Math.min(this.longest, this.first * 2 ** Math.min(this.attempts, 16))
    this.attempts += 1
    return Math.round(ceiling * (0.5 + 0.5 * this.random()))
  }

  reset(): void {
    this.attempts = 0
  }
}
