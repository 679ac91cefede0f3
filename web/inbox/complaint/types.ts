// The shapes of a complaint's case, as the server speaks them.
import type { components } from '../../shared/api'
import type { Activity, Id, Time } from '../../shared/types'
import type { Grade } from '../sla/types'

export type { Grade }
export interface Money { minor: number; currency: string }
export interface Reason { code: string; params: Record<string, string | number> }
export interface Suggestion { grade: Grade; severity: number; reach: number; kind: string; category_id: Id | null; topic: string | null; tone: 'negative' | 'neutral' | 'positive'; tone_strength: number; reasons: Reason[]; at: Time }
export type Liable = 'shop' | 'supplier' | 'carrier' | 'platform' | 'customer' | 'nobody'
export type Remedy = 'refund' | 'partial_refund' | 'replacement' | 'repair' | 'compensation' | 'voucher' | 'apology' | 'explanation' | 'none'
export type LadderRole = 'assignee' | 'team' | 'supervisor' | 'administrator'
export type StepHours = 'business' | 'always'
export interface Step { after_minutes: number; role: LadderRole; hours: StepHours }
export interface CheckItem { key: string; text: string; required: boolean; done: boolean; done_by: Id | null; done_at: Time | null }
export type EvidenceKind = 'message' | 'file' | 'link' | 'note'
export interface Evidence { id: Id; kind: EvidenceKind; message_id: Id | null; attachment_id: Id | null; name: string; note: string; url: string | null; added_by: Id | null; added_at: Time }
export type CompensationKind = 'refund' | 'compensation' | 'voucher'
export type CompensationState = 'requested' | 'approved' | 'refused' | 'paid' | 'withdrawn'
export interface Compensation {
  id: Id; kind: CompensationKind; amount: Money; reason: string; state: CompensationState; above_ceiling: boolean; requested_by: Id; requested_at: Time
  decided_by: Id | null; decided_at: Time | null; decision_reason: string | null; paid_at: Time | null
}
export interface CaseChange { id: Id; at: Time; actor: Activity['actor']; field: string; from: string | null; to: string | null; reason: string }
/** `ladder.level` is the place of the step that is called now, from 0; as many as there are steps: all were called in vain. */
export interface Case {
  state: 'open' | 'closed'; opened_at: Time; opened_by: Activity['actor']; grade: Grade; grade_confirmed: boolean; suggested: Grade
  category_id: Id | null; cause: string; liable: Liable | null; remedy: Remedy | null; remedy_note: string; cost: Money | null
  authority: { name: string; number: string; due_at: Time | null; overdue: boolean } | null
  follow_up: { due_at: Time; note: string; done_at: Time | null; outcome: string | null } | null
  checklist: CheckItem[]
  ladder: { level: number; of: number; answer_by: Time | null; calendar: string | null; taken_by: Id | null; taken_at: Time | null; steps: Step[] }
  evidence: Evidence[]; compensations: Compensation[]; changes: CaseChange[]
  closed: { at: Time; closure: 'customer' | 'supervisor' | 'mistaken'; by: Id | null; note: string } | null
  version: number
}
export interface GradeRule { grade: Grade; owner_level: 'agent' | 'supervisor' | 'administrator'; checklist: { key: string; text: string; required: boolean }[]; ladder: Step[]; follow_up_days: number | null; macros: 'all' | 'none' | 'listed'; macro_ids?: Id[] }
export interface CaseView {
  suggestion: Suggestion | null; case: Case | null; categories: Category[]; rule: Omit<GradeRule, 'grade'> | null
  ceiling: { currency: string; refund: number | null; compensation: number | null } | null
  may: { edit: boolean; approve: boolean; close: boolean }
}
export interface Category { id: Id; parent_id: Id | null; key: string | null; name: string; archived: boolean; position: number }
export interface TicketKind { key: string; name: string; built_in: boolean; archived: boolean; position: number }
export const GRADES: Grade[] = ['i', 'ii', 'iii', 'iv']
export interface Ceiling { role_id: Id; grade: Grade; refund: number | null; compensation: number | null }
export type Grading = Required<components['schemas']['GradingPolicy']>
export interface GradeSettings { grading: Grading; rules: GradeRule[]; ceilings: Ceiling[] }
