// Tickets and messages for tests, with only what a test is about filled in.
import type { ComposerFacts, Message, ScheduledReply, TicketDetail, TicketSummary } from '../../shared/types'

export function makeTicket(fields: Partial<TicketSummary> = {}): TicketSummary {
  const id = fields.id ?? 'ticket'
  return {
    id, number: `1${id}`, subject: 'Where is it?', customer: { id: 'customer', name: '王芳', tier: null }, inbox_id: 'inbox', channel: 'email', status_id: 'status-open', category: 'open',
    priority: 'normal', team_id: null, assignee_id: 'me', owner_id: null, tag_ids: [], preview: '', last_direction: 'in', last_message_at: '2026-11-22T08:00:00Z', waiting_since: null,
    unread: false, failed: false, created_at: '2026-11-20T08:00:00Z', updated_at: '2026-11-22T08:00:00Z', version: 1, spam: false, merged_into: null, follow_up_of: null, sla: { policy_id: null, due_at: null, clocks: [] }, kind: 'inquiry', grade: null, grade_confirmed: false, case_state: null, ...fields,
  }
}

export function makeMessage(position: number, fields: Partial<Message> = {}): Message {
  return {
    id: `message-${position}`, ticket_id: 'ticket', position, client_id: null, channel: 'chat', direction: 'in', visibility: 'public', author: { kind: 'customer', id: 'customer', name: '王芳' },
    text: `words ${position}`, reply_text: null, has_html: false, attachments: [], mail: null, call: null, automatic: false, no_reply_needed: false, delivery: 'none', delivery_error: null, deliveries: [], seen: false, has_remote_images: false,
    created_at: new Date(Date.UTC(2026, 10, 22, 8, position)).toISOString(), ...fields,
  }
}

export function makeDetail(fields: Partial<TicketDetail> = {}): TicketDetail {
  return {
    seq: 10, ticket: makeTicket(), customer: { id: 'customer', name: '王芳', tier: null, locale: 'zh', notes: '', identities: [], created_at: '2026-01-01T00:00:00Z', last_contact_at: null, dedicated_agent_id: null, tier_agent_id: null },
    messages: [makeMessage(1)], activities: [], before: null, draft: null, read_position: 0, scheduled: [], reply_defaults: { channel: 'email', to: ['wang@mail.example'], cc: [], subject: null }, ...fields,
  }
}

export function makeScheduled(fields: Partial<ScheduledReply> = {}): ScheduledReply {
  return {
    id: 'scheduled', ticket_id: 'ticket', client_id: 'client', agent_id: 'me', kind: 'undo', state: 'waiting', reason: null, send_at: '2026-11-22T08:00:10Z', cancel_if_answered: false,
    text: 'hello', to: ['wang@mail.example'], cc: [], bcc: [], subject: null, status_id: null, attachments: [], macro_ids: [], created_at: '2026-11-22T08:00:00Z', ...fields,
  }
}

export function makeFacts(fields: Partial<ComposerFacts> = {}): ComposerFacts {
  return {
    channel: 'email', inbox_id: 'inbox', from: { name: 'Shop', address: 'help@shop.example' }, to: ['wang@mail.example'], cc: [], subject: null, signature: 'The shop', locale: 'zh', undo_seconds: 10,
    own_addresses: ['help@shop.example'], known_addresses: ['wang@mail.example'], former_cc: [], limits: { max_file_bytes: 25_000_000, max_mail_bytes: 20_000_000, link_over_bytes: 10_000_000, link_days: 30, most_recipients: 50 }, ...fields,
  }
}
