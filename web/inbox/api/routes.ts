// Every route the inbox uses, by name and with its types. shared/types.ts is the contract.
import type {
  Activity, Attachment, Bootstrap, Customer, Found, Id, Locale, Me, Message, Notification, Page, RingingCall, TicketDetail, TicketSummary,
  CallDetails, Direction, Visibility,
} from '../../shared/types'
import { ask } from './request'

export type View = 'mine' | 'unassigned' | 'open' | 'waiting' | 'on_hold' | 'solved' | 'closed' | 'all' | 'mentions'
export interface ListQuery { view: View; inbox?: Id; team?: Id; tag?: Id; assignee?: Id; customer?: Id }
export type TicketField = 'status' | 'assignee' | 'team' | 'priority' | 'subject' | 'owner' | 'customer'
export interface Edit { field: TicketField; old: string | null; new: string | null }
export interface Conflict { field: TicketField; yours: string | null; current: string | null; by: Id | null; at: string }
export interface NewMessage {
  client_id: string; visibility: Visibility; channel?: string; text: string; to?: string[]; cc?: string[]; subject?: string
  attachment_ids?: Id[]; mention_ids?: Id[]; status_id?: Id; seen_position: number
}
export interface NewTicket {
  client_id: string; inbox_id: Id; customer_id?: Id; to?: string[]; cc?: string[]; customer_name?: string
  subject: string; text: string; attachment_ids?: Id[]; visibility: Visibility
}
export interface CallEntry {
  client_id: string; inbox_id: Id; number: string; direction: Direction; text: string; outcome: CallDetails['outcome']; duration_s: number
  follow_up_at?: string; ticket_id?: Id; customer_id?: Id; customer_name?: string; solved: boolean
}
export interface Caller { normalised: string | null; problem: string | null; customers: Customer[]; open_tickets: TicketSummary[] }
export interface Counts { views: Partial<Record<View, { count: number; more: boolean }>> }
export interface OwnSession { id: Id; current: boolean; ip: string | null; user_agent: string | null; created_at: string; last_seen_at: string }

const get = <T>(path: string) => ask('GET', path) as Promise<T>
const post = <T>(path: string, body: unknown = {}) => ask('POST', path, body) as Promise<T>
const put = (path: string, body: unknown) => ask('PUT', path, body) as Promise<void>
const patch = <T>(path: string, body: unknown) => ask('PATCH', path, body) as Promise<T>
const remove = <T = void>(path: string) => ask('DELETE', path) as Promise<T>

function query(parts: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parts)) if (value != null && value !== '') search.set(name, String(value))
  return search.size ? `?${search}` : ''
}

export const routes = {
  setupNeeded: () => get<{ needed: boolean }>('/setup'),
  setUp: (body: { token: string; workspace_name: string; name: string; email: string; password: string; locale: Locale }) => post<Me>('/setup', body),
  signIn: (email: string, password: string) => post<Me>('/session', { email, password }),
  session: () => get<Me>('/session'),
  signOut: () => remove('/session'),
  sessions: () => get<{ items: OwnSession[] }>('/sessions'),
  signOutEverywhere: () => remove('/sessions'),
  askPasswordReset: (email: string) => post('/password-resets', { email }),
  confirmPasswordReset: (token: string, password: string) => post('/password-resets/confirm', { token, password }),
  changeMe: (changes: { name?: string; locale?: Locale }) => patch<Me>('/me', changes),
  changePassword: (current: string, next: string) => post('/me/password', { current, new: next }),

  bootstrap: () => get<Bootstrap>('/bootstrap'),
  counts: () => get<Counts>('/counts'),
  tickets: (list: ListQuery, after: string | null, limit: number) => get<Page<TicketSummary> & { seq: number }>(`/tickets${query({ ...list, after, limit })}`),
  ticket: (idOrNumber: string) => get<TicketDetail>(`/tickets/${encodeURIComponent(idOrNumber)}`),
  openTicket: (body: NewTicket) => post<TicketDetail>('/tickets', body),
  editTicket: (ticket: Id, edits: Edit[]) => patch<TicketSummary>(`/tickets/${ticket}`, { edits }),
  changeTags: (ticket: Id, add: Id[], removed: Id[]) => post<TicketSummary>(`/tickets/${ticket}/tags`, { add, remove: removed }),
  olderMessages: (ticket: Id, before: string) => get<{ items: Message[]; activities: Activity[]; before: string | null }>(`/tickets/${ticket}/messages${query({ before, limit: 50 })}`),
  sendMessage: (ticket: Id, message: NewMessage, keepalive = false) => ask('POST', `/tickets/${ticket}/messages`, message, { keepalive }) as Promise<Message>,
  markRead: (ticket: Id, position: number) => put(`/tickets/${ticket}/read`, { position }),
  saveDraft: (ticket: Id, text: string, visibility: Visibility) => put(`/tickets/${ticket}/draft`, { text, visibility }),
  dropDraft: (ticket: Id) => remove(`/tickets/${ticket}/draft`),
  retryMessage: (message: Id) => post<Message>(`/messages/${message}/retry`),
  settleMessage: (message: Id, as: 'sent' | 'failed') => post<Message>(`/messages/${message}/settle`, { as }),

  find: (words: string) => get<Found>(`/find${query({ q: words })}`),
  customer: (customer: Id) => get<Customer>(`/customers/${customer}`),
  changeCustomer: (customer: Id, changes: { name?: string; tier?: string | null; notes?: string; locale?: string | null }) => patch<Customer>(`/customers/${customer}`, changes),
  customerTickets: (customer: Id) => get<Page<TicketSummary>>(`/customers/${customer}/tickets`),
  addIdentity: (customer: Id, kind: string, value: string) => post<Customer>(`/customers/${customer}/identities`, { kind, value }),
  dropIdentity: (customer: Id, identity: Id) => remove<Customer | undefined>(`/customers/${customer}/identities/${identity}`),

  callers: (number: string) => get<Caller>(`/callers${query({ number })}`),
  logCall: (entry: CallEntry) => post<TicketDetail>('/call-log', entry),
  ringing: () => get<Page<RingingCall>>('/calls?state=ringing'),
  notifications: () => get<Page<Notification>>('/notifications'),
  readNotifications: (ids?: Id[]) => post('/notifications/read', ids ? { ids } : {}),
}

export const htmlOf = (message: Id) => `/api/v1/messages/${message}/html`
export const rawOf = (message: Id) => `/api/v1/messages/${message}/raw`
export const bytesOf = (attachment: Pick<Attachment, 'id'>, download = false) => `/api/v1/attachments/${attachment.id}${download ? '?download=1' : ''}`
