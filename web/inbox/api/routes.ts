// Every route the inbox uses, by name.
import type { Attachment, CallEntry, Edit, Id, Locale, NewMessage, NewTicket, Page, TicketSummary, View, Visibility } from '../../shared/types'
import { get, patch, post, put, remove, type Asked } from './client'

export interface ListQuery { view: View; inbox?: Id; team?: Id; tag?: Id; assignee?: Id; customer?: Id; order?: 'due' }

export const routes = {
  setupNeeded: () => get('/setup'),
  setUp: (body: Asked<'/setup', 'post'>) => post('/setup', { body }),
  signIn: (email: string, password: string) => post('/session', { body: { email, password } }),
  session: () => get('/session'),
  signOut: () => remove('/session'),
  sessions: () => get('/sessions'),
  signOutEverywhere: () => remove('/sessions'),
  askPasswordReset: (email: string) => post('/password-resets', { body: { email } }),
  confirmPasswordReset: (token: string, password: string) => post('/password-resets/confirm', { body: { token, password } }),
  changeMe: (body: { name?: string; locale?: Locale }) => patch('/me', { body }),
  changePassword: (current: string, next: string) => post('/me/password', { body: { current, new: next } }),

  bootstrap: () => get('/bootstrap'),
  counts: () => get('/counts'),
  tickets: (list: ListQuery, after: string | null, limit: number) => get('/tickets', { query: { ...list, after: after ?? undefined, limit } }),
  ticket: (idOrNumber: string) => get('/tickets/{ticket}', { path: { ticket: idOrNumber } }),
  openTicket: (body: NewTicket) => post('/tickets', { body }),
  editTicket: (ticket: Id, edits: Edit[]) => patch('/tickets/{ticket}', { path: { ticket }, body: { edits } }),
  changeTags: (ticket: Id, add: Id[], removed: Id[]) => post('/tickets/{ticket}/tags', { path: { ticket }, body: { add, remove: removed } }),
  olderMessages: (ticket: Id, before: string) => get('/tickets/{ticket}/messages', { path: { ticket }, query: { before, limit: 50 } }),
  sendMessage: (ticket: Id, body: NewMessage, keepalive = false) => post('/tickets/{ticket}/messages', { path: { ticket }, body }, { keepalive }),
  markRead: (ticket: Id, position: number) => put('/tickets/{ticket}/read', { path: { ticket }, body: { position } }),
  saveDraft: (ticket: Id, text: string, visibility: Visibility) => put('/tickets/{ticket}/draft', { path: { ticket }, body: { text, visibility } }),
  dropDraft: (ticket: Id) => remove('/tickets/{ticket}/draft', { path: { ticket } }),
  retryMessage: (message: Id) => post('/messages/{message}/retry', { path: { message } }),
  settleMessage: (message: Id, as: 'sent' | 'failed') => post('/messages/{message}/settle', { path: { message }, body: { as } }),

  find: (words: string) => get('/find', { query: { q: words } }),
  customer: (customer: Id) => get('/customers/{customer}', { path: { customer } }),
  changeCustomer: (customer: Id, body: Asked<'/customers/{customer}', 'patch'>) => patch('/customers/{customer}', { path: { customer }, body }),
  customerTickets: (customer: Id): Promise<Page<TicketSummary>> => get('/customers/{customer}/tickets', { path: { customer } }),
  addIdentity: (customer: Id, body: Asked<'/customers/{customer}/identities', 'post'>) => post('/customers/{customer}/identities', { path: { customer }, body }),
  dropIdentity: (customer: Id, identity: Id) => remove('/customers/{customer}/identities/{identity}', { path: { customer, identity } }),

  callers: (number: string) => get('/callers', { query: { number } }),
  logCall: (body: CallEntry) => post('/call-log', { body }),
  ringing: () => get('/calls', { query: { state: 'ringing' } }),
  notifications: () => get('/notifications'),
  readNotifications: (ids?: Id[]) => post('/notifications/read', { body: ids ? { ids } : {} }),
  signOutAgent: (agent: Id) => post('/agents/{agent}/sign-out', { path: { agent } }),
  testInbox: (inbox: Id) => post('/inboxes/{inbox}/test', { path: { inbox } }, { patience: 90_000 }),
}

export const htmlOf = (message: Id) => `/api/v1/messages/${message}/html`
export const rawOf = (message: Id) => `/api/v1/messages/${message}/raw`
export const bytesOf = (attachment: Pick<Attachment, 'id'>, download = false) => `/api/v1/attachments/${attachment.id}${download ? '?download=1' : ''}`
