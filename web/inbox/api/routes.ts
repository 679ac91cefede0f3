// Every route the inbox uses, by name.
import type { Attachment, CallEntry, Edit, Id, Locale, MailState, NewMessage, NewTicket, Page, Signature, TicketSummary, View, Visibility } from '../../shared/types'
import { get, patch, post, put, remove, type Asked } from './client'

export type OAuthProvider = Asked<'/inboxes/{inbox}/oauth', 'post'>['provider']
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
  olderMessages: (ticket: Id, before: string, limit = 50) => get('/tickets/{ticket}/messages', { path: { ticket }, query: { before, limit } }),
  sendMessage: (ticket: Id, body: NewMessage, keepalive = false) => post('/tickets/{ticket}/messages', { path: { ticket }, body }, { keepalive }),
  takeBack: (message: Id) => post('/messages/{message}/undo', { path: { message } }),
  changeScheduled: (message: Id, body: Asked<'/scheduled/{message}', 'patch'>) => patch('/scheduled/{message}', { path: { message }, body }),
  sendScheduled: (message: Id) => post('/scheduled/{message}/send', { path: { message } }),
  dropScheduled: (message: Id) => remove('/scheduled/{message}', { path: { message } }),
  composerFacts: (ticket: Id, answering: Id | null) => get('/tickets/{ticket}/composer', { path: { ticket }, query: { answering: answering ?? undefined } }),
  markRead: (ticket: Id, position: number) => put('/tickets/{ticket}/read', { path: { ticket }, body: { position } }),
  saveDraft: (ticket: Id, text: string, visibility: Visibility, macros: Id[]) => put('/tickets/{ticket}/draft', { path: { ticket }, body: { text, visibility, ...(macros.length ? { macro_ids: macros } : {}) } }),
  ticketMacros: (ticket: Id) => get('/tickets/{ticket}/macros', { path: { ticket } }),
  applyMacro: (ticket: Id, macro: Id, locale: string | null) => post('/tickets/{ticket}/macros/{macro}', { path: { ticket, macro }, body: locale === null ? {} : { locale } }),
  orderMacros: (ids: Id[]) => put('/macros/order', { body: { ids } }),
  previewMacro: (text: string, locale: string) => post('/macros/preview', { body: { text, locale } }),
  dropDraft: (ticket: Id) => remove('/tickets/{ticket}/draft', { path: { ticket } }),
  split: (ticket: Id, messages: Id[]) => post('/tickets/{ticket}/split', { path: { ticket }, body: { message_ids: messages } }),
  merge: (ticket: Id, into: string) => post('/tickets/{ticket}/merge', { path: { ticket }, body: { into } }),
  unmerge: (ticket: Id) => post('/tickets/{ticket}/unmerge', { path: { ticket } }),
  markSpam: (ticket: Id, block: boolean) => post('/tickets/{ticket}/spam', { path: { ticket }, body: { block_sender: block } }),
  unmarkSpam: (ticket: Id) => remove('/tickets/{ticket}/spam', { path: { ticket } }),
  retryMessage: (message: Id) => post('/messages/{message}/retry', { path: { message } }),
  settleMessage: (message: Id, as: 'sent' | 'failed') => post('/messages/{message}/settle', { path: { message }, body: { as } }),

  mails: (inbox: Id | null, states: MailState[], after: string | null) => get('/mail', { query: { inbox: inbox ?? undefined, state: states.join(','), after: after ?? undefined, limit: 50 } }),
  mail: (mail: Id) => get('/mail/{mail}', { path: { mail } }),
  mailCounts: () => get('/mail/counts'),
  recoverMail: (mail: Id, allow: boolean) => post('/mail/{mail}/recover', { path: { mail }, body: { allow_sender: allow } }),
  processMail: (mail: Id) => post('/mail/{mail}/process', { path: { mail } }),
  discardMail: (mail: Id) => post('/mail/{mail}/discard', { path: { mail } }),
  senderRules: (after: string | null) => get('/sender-rules', { query: { after: after ?? undefined } }),
  setSenderRule: (body: Asked<'/sender-rules', 'post'>) => post('/sender-rules', { body }),
  dropSenderRule: (rule: Id) => remove('/sender-rules/{rule}', { path: { rule } }),

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
  ownSignatures: () => get('/me/signatures'),
  saveOwnSignatures: (signatures: Signature[]) => put('/me/signatures', { body: { signatures } }),
  previewSignature: (inbox: Id, locale: string, text: string) => post('/signatures/preview', { body: { inbox_id: inbox, locale, text } }),
  alarms: () => get('/alarms', { query: { open: true } }),
  clearAlarm: (alarm: Id) => post('/alarms/{alarm}/clear', { path: { alarm } }),
  oauthProviders: () => get('/oauth/providers'),
  connectMailbox: (inbox: Id, provider: OAuthProvider, username: string) => post('/inboxes/{inbox}/oauth', { path: { inbox }, body: { provider, username } }),
  disconnectMailbox: (inbox: Id) => remove('/inboxes/{inbox}/oauth', { path: { inbox } }),
  backfill: (inbox: Id, since: string) => post('/inboxes/{inbox}/backfill', { path: { inbox }, body: { since } }),
  stopBackfill: (inbox: Id) => remove('/inboxes/{inbox}/backfill', { path: { inbox } }),
  mailDomains: () => get('/mail-domains'),
  makeDkim: (domain: string, body: Asked<'/mail-domains/{domain}/dkim', 'put'>) => put('/mail-domains/{domain}/dkim', { path: { domain }, body }),
  dropDkim: (domain: string, selector: string) => remove('/mail-domains/{domain}/dkim/{selector}', { path: { domain, selector } }),
  signWithDkim: (domain: string, selector: string) => post('/mail-domains/{domain}/dkim/{selector}/sign', { path: { domain, selector } }),
  checkDomain: (domain: string) => post('/mail-domains/{domain}/check', { path: { domain } }, { patience: 60_000 }),
  signOutAgent: (agent: Id) => post('/agents/{agent}/sign-out', { path: { agent } }),
  testInbox: (inbox: Id) => post('/inboxes/{inbox}/test', { path: { inbox } }, { patience: 90_000 }),
}

export const htmlOf = (message: Id, images = false) => `/api/v1/messages/${message}/html${images ? '?images=true' : ''}`
export const rawMailOf = (mail: Id) => `/api/v1/mail/${mail}/raw`
export const rawOf = (message: Id) => `/api/v1/messages/${message}/raw`
export const bytesOf = (attachment: Pick<Attachment, 'id'>, download = false) => `/api/v1/attachments/${attachment.id}${download ? '?download=1' : ''}`
