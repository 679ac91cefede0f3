// The vocabulary of the HTTP API and the live feed, as the server speaks it.
// Times are RFC 3339 UTC strings. Ids are UUID strings. Errors are RFC 9457 problems.

export type Id = string
export type Time = string
export type Locale = 'en' | 'zh'
export type Channel = 'email' | 'chat' | 'phone'
export type Category = 'new' | 'open' | 'waiting' | 'on_hold' | 'solved' | 'closed'
export type Priority = 'low' | 'normal' | 'high' | 'urgent'
export type Direction = 'in' | 'out'
export type Visibility = 'public' | 'note'
/** Where an outgoing message is on its way. `none` is for what needs no delivery. */
export type Delivery = 'none' | 'queued' | 'sending' | 'sent' | 'failed' | 'uncertain'

export interface Page<T> { items: T[]; next: string | null }

export interface Problem {
  type: string // '/problems/conflict' …
  title: string
  status: number
  detail: string
  errors?: { pointer: string; detail: string }[] // validation
  request_id?: string
}

export type Permission =
  | 'ticket.read' | 'ticket.reply' | 'ticket.note' | 'ticket.edit' | 'ticket.assign' | 'ticket.create'
  | 'customer.read' | 'customer.edit' | 'call.log' | 'raw.read' | 'board.read'
  | 'admin.agents' | 'admin.teams' | 'admin.inboxes' | 'admin.tags' | 'admin.statuses' | 'admin.roles' | 'admin.keys'

export interface Agent { id: Id; name: string; email: string; role_id: Id; team_ids: Id[]; locale: Locale; active: boolean; created_at: Time }
export interface Role { id: Id; key: 'administrator' | 'supervisor' | 'agent' | null; name: string; permissions: Permission[]; scope: 'all' | 'teams' | 'assigned'; built_in: boolean }
export interface Team { id: Id; name: string; agent_ids: Id[] }
export interface Tag { id: Id; name: string; color: string } // color: one of gray red amber green teal blue violet
export interface Status { id: Id; key: string | null; name: string; category: Category; position: number; archived: boolean }
// A status with a key is built in ('new','open','waiting','on_hold','solved','closed') and named by the reader's language unless renamed (name !== '').

export interface Inbox {
  id: Id; name: string; channel: Channel; address: string | null; team_id: Id | null; active: boolean
  /** Chat: the public key in the script tag. */ widget_key: string | null
  settings: EmailSettings | ChatSettings | Record<string, never>
}
export type Security = 'none' | 'starttls' | 'tls'
export interface EmailSettings {
  sender_name: string
  smtp: { host: string; port: number; security: Security; username: string | null; has_password: boolean } | null
  imap: { host: string; port: number; security: Security; username: string; folder: string; has_password: boolean } | null
  signature: string
}
export interface ChatSettings { color: string; title: string; greeting: string; allowed_origins: string[]; ask_email: boolean }
/** To write a password send `password` beside the fields above (write-only); to keep it leave it out. */

export interface Me { agent: Agent; role: Role; permissions: Permission[]; workspace: { id: Id; name: string } }
export interface Bootstrap { seq: number; me: Me; agents: Agent[]; teams: Team[]; roles: Role[]; inboxes: { id: Id; name: string; channel: Channel; address: string | null; active: boolean }[]; statuses: Status[]; tags: Tag[]; unread_notifications: number; server_time: Time }

export interface CustomerBrief { id: Id; name: string; tier: string | null }
export type IdentityKind = 'email' | 'phone' | 'visitor' | 'external'
export interface Identity { id: Id; kind: IdentityKind; value: string; verified: 'claimed' | 'proved' | 'agent' }
export interface Customer extends CustomerBrief { locale: string | null; notes: string; identities: Identity[]; created_at: Time; last_contact_at: Time | null }

export interface TicketSummary {
  id: Id; number: string // with its check digit, e.g. '10427'
  subject: string; customer: CustomerBrief; inbox_id: Id; channel: Channel // of the last message
  status_id: Id; category: Category; priority: Priority
  team_id: Id | null; assignee_id: Id | null; owner_id: Id | null
  tag_ids: Id[]
  preview: string; last_direction: Direction | 'note'; last_message_at: Time
  /** Oldest customer message without a public human answer. */ waiting_since: Time | null
  unread: boolean // for me
  failed: boolean // an outgoing message failed or is uncertain
  created_at: Time; updated_at: Time; version: number
}
export interface Attachment { id: Id; name: string; media_type: string; size: number; inline: boolean; content_id: string | null }
export interface CallDetails { number: string; direction: Direction; outcome: 'answered' | 'no_answer' | 'busy' | 'voicemail' | 'call_back'; duration_s: number; follow_up_at: Time | null }
export interface MailDetails { from: string | null; to: string[]; cc: string[]; subject: string | null; joined_because: string | null }
export interface Author { kind: 'customer' | 'agent' | 'system'; id: Id | null; name: string }
export interface Message {
  id: Id; ticket_id: Id; position: number; client_id: string | null
  channel: Channel; direction: Direction; visibility: Visibility; author: Author
  text: string /** What was newly written, when it differs from `text`. */; reply_text: string | null
  has_html: boolean // GET /api/v1/messages/{id}/html is a sandboxed page
  attachments: Attachment[]; mail: MailDetails | null; call: CallDetails | null
  automatic: boolean
  delivery: Delivery; delivery_error: string | null
  deliveries: { recipient: string; state: Delivery; response: string | null }[]
  seen: boolean // by the customer (chat)
  created_at: Time
}
/** One grey line: what somebody did to the ticket. Structured, rendered in the reader's language. */
export interface Activity {
  seq: number; at: Time; actor: { kind: 'agent' | 'customer' | 'system' | 'key'; id: Id | null }
  kind: string // 'ticket_opened' | 'ticket_changed' | 'tag_added' | 'tag_removed' | 'call_ended' …
  field?: 'status' | 'assignee' | 'team' | 'priority' | 'subject' | 'owner' | 'customer'
  from?: string | null; to?: string | null // ids or enum words; subject carries neither
  tag_id?: Id
}
export interface TicketDetail {
  seq: number; ticket: TicketSummary; customer: Customer
  messages: Message[]; activities: Activity[]
  before: string | null // cursor of older messages
  draft: { text: string; visibility: Visibility; updated_at: Time } | null
  read_position: number
  reply_defaults: { channel: Channel; to: string[]; cc: string[]; subject: string | null }
}
export interface Viewer { agent_id: Id; typing: 'reply' | 'note' | null }
export interface Notification { id: Id; kind: 'mention' | 'assigned' | 'owner_contact' | 'delivery_failed' | 'follow_up_due'; ticket_id: Id; ticket_number: string; subject: string; by: Id | null; created_at: Time; read_at: Time | null }
export interface RingingCall { id: Id; external_id: string; number: string; direction: Direction; state: 'ringing' | 'answered' | 'ended' | 'missed'; customer: CustomerBrief | null; open_tickets: TicketSummary[]; agent_id: Id | null; started_at: Time }
export interface Found { tickets: TicketSummary[]; customers: Customer[] }

/* HTTP, all below /api/v1, JSON; the cookie `shouwen_session` or `Authorization: Bearer <api key>`.

  GET    /setup                     {needed:boolean}
  POST   /setup                     {token, workspace_name, name, email, password, locale} -> 201 Me (+cookie)
  POST   /session                   {email, password} -> Me (+cookie); 401; 429 (Retry-After)
  GET    /session                   Me | 401
  DELETE /session                   204 sign out here
  GET    /sessions                  {items:[{id, current, ip, user_agent, created_at, last_seen_at}]}
  DELETE /sessions                  204 sign out everywhere
  POST   /password-resets           {email} -> 202 always
  POST   /password-resets/confirm   {token, password} -> 204      (link in the mail: /reset?token=…)
  PATCH  /me                        {name?, locale?} -> Me
  POST   /me/password               {current, new} -> 204
  GET    /bootstrap                 Bootstrap
  GET    /counts                    {views: {mine, unassigned, open, waiting, on_hold, mentions}: each {count:number, more:boolean}} // counted up to 99
  GET    /tickets?view=&inbox=&team=&assignee=&tag=&customer=&limit=&after=   Page<TicketSummary> & {seq}
           view: mine | unassigned | open (new+open) | waiting | on_hold | solved | closed | all | mentions; newest last_message_at first
           mine and unassigned hold neither solved nor closed ones; inbox, team and tag narrow any view
  POST   /tickets                   {client_id, inbox_id, customer_id? | to:[address], cc?, customer_name?, subject, text, attachment_ids?, visibility} -> 201 TicketDetail
  GET    /tickets/{id or number}    TicketDetail
  PATCH  /tickets/{id}              {edits:[{field:'status'|'assignee'|'team'|'priority'|'subject'|'owner'|'customer', old, new}]} -> TicketSummary
                                    409 problem with {conflicts:[{field, yours, current, by, at}]}; the fields without a conflict are kept
  POST   /tickets/{id}/tags         {add:[id], remove:[id]} -> TicketSummary
  GET    /tickets/{id}/messages?before=&limit=   {items: Message[], activities: Activity[], before}
  POST   /tickets/{id}/messages     {client_id, visibility, channel?, text, to?, cc?, subject?, attachment_ids?, mention_ids?: agents named @Name in a note, status_id?, seen_position} -> 201 Message
                                    409 /problems/new-messages when something public by somebody else arrived after seen_position (repeat with seen_position of the newest to send all the same)
  PUT    /tickets/{id}/read         {position} -> 204
  PUT    /tickets/{id}/draft        {text, visibility} -> 204      DELETE -> 204
  POST   /messages/{id}/retry       -> Message         (failed or uncertain: send again, knowingly)
  POST   /messages/{id}/settle      {as:'sent'|'failed'} -> Message   (uncertain)
  GET    /messages/{id}/html        text/html for <iframe sandbox>, its own CSP; ?remote=1 shows remote images (later)
  GET    /messages/{id}/raw         message/rfc822, permission raw.read
  POST   /uploads?name=             body: the bytes, Content-Type as is -> 201 Attachment (not yet attached; kept 24 h)
  GET    /attachments/{id}          the bytes; ?download=1
  GET    /find?q=                   Found: by number, phone, email, subject, customer name
  GET    /customers/{id}            Customer       PATCH {name?, tier?, notes?, locale?}
  GET    /customers/{id}/tickets    Page<TicketSummary>
  POST   /customers/{id}/identities {kind, value} -> Customer     DELETE /customers/{id}/identities/{id}
  GET    /callers?number=           {normalised, problem, customers: Customer[], open_tickets: TicketSummary[]}   // while typing
  POST   /call-log                  {client_id, inbox_id, number, direction, text, outcome, duration_s, follow_up_at?, ticket_id?, customer_id?, customer_name?, solved} -> 201 TicketDetail
  POST   /calls                     {external_id, state, number, direction, agent_email?, duration_s?} -> 200 RingingCall   (scope calls:write or permission call.log)
  GET    /calls?state=ringing       Page<RingingCall>
  GET    /notifications             Page<Notification>     POST /notifications/read {ids?: Id[]} -> 204 (all without ids)
  GET/POST /agents  PATCH /agents/{id}  POST /agents/{id}/sign-out   (create: {name,email,role_id,team_ids,locale,password?}; without a password an invitation is mailed) active:false deactivates
  GET/POST /teams   PATCH/DELETE /teams/{id}       {name, agent_ids}
  GET/POST /roles   PATCH/DELETE /roles/{id}       {name, permissions, scope}
  GET/POST /tags    PATCH/DELETE /tags/{id}        {name, color}
  GET/POST /statuses PATCH /statuses/{id}          {name, category, position, archived}
  GET/POST /inboxes PATCH /inboxes/{id}            Inbox (create: {name, channel, address?, team_id?, settings})
  POST   /inboxes/{id}/test         {checks:[{what:'smtp'|'imap'|'receive', ok, code, detail}]}   code: ok|dns|refused|tls|auth|sender|folder|timeout|protocol|not_configured
  GET/POST /api-keys DELETE /api-keys/{id}         {name, scopes:['calls:write','tickets:read','tickets:write','customers:read','customers:write']} -> the key once, in `key`
  GET    /openapi.json

  Live feed: GET /api/v1/feed (WebSocket, cookie). Everything is JSON text frames.
*/
export type FeedIn =
  | { type: 'hello'; after: number | null } // first frame; null: no resume, just from now
  | { type: 'open'; ticket: Id | null } // full frames for this ticket (one at a time per tab); counts as viewing
  | { type: 'typing'; ticket: Id; typing: 'reply' | 'note' | null }
  | { type: 'ping' }
export type FeedOut =
  | { type: 'welcome'; seq: number } // resumed: what lies between follows as batches
  | { type: 'resync'; seq: number; reason: string } // forget and fetch everything again, then go on from seq
  | { type: 'batch'; seq: number; frames: Frame[] } // seq is reached even when frames is empty
  | { type: 'presence'; ticket: Id; viewers: Viewer[] }
  | { type: 'visitor'; ticket: Id; typing: boolean; online: boolean }
  | { type: 'moved' } // the server is going away: reconnect with after=last seq
  | { type: 'pong' }
  | { type: 'problem'; problem: Problem }
export type Frame =
  | { kind: 'ticket'; ticket: TicketSummary } // new or changed, or came into my scope
  | { kind: 'ticket_gone'; ticket_id: Id } // left my scope
  | { kind: 'message'; message: Message } // only for the open ticket: added or changed (by id)
  | { kind: 'activity'; ticket_id: Id; activity: Activity } // only for the open ticket
  | { kind: 'customer'; customer: CustomerBrief }
  | { kind: 'notification'; notification: Notification }
  | { kind: 'call'; call: RingingCall }
  | { kind: 'reference'; what: 'agents' | 'teams' | 'roles' | 'inboxes' | 'statuses' | 'tags' | 'workspace' } // fetch /bootstrap again
  | { kind: 'read'; ticket_id: Id; position: number } // I read it in another tab

/* The widget. HTTP below /api/widget/v1; the visitor's token only in the Authorization header or the first frame, never in a URL.
  GET /widget.js                     the loader, ≤ 2 KB: <script async src="https://desk.example/widget.js" data-key="…"></script>
  GET /widget/frame?key=…            the panel's page for the iframe (frame-ancestors from allowed_origins)
  GET /api/widget/v1/config?key=     {title, color, greeting, locale, online, ask_email}
  POST /api/widget/v1/uploads?name=  (Authorization: Bearer <visitor token>) -> Attachment
  GET /api/widget/v1/attachments/{id}  (Authorization) -> bytes
  WebSocket /api/widget/v1/socket: */
export type WidgetIn =
  | { type: 'hello'; key: string; token: string | null; after: number | null; locale: string; page: { url: string; title: string } | null }
  | { type: 'send'; client_id: string; text: string; attachment_ids: Id[] }
  | { type: 'typing'; typing: boolean }
  | { type: 'seen'; position: number }
  | { type: 'identify'; name: string | null; email: string | null } // a claim, never a proof
  | { type: 'ping' }
export interface WidgetMessage {
  id: Id; client_id: string | null; position: number; from: 'visitor' | 'agent' | 'system'; name: string | null
  text: string; attachments: Attachment[]; at: Time
}
export type WidgetOut =
  | { type: 'welcome'; token: string; visitor: { name: string | null; email: string | null }; messages: WidgetMessage[]; position: number; more: boolean; agent_seen: number; online: boolean }
  | { type: 'ack'; client_id: string; id: Id; position: number; at: Time } // durable
  | { type: 'refused'; client_id: string | null; problem: Problem } // tell the visitor why
  | { type: 'message'; message: WidgetMessage }
  | { type: 'agent'; typing: boolean; name: string | null; online: boolean }
  | { type: 'seen'; position: number } // agents have read up to here
  | { type: 'resync' } // say hello again with after: null
  | { type: 'moved' }
  | { type: 'pong' }
