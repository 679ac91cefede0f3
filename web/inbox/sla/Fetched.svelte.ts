// A short list of things that the settings show: fetched, and fetched again.
import { ask } from '../api/request'

export class Fetched<T> {
  items = $state.raw<T[]>([])
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state.raw<unknown>(null)

  constructor(
    private readonly path: string,
    private readonly request: typeof ask = ask,
  ) {
    void this.load()
  }

  load = async (): Promise<void> => {
    if (this.phase === 'failed') this.phase = 'loading'
    try {
      const answer = (await this.request('GET', this.path)) as { items: T[] } | T[]
      this.items = Array.isArray(answer) ? answer : answer.items
      this.phase = 'ready'
    } catch (error) {
      this.error = error
      this.phase = 'failed'
    }
  }
}
