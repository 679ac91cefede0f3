// The form of one saved reply, from what is kept to what is sent.
import type { Channel, Id, Macro, MacroChanges, Priority } from '../../shared/types'

/** What a select holds when nothing is to change, and who works on it: nobody, whoever uses it, or an agent's id. */
export const STAYS = ''
export const NOBODY = 'nobody'
export const APPLIER = 'applier'

export class MacroForm {
  name = $state('')
  shortcut = $state('')
  texts = $state<{ locale: string; text: string }[]>([])
  audience = $state<Macro['audience']>('me')
  team = $state<Id>('')
  active = $state(true)
  status = $state(STAYS)
  priority = $state<Priority | ''>('')
  kind = $state(STAYS)
  toTeam = $state(STAYS)
  assignee = $state(STAYS)
  addTags = $state.raw<Id[]>([])
  removeTags = $state.raw<Id[]>([])
  channels = $state.raw<Channel[]>([])
  teams = $state.raw<Id[]>([])

  constructor(macro: Macro | null, shared: boolean, locales: string[]) {
    const changes: MacroChanges = macro?.changes ?? {}
    const context: Partial<Macro['context']> = macro?.context ?? {}
    this.name = macro?.name ?? ''
    this.shortcut = macro?.shortcut ?? ''
    this.texts = macro ? macro.texts.map((one) => ({ ...one })) : locales.map((locale) => ({ locale, text: '' }))
    this.audience = macro?.audience ?? (shared ? 'everyone' : 'me')
    this.team = macro?.team_id ?? ''
    this.active = macro?.active ?? true
    this.status = changes.status_id ?? STAYS
    this.priority = changes.priority ?? ''
    this.kind = changes.kind ?? STAYS
    this.toTeam = changes.team_id ?? STAYS
    this.assignee = changes.assignee ? (changes.assignee.to === 'agent' ? changes.assignee.agent_id : changes.assignee.to) : STAYS
    this.addTags = changes.add_tag_ids ?? []
    this.removeTags = changes.remove_tag_ids ?? []
    this.channels = context.channels ?? []
    this.teams = context.team_ids ?? []
  }

  get body() {
    return {
      name: this.name.trim(), shortcut: this.shortcut.trim().replace(/^[;；]/, ''), texts: this.texts.filter(({ text }) => text.trim() !== ''),
      changes: this.changes, context: { channels: this.channels, team_ids: this.teams }, audience: this.audience, ...(this.audience === 'team' ? { team_id: this.team } : {}), active: this.active,
    }
  }

  /** Neither a text nor anything to change. */
  get hollow(): boolean {
    const { changes } = this
    return this.body.texts.length === 0 && !Object.values(changes).some((value) => (Array.isArray(value) ? value.length : value))
  }

  private get changes(): MacroChanges {
    const { assignee } = this
    return {
      status_id: this.status || null, priority: this.priority || null, kind: this.kind || null, team_id: this.toTeam || null,
      assignee: assignee === STAYS ? null : assignee === NOBODY || assignee === APPLIER ? { to: assignee } : { to: 'agent', agent_id: assignee },
      add_tag_ids: this.addTags, remove_tag_ids: this.removeTags,
    }
  }
}
