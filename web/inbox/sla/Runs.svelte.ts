// Previews and recomputations on the server, followed until they are done.
import { ask } from '../api/request'
import type { Id } from '../../shared/types'
import type { Draft, Run } from './types'

const EVERY = 500

/** One run: what it has counted so far. */
export class FollowedRun {
  run = $state.raw<Run | null>(null)
  error = $state.raw<unknown>(null)
  private timer: ReturnType<typeof setTimeout> | undefined
  private stopped = false

  constructor(private readonly request: typeof ask) {}

  get over(): boolean {
    return this.run?.state === 'done' || this.run?.state === 'failed'
  }

  async preview(draft: Draft): Promise<void> {
    await this.begin(async () => (await this.request('POST', '/sla-policies/preview', draft)) as Run)
  }

  async follow(id: Id): Promise<void> {
    await this.begin(async () => (await this.request('GET', `/sla-runs/${id}`)) as Run)
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  private async begin(first: () => Promise<Run>): Promise<void> {
    this.stopped = false
    this.run = this.error = null
    clearTimeout(this.timer)
    try {
      this.run = await first()
      this.again()
    } catch (error) {
      this.error = error
    }
  }

  private again(): void {
    if (this.stopped || !this.run || this.over) return
    const id = this.run.id
    this.timer = setTimeout(async () => {
      try {
        this.run = (await this.request('GET', `/sla-runs/${id}`)) as Run
        this.error = null
      } catch (error) {
        // A broken connection is no broken run: it is asked again.
        this.error = error
      }
      this.again()
    }, EVERY)
  }
}
