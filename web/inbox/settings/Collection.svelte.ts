// One kind of thing an administrator keeps: fetched, created, changed, deleted.
import type { Id, Page } from '../../shared/types'
import { ask } from '../api/request'

export class Collection<T extends { id: Id }> {
  items = $state.raw<T[]>([])
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state.raw<unknown>(null)

  constructor(readonly path: string) {
    void this.load()
  }

  load = async (): Promise<void> => {
    if (this.phase === 'failed') this.phase = 'loading'
    try {
      const answer = (await ask('GET', this.path)) as Page<T> | T[]
      this.items = Array.isArray(answer) ? answer : answer.items
      this.phase = 'ready'
    } catch (error) {
      this.error = error
      this.phase = 'failed'
    }
  }

  async create<A extends T = T>(body: object): Promise<A> {
    const made = (await ask('POST', this.path, body)) as A
    this.items = [...this.items.filter((item) => item.id !== made.id), made]
    return made
  }

  async change(id: Id, body: object): Promise<T> {
    const changed = (await ask('PATCH', `${this.path}/${id}`, body)) as T
    this.items = this.items.map((item) => (item.id === id ? changed : item))
    return changed
  }

  async remove(id: Id): Promise<void> {
    await ask('DELETE', `${this.path}/${id}`)
    this.items = this.items.filter((item) => item.id !== id)
  }
}
