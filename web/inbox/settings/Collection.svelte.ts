// One kind of thing an administrator keeps: fetched, created, changed, deleted.
import type { Id } from '../../shared/types'
import type { Answer, Asked, Paths, PathsOf } from '../api/client'
import { ask } from '../api/request'

type Listed<P extends PathsOf<'get'>> = Answer<P, 'get'> extends { items: (infer T extends { id: Id })[] } ? T : never
/** The paths that list what they keep, and take more of it. */
export type Kept = { [P in PathsOf<'get'> & PathsOf<'post'>]: Listed<P> extends never ? never : P }[PathsOf<'get'> & PathsOf<'post'>]
type One<P extends string> = Extract<keyof Paths, `${P}/{${string}}`>

export class Collection<P extends Kept> {
  items = $state.raw<Listed<P>[]>([])
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state.raw<unknown>(null)

  constructor(readonly path: P) {
    void this.load()
  }

  load = async (): Promise<void> => {
    if (this.phase === 'failed') this.phase = 'loading'
    try {
      this.items = ((await ask('GET', this.path)) as { items: Listed<P>[] }).items
      this.phase = 'ready'
    } catch (error) {
      this.error = error
      this.phase = 'failed'
    }
  }

  async create(body: Asked<P, 'post'>): Promise<Listed<P>> {
    const made = (await ask('POST', this.path, body)) as Listed<P>
    this.items = [...this.items.filter((item) => item.id !== made.id), made]
    return made
  }

  async change(id: Id, body: Asked<One<P>, 'patch'>): Promise<Listed<P>> {
    const changed = (await ask('PATCH', `${this.path}/${id}`, body)) as Listed<P>
    this.items = this.items.map((item) => (item.id === id ? changed : item))
    return changed
  }

  async remove(id: Id): Promise<void> {
    await ask('DELETE', `${this.path}/${id}`)
    this.items = this.items.filter((item) => item.id !== id)
  }
}
