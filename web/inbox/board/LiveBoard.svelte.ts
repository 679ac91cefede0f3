// The supervisor's board: fetched whole, again when tickets or agents change (once a second at most), and now and then
// because time itself moves tickets from one figure to the next.
import { ask } from '../api/request'
import type { Board } from '../routing/types'
import { sampled, type Sample } from './Trend'

const AT_MOST_EVERY = 1_000
const AT_LEAST_EVERY = 20_000
const KEPT = 'shouwen.board.trends'

export type Figure = 'overdue' | 'soon' | 'unassigned' | 'open'

export class LiveBoard {
  board = $state.raw<Board | null>(null)
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state.raw<unknown>(null)
  /** The last try failed; what is shown is older than it looks. */
  stale = $state(false)
  trends = $state.raw<Record<Figure, Sample[]>>({ overdue: [], soon: [], unassigned: [], open: [] })
  private due: ReturnType<typeof setTimeout> | undefined
  private last = 0
  private watched = false

  constructor(
    private readonly fetch: () => Promise<Board>,
    private readonly now: () => number,
    private readonly kept: Pick<Storage, 'getItem' | 'setItem'> | null = null,
  ) {
    try {
      this.trends = { ...this.trends, ...(JSON.parse(kept?.getItem(KEPT) ?? '{}') as Partial<Record<Figure, Sample[]>>) }
    } catch {
      // Nothing kept.
    }
  }

  /** Keeps the board alive until the returned function is called. */
  watch(): () => void {
    this.watched = true
    void this.load()
    const beat = setInterval(() => this.touch(), AT_LEAST_EVERY)
    return () => {
      this.watched = false
      clearInterval(beat)
      clearTimeout(this.due)
      this.due = undefined
    }
  }

  touch(): void {
    if (!this.watched || this.due !== undefined) return
    this.due = setTimeout(() => {
      this.due = undefined
      void this.load()
    }, Math.max(0, AT_MOST_EVERY - (Date.now() - this.last)))
  }

  load = async (): Promise<void> => {
    this.last = Date.now()
    try {
      this.board = await this.fetch()
      this.phase = 'ready'
      this.stale = false
      this.error = null
      this.remember(this.board)
    } catch (error) {
      this.error = error
      this.stale = true
      if (!this.board) this.phase = 'failed'
    }
  }

  private remember(board: Board): void {
    const at = this.now()
    const values = figures(board)
    this.trends = {
      overdue: sampled(this.trends.overdue, values.overdue, at), soon: sampled(this.trends.soon, values.soon, at),
      unassigned: sampled(this.trends.unassigned, values.unassigned, at), open: sampled(this.trends.open, values.open, at),
    }
    this.kept?.setItem(KEPT, JSON.stringify(this.trends))
  }
}

export function figures(board: Board): Record<Figure, number> {
  const count = (code: string) => board.buckets.find((one) => one.code === code)?.count ?? 0
  return { overdue: count('overdue'), soon: count('within_15m') + count('within_1h'), unassigned: board.queue.unassigned, open: board.buckets.reduce((sum, one) => sum + one.count, 0) }
}

export const liveBoard = new LiveBoard(() => ask('GET', '/board') as Promise<Board>, () => Date.now(), typeof sessionStorage === 'undefined' ? null : sessionStorage)
