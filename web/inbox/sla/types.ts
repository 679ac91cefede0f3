// The shapes of business time and SLA, as the server speaks them.
import type { Channel, Id, Priority, Time } from '../../shared/types'

export type Metric = 'first_response' | 'next_response' | 'resolution'
export type Grade = 'i' | 'ii' | 'iii' | 'iv'
export interface Clock {
  metric: Metric; cycle: number; state: 'running' | 'paused' | 'met' | 'breached' | 'stopped'; started_at: Time; target_s: number
  due_at: Time | null; warn_at: Time | null; remaining_s: number | null; paused_since: Time | null; met_at: Time | null; stopped_at?: Time | null; breached_at: Time | null
}
export interface TicketSla { policy_id: Id | null; due_at: Time | null; clocks: Clock[] }

export type FactField = 'channel' | 'inbox' | 'grade' | 'priority' | 'tier' | 'tag' | 'language'
export interface Condition { field: FactField; op: 'is' | 'is_not'; values: string[] }
export interface Judged extends Condition { actual: string[] }
export interface Facts { channel: Channel | null; inbox_id: Id | null; grade: Grade | null; priority: Priority; tier: string | null; tag_ids: Id[]; language: string | null }
export type StretchReason = 'opened' | 'customer_wrote' | 'answered' | 'answer_failed' | 'waiting' | 'on_hold' | 'work_resumed' | 'solved' | 'reopened' | 'merged' | 'merge_undone' | 'spam' | 'not_spam' | 'joined'
export interface Stretch { from: Time; to: Time | null; kind: 'running' | 'paused' | 'stopped'; because: StretchReason; counted_s: number }
export type Recipient = 'assignee' | 'owner' | 'team' | 'lead' | 'supervisors'
export interface WhyLevel { key: string; kind: 'warning' | 'breach' | 'level'; when: LevelWhen; value: number; to: Recipient[]; at: Time | null; fired_at: Time | null; withdrawn_at: Time | null }
export interface WhyClock extends Clock { current: boolean; calendar: { id: Id; name: string; zone: string } | null; stretches: Stretch[]; levels: WhyLevel[] }
export interface Why {
  as_of: Time; zone: string; policy: { id: Id; name: string; version: number; no_sla: boolean } | null; facts: Facts; because: Judged[]
  passed_over: { policy_id: Id; name: string; failed: Judged }[]; clocks: WhyClock[]; hours: { from: Time; to: Time }[]
}

export type LevelWhen = 'percent' | 'before' | 'breach' | 'after'
export interface Level { metric: Metric; when: LevelWhen; value: number; to: Recipient[] }
export interface PolicyBody {
  name: string; conditions: Condition[]; calendar_id: Id | null; first_response_s: number | null; next_response_s: number | null; resolution_s: number | null
  pause_on_hold: boolean; levels: Level[]; notify_calendar_id: Id | null
}
export interface Policy extends PolicyBody { id: Id; version: number; position: number; is_default: boolean; updated_at: Time }

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'
export interface Hours { from: string; to: string }
export interface SpecialDay { date: string; name: string; hours: Hours[] }
export interface CalendarBody { name: string; zone: string; week: Record<Weekday, Hours[]>; days: SpecialDay[]; region: string | null; feed_url: string | null }
export interface Calendar extends CalendarBody { id: Id; version: number; updated_at: Time; used_by: number; feed: { fetched_at: Time | null; error: string | null; days: SpecialDay[] } | null }
export interface Region { region: string; first_year: number; last_year: number; source: string; source_url: string; licence: string }
export interface Holiday { date: string; name: string; working: boolean }

export type Draft = { policy: PolicyBody & { id: Id | null } } | { delete: Id } | { order: Id[] } | { calendar: CalendarBody & { id: Id } }
export interface Run {
  id: Id; kind: 'preview' | 'recompute'; state: 'waiting' | 'running' | 'done' | 'failed'; total: number; done: number; moved: number; become_overdue: number; no_longer_overdue: number
  created_at: Time; finished_at: Time | null; error: string | null
}
