// The shapes of presence, ownership, assignment and the board, as the server speaks them.
import type { Channel, Frame, Id, Time } from '../../shared/types'

export type Presence = 'online' | 'away' | 'away_and_reassign' | 'offline'
export interface MyPresence { agent_id: Id; presence: Presence; since: Time; automatic: boolean; on_shift: boolean; shift_changes_at: Time | null; available: boolean; load: number; capacity: number }
export interface AgentPresence { agent_id: Id; presence: Presence; since: Time; automatic: boolean; on_shift: boolean; available: boolean }
export type PresenceFrame = { kind: 'agent_presence'; agent_id: Id; presence: Presence; since: Time; available: boolean }
export type AnyFrame = Frame | PresenceFrame

export interface OwnerOffer {
  id: Id; ticket_id: Id; from_agent_id: Id; to_agent_id: Id; offered_by: Id; note: string | null; state: 'open' | 'accepted' | 'refused' | 'withdrawn' | 'overtaken'; created_at: Time; settled_at: Time | null
}
export interface MyOffer extends OwnerOffer { ticket_number: string; subject: string }

export type ReasonCode =
  | 'owner' | 'dedicated' | 'tier_agent' | 'only_one' | 'least_loaded' | 'longest_idle' | 'first_by_id' | 'has_skill' | 'speaks' | 'nobody_speaks' | 'nobody_is_free' | 'nobody_in_team'
  | 'deactivated' | 'offline' | 'away' | 'away_and_reassign' | 'off_shift' | 'full' | 'too_heavy' | 'lacks_skill' | 'does_not_speak' | 'not_in_team' | 'cannot_see' | 'kept_for_older' | 'busier' | 'idle_for_less' | 'later_by_id'
export interface RoutingReason { code: string; skill_id?: Id | null; language?: string | null; load?: number | null; capacity?: number | null; weight?: number | null; since?: Time | null; others?: number | null }
export interface Decision {
  at: Time; agent_id: Id | null; facts: { channel: Channel; weight: number; language: string | null; tier: string | null; skill_ids: Id[]; waiting_since: Time | null }
  reasons: RoutingReason[]; passed_over: { agent_id: Id; reason: RoutingReason }[]
}
export interface Assignment {
  ticket_id: Id; team_id: Id | null; assignee_id: Id | null; owner_id: Id | null; dedicated_agent_id: Id | null
  how: 'routed' | 'person' | 'answered' | 'handed_over' | 'released' | 'nobody'; at: Time | null; by: { kind: string; id: Id | null } | null; decision: Decision | null; waits: Decision | null
}
export interface Skill { id: Id; name: string }
export interface Tier { id: Id; name: string; rank: number; dedicated_agent_id: Id | null }

export type Bucket = 'overdue' | 'within_15m' | 'within_1h' | 'within_4h' | 'within_24h' | 'later' | 'no_clock'
export interface Board {
  at: Time; by: 'due' | 'waiting'; buckets: { code: Bucket; count: number; more: boolean }[]
  queue: { unassigned: number; more: boolean; oldest_waiting_since: Time | null }
  longest_wait: { ticket_id: Id; number: string; subject: string; waiting_since: Time; assignee_id: Id | null; team_id: Id | null } | null
  teams: { team_id: Id; auto_assign: boolean; unassigned: number; more: boolean; oldest_waiting_since: Time | null; available_agents: number; load: number; capacity: number }[]
  agents: BoardAgent[]
}
export interface BoardAgent extends AgentPresence { load: number; capacity: number; tickets: { chat: number; email: number; phone: number } }
export interface SkillNeed { skill_id: Id; inbox_id: Id | null; channel: Channel | null; tag_id: Id | null; tier: string | null }
export interface TeamRouting { team_id: Id | null; auto_assign: boolean; weights: { chat: number; email: number; phone: number }; match_language: boolean; release_at_shift_end: boolean; skill_needs: SkillNeed[] }
export interface ShiftInterval { day: number; from: string; to: string }
export interface AgentRouting { agent_id: Id; capacity: number; skill_ids: Id[]; languages: string[]; shift: { zone: string; intervals: ShiftInterval[] } | null }
