// Who is there to take tickets: my own presence, and everybody's as the feed tells it.
import { ask } from '../api/request'
import type { Id } from '../../shared/types'
import type { AgentPresence, MyPresence, Presence, PresenceFrame } from './types'

export class Attendance {
  mine = $state.raw<MyPresence | null>(null)
  agents = $state.raw<ReadonlyMap<Id, AgentPresence>>(new Map())

  constructor(private readonly request: typeof ask) {}

  async load(): Promise<void> {
    const [mine, everybody] = await Promise.all([this.request('GET', '/me/presence'), this.request('GET', '/presence')])
    this.mine = mine as MyPresence
    this.agents = new Map((everybody as { items: AgentPresence[] }).items.map((one) => [one.agent_id, one]))
  }

  /** Shown at once, taken back when refused. */
  async set(presence: Presence): Promise<void> {
    const before = this.mine
    if (before) this.mine = { ...before, presence, automatic: false }
    try {
      this.mine = (await this.request('PUT', '/me/presence', { presence })) as MyPresence
    } catch (error) {
      this.mine = before
      throw error
    }
  }

  apply({ agent_id, presence, since, available }: Omit<PresenceFrame, 'kind'>): void {
    const known = this.agents.get(agent_id)
    this.agents = new Map(this.agents).set(agent_id, { automatic: false, on_shift: available, ...known, agent_id, presence, since, available })
    if (this.mine?.agent_id === agent_id && this.mine.presence !== presence) this.mine = { ...this.mine, presence, since, available }
  }
}

export const attendance = new Attendance(ask)
