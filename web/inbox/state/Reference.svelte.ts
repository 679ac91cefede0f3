// What every screen looks up by id: agents, teams, roles, inboxes, statuses, tags.
import type { Agent, Bootstrap, Category, Id, Role, Status, Tag, Team } from '../../shared/types'
import { t } from '../i18n/language.svelte'

export type InboxBrief = Bootstrap['inboxes'][number]

export class Reference {
  agents = $state.raw<Agent[]>([])
  teams = $state.raw<Team[]>([])
  roles = $state.raw<Role[]>([])
  inboxes = $state.raw<InboxBrief[]>([])
  statuses = $state.raw<Status[]>([])
  tags = $state.raw<Tag[]>([])
  private readonly agentById = $derived(new Map(this.agents.map((agent) => [agent.id, agent])))
  private readonly tagById = $derived(new Map(this.tags.map((tag) => [tag.id, tag])))
  private readonly statusById = $derived(new Map(this.statuses.map((status) => [status.id, status])))

  take(bootstrap: Bootstrap): void {
    this.agents = bootstrap.agents
    this.teams = bootstrap.teams
    this.roles = bootstrap.roles
    this.inboxes = bootstrap.inboxes
    this.statuses = bootstrap.statuses.toSorted((a, b) => a.position - b.position)
    this.tags = bootstrap.tags.toSorted((a, b) => a.name.localeCompare(b.name))
  }

  /** By name, so that one finds them in the same order everywhere. */
  get activeAgents(): Agent[] {
    return this.agents.filter((agent) => agent.active).toSorted((a, b) => a.name.localeCompare(b.name))
  }
  get usableStatuses(): Status[] {
    return this.statuses.filter((status) => !status.archived)
  }

  agent(id: Id | null | undefined): Agent | null {
    return (id && this.agentById.get(id)) || null
  }
  agentName(id: Id | null | undefined): string {
    return this.agent(id)?.name ?? t.people.formerAgent
  }
  team(id: Id | null | undefined): Team | null {
    return this.teams.find((team) => team.id === id) ?? null
  }
  inbox(id: Id | null | undefined): InboxBrief | null {
    return this.inboxes.find((inbox) => inbox.id === id) ?? null
  }
  tag(id: Id): Tag | null {
    return this.tagById.get(id) ?? null
  }
  status(id: Id | null | undefined): Status | null {
    return (id && this.statusById.get(id)) || null
  }
  statusName(id: Id | null | undefined): string {
    const status = this.status(id)
    return status ? statusName(status) : t.unknown
  }
  /** The first usable status of a category: what "solve" sets. */
  statusFor(category: Category): Status | null {
    const usable = this.usableStatuses.filter((status) => status.category === category)
    return usable.find((status) => status.key === category) ?? usable[0] ?? null
  }
}

/** A built-in status is named by the reader's language unless somebody renamed it. */
export function statusName(status: Status): string {
  return status.name || t.category[status.category]
}
