// The shapes of business time and SLA: short names for what the API's document says. Bodies are written out where the
// document lets a caller leave out what the forms always say.
import type { components } from '../../shared/api'
import type { Id, Time } from '../../shared/types'

type Schemas = components['schemas']
export type Metric = Schemas['Metric']
export type Grade = Schemas['Grade']
/** A clock as lists show it. */
export type Clock = Schemas['ShownClock']
export type TicketSla = Schemas['SlaSummary']
export type FactField = Schemas['Aspect']
export type Condition = Schemas['Condition']
export type Why = Schemas['Why']
export type WhyClock = Schemas['WhyClock']
export type WhyLevel = Schemas['WhyLevel']
export type Stretch = Schemas['WhyStretch']
export type Recipient = Schemas['Recipient']
export type LevelWhen = Schemas['When']
export type Level = Required<Schemas['Level']>
export type Hours = Schemas['Interval']
export type SpecialDay = Required<Schemas['SpecialDay']>
export type Weekday = keyof Schemas['Week']
export type Holiday = Schemas['Holiday']
export type Run = Schemas['Run']

export interface PolicyBody {
  name: string; conditions: Condition[]; calendar_id: Id | null; first_response_s: number | null; next_response_s: number | null; resolution_s: number | null
  pause_on_hold: boolean; levels: Level[]; notify_calendar_id: Id | null
}
export interface Policy extends PolicyBody { id: Id; version: number; position: number; is_default: boolean; updated_at: Time }
export interface CalendarBody { name: string; zone: string; week: Record<Weekday, Hours[]>; days: SpecialDay[]; region: string | null; feed_url: string | null }
export interface Calendar extends CalendarBody { id: Id; version: number; updated_at: Time; used_by: number; feed: { fetched_at: Time | null; error: string | null; days: SpecialDay[] } | null }
export interface Region { region: string; first_year: number; last_year: number; source: string; source_url: string; licence: string }

export type Draft = { policy: PolicyBody & { id: Id | null } } | { delete: Id } | { order: Id[] } | { calendar: CalendarBody & { id: Id } }
