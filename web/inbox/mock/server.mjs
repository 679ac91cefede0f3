// A stand-in for the real server, for drawing screens before it is there. Development only.
// PORT, TICKETS (how many), and GET /mock/{event} to make something happen: arrive, message, ring, type, collide, drop, down, up.
import { randomUUID as id } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { WebSocketServer } from 'ws'
import * as shop from './data.mjs'

const PORT = Number(process.env.PORT ?? 8080)
const DIST = new URL('../../dist/inbox/', import.meta.url).pathname
const CSP = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; frame-src 'self'; object-src 'none'; base-uri 'none'"
shop.fill(Number(process.env.TICKETS ?? 240))
const { tickets, agents, customers } = shop
const me = () => ({ agent: agents[0], role: shop.roles[0], permissions: process.env.ROLE === 'agent' ? shop.roles[2].permissions : shop.roles[0].permissions, workspace: { id: 'w', name: 'Lotus & Pine 荷松' } })
let signedIn = process.env.SIGNED_OUT === undefined
let down = false
let collide = false
let viewers = []
const drafts = new Map()
const uploads = new Map()
const reads = new Map()
const notifications = [['mention', 2, 0], ['delivery_failed', null, 6], ['assigned', 2, 3], ['owner_contact', null, 0]].map(([kind, by, ticket], index) => ({ id: id(), kind, ticket_id: tickets[ticket]?.id, ticket_number: tickets[ticket]?.number, subject: tickets[ticket]?.subject, by: by === null ? null : agents[by].id, created_at: shop.ago(index * 3 + 0.2), read_at: index > 1 ? shop.ago(1) : null })).filter((one) => one.ticket_id)
const keys = [{ id: id(), name: 'PBX', scopes: ['calls:write'], created_at: shop.ago(900), last_used_at: shop.ago(0.4) }]

const sockets = new Set()
const frames = (...list) => { const text = JSON.stringify({ type: 'batch', seq: shop.nextSeq(), frames: list }); for (const socket of sockets) socket.send(text) }
const say = (words) => { for (const socket of sockets) socket.send(JSON.stringify(words)) }
const problem = (status, type, title, more = {}) => ({ status, body: { type: `/problems/${type}`, title, status, detail: title, ...more } })
const unsolved = (ticket) => !['solved', 'closed'].includes(ticket.category)

function inView(ticket, query) {
  const view = query.get('view') ?? 'all'
  if (query.get('team') && ticket.team_id !== query.get('team')) return false
  if (query.get('inbox') && ticket.inbox_id !== query.get('inbox')) return false
  if (query.get('tag') && !ticket.tag_ids.includes(query.get('tag'))) return false
  if (view === 'mine') return ticket.assignee_id === agents[0].id && unsolved(ticket)
  if (view === 'unassigned') return !ticket.assignee_id && unsolved(ticket)
  if (view === 'open') return ['new', 'open'].includes(ticket.category)
  if (view === 'mentions') return ticket === tickets[0]
  return view === 'all' || ticket.category === view
}
const find = (key) => tickets.find((ticket) => ticket.id === key || ticket.number === key)
const touch = (ticket, changes) => { Object.assign(ticket, changes, { version: ticket.version + 1, updated_at: new Date().toISOString() }); frames({ kind: 'ticket', ticket }); return ticket }
const act = (ticket, activity) => { const full = { seq: shop.nextSeq(), at: new Date().toISOString(), actor: { kind: 'agent', id: agents[0].id }, kind: 'ticket_changed', ...activity }; shop.talkOf(ticket); shop.activities.get(ticket.id).push(full); frames({ kind: 'activity', ticket_id: ticket.id, activity: full }) }
function append(ticket, fields) {
  const list = shop.talkOf(ticket)
  const message = shop.makeMessage(ticket, (list.at(-1)?.position ?? 0) + 1, { created_at: new Date().toISOString(), ...fields })
  list.push(message)
  frames({ kind: 'message', message })
  return message
}
function detail(ticket) {
  const customer = customers.find((one) => one.id === ticket.customer.id)
  const list = shop.talkOf(ticket)
  const mail = customer.identities.find((one) => one.kind === 'email')?.value
  return { seq: shop.seq, ticket, customer, messages: list.slice(-50), activities: shop.activities.get(ticket.id), before: null, draft: drafts.get(ticket.id) ?? null, read_position: reads.get(ticket.id) ?? (ticket.unread ? list.length - 1 : list.length), reply_defaults: { channel: list.at(-1)?.channel === 'chat' ? 'chat' : mail ? 'email' : ticket.channel, to: mail ? [mail] : [], cc: [], subject: null }, viewers }
}
const reference = (list, name) => ({ list, name })
const collections = { agents: reference(agents, 'agents'), teams: reference(shop.teams, 'teams'), roles: reference(shop.roles, 'roles'), tags: reference(shop.tags, 'tags'), statuses: reference(shop.statuses, 'statuses'), inboxes: reference(shop.inboxes, 'inboxes') }

function route(method, path, query, body, raw) {
  const [first, second, third, fourth] = path.split('/').filter(Boolean)
  const at = `${method} ${first}`
  if (at === 'GET setup') return { body: { needed: !signedIn } }
  if (at === 'POST setup' || at === 'POST session') { if (body.password === 'wrong') return problem(401, 'credentials', 'No'); signedIn = true; return { status: first === 'setup' ? 201 : 200, body: me() } }
  if (at === 'POST password-resets') return { status: second ? 204 : 202 }
  if (!signedIn) return problem(401, 'signed-out', 'Sign in')
  if (at === 'GET session') return { body: me() }
  if (at === 'DELETE session' || at === 'DELETE sessions') { signedIn = false; return { status: 204 } }
  if (at === 'GET sessions') return { body: { items: [{ id: '1', current: true, ip: '10.0.0.8', user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0', created_at: shop.ago(80), last_seen_at: shop.ago(0) }, { id: '2', current: false, ip: '10.0.0.9', user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Safari/604.1', created_at: shop.ago(300), last_seen_at: shop.ago(20) }] } }
  if (at === 'GET bootstrap') return { body: { seq: shop.seq, me: me(), agents, teams: shop.teams, roles: shop.roles, inboxes: shop.inboxes.map(({ id, name, channel, address, active }) => ({ id, name, channel, address, active })), statuses: shop.statuses, tags: shop.tags, unread_notifications: notifications.filter((one) => !one.read_at).length, server_time: new Date().toISOString() } }
  if (at === 'GET counts') return { body: { views: Object.fromEntries(['mine', 'unassigned', 'open', 'waiting', 'on_hold', 'mentions'].map((view) => { const count = tickets.filter((ticket) => inView(ticket, new URLSearchParams({ view }))).length; return [view, { count: Math.min(99, count), more: count > 99 }] })) } }
  if (first === 'tickets') return ticketRoute(method, second, third, query, body)
  if (first === 'messages') return messageRoute(method, second, third, body)
  if (at === 'POST uploads') { const file = { id: id(), name: query.get('name'), media_type: 'application/octet-stream', size: raw.length, inline: false, content_id: null }; uploads.set(file.id, file); return { status: 201, body: file } }
  if (at === 'GET find') { const words = query.get('q').toLowerCase(); return { body: { tickets: tickets.filter((ticket) => `${ticket.number} ${ticket.subject} ${ticket.customer.name}`.toLowerCase().includes(words)).slice(0, 8), customers: customers.filter((one) => `${one.name} ${one.identities.map((other) => other.value).join(' ')}`.toLowerCase().includes(words)).slice(0, 4) } } }
  if (first === 'customers') return customerRoute(method, second, third, fourth, body)
  if (at === 'GET callers') { const digits = query.get('number').replace(/\D/g, ''); const found = customers.filter((one) => one.identities.some((other) => other.kind === 'phone' && other.value.includes(digits))); return { body: { normalised: `+${digits}`, problem: null, customers: found, open_tickets: tickets.filter((ticket) => unsolved(ticket) && found.some((one) => one.id === ticket.customer.id)).slice(0, 4) } } }
  if (at === 'POST call-log') { const ticket = find(body.ticket_id) ?? shop.makeTicket(5); append(ticket, { channel: 'phone', text: body.text, author: { kind: 'agent', id: agents[0].id, name: agents[0].name }, direction: body.direction, call: { number: body.number, direction: body.direction, outcome: body.outcome, duration_s: body.duration_s, follow_up_at: body.follow_up_at ?? null } }); touch(ticket, { last_message_at: new Date().toISOString(), channel: 'phone' }); return { status: 201, body: detail(ticket) } }
  if (at === 'GET calls') return { body: { items: [], next: null } }
  if (at === 'GET notifications') return { body: { items: notifications, next: null } }
  if (at === 'POST notifications') { for (const one of notifications) if (!body.ids || body.ids.includes(one.id)) one.read_at = new Date().toISOString(); return { status: 204 } }
  if (first === 'me') { Object.assign(agents[0], body.name ? { name: body.name } : {}, body.locale ? { locale: body.locale } : {}); return second ? (body.current === 'wrong' ? problem(422, 'validation', 'Wrong password', { errors: [{ pointer: '/current', detail: 'wrong' }] }) : { status: 204 }) : { body: me() } }
  if (at === 'POST inboxes' && third === 'test') return { body: { checks: [{ what: 'smtp', ok: true, code: 'ok', detail: '' }, { what: 'imap', ok: false, code: 'auth', detail: 'NO [AUTHENTICATIONFAILED] Invalid credentials' }] } }
  if (first === 'api-keys') { if (method === 'POST') { const key = { id: id(), ...body, created_at: shop.ago(0), last_used_at: null }; keys.push(key); return { status: 201, body: { ...key, key: 'sw_live_4f9d2c1ab77e40cf8a1b' } } } if (method === 'DELETE') { keys.splice(keys.findIndex((one) => one.id === second), 1); return { status: 204 } } return { body: { items: keys, next: null } } }
  const collection = collections[first]
  if (collection) {
    if (method === 'GET') return { body: { items: collection.list, next: null } }
    const known = collection.list.find((one) => one.id === second)
    const after = () => frames({ kind: 'reference', what: collection.name })
    if (third) return { status: 204 }
    if (method === 'POST') { const made = { id: id(), active: true, built_in: false, archived: false, key: null, widget_key: 'wk_new', position: collection.list.length, created_at: shop.ago(0), ...body }; collection.list.push(made); after(); return { status: 201, body: made } }
    if (method === 'PATCH') { Object.assign(known, body); after(); return { body: known } }
    if (method === 'DELETE') { collection.list.splice(collection.list.indexOf(known), 1); after(); return { status: 204 } }
  }
  return problem(404, 'not-found', 'Not found')
}

function ticketRoute(method, key, what, query, body) {
  if (!key && method === 'GET') { const all = tickets.filter((ticket) => inView(ticket, query)).sort((a, b) => (a.last_message_at < b.last_message_at ? 1 : -1)); const start = Number(query.get('after') ?? 0); const limit = Number(query.get('limit') ?? 50); return { body: { items: all.slice(start, start + limit), next: start + limit < all.length ? String(start + limit) : null, seq: shop.seq } } }
  if (!key) { const ticket = shop.makeTicket(0); Object.assign(ticket, { subject: body.subject }); return { status: 201, body: detail(ticket) } }
  const ticket = find(key)
  if (!ticket) return problem(404, 'not-found', 'Not found')
  if (!what && method === 'GET') return { body: detail(ticket) }
  if (!what) {
    const names = { status: 'status_id', assignee: 'assignee_id', team: 'team_id', owner: 'owner_id', priority: 'priority', subject: 'subject' }
    for (const edit of body.edits) {
      if (collide && edit.field === 'status') { collide = false; touch(ticket, { status_id: shop.statuses[4].id, category: 'on_hold' }); return problem(409, 'conflict', 'Changed meanwhile', { conflicts: [{ field: 'status', yours: edit.new, current: shop.statuses[4].id, by: agents[2].id, at: shop.ago(0) }] }) }
      touch(ticket, { [names[edit.field]]: edit.new, ...(edit.field === 'status' ? { category: shop.statuses.find((one) => one.id === edit.new).category } : {}) })
      act(ticket, { field: edit.field, from: edit.old, to: edit.field === 'subject' ? null : edit.new })
    }
    return { body: ticket }
  }
  if (what === 'tags') { touch(ticket, { tag_ids: [...ticket.tag_ids.filter((one) => !body.remove.includes(one)), ...body.add] }); for (const tag of body.add) act(ticket, { kind: 'tag_added', tag_id: tag }); return { body: ticket } }
  if (what === 'read') { reads.set(ticket.id, body.position); ticket.unread = false; frames({ kind: 'read', ticket_id: ticket.id, position: body.position }); return { status: 204 } }
  if (what === 'draft') { if (method === 'PUT') drafts.set(ticket.id, { ...body, updated_at: new Date().toISOString() }); else drafts.delete(ticket.id); return { status: 204 } }
  if (what === 'messages' && method === 'POST') {
    const list = shop.talkOf(ticket)
    const same = list.find((message) => message.client_id === body.client_id)
    if (same) return { status: 201, body: same }
    if (body.visibility === 'public' && list.some((message) => message.visibility === 'public' && message.position > body.seen_position && message.direction === 'in')) return problem(409, 'new-messages', 'Something new arrived')
    const message = append(ticket, { client_id: body.client_id, direction: 'out', visibility: body.visibility, channel: body.channel ?? ticket.channel, author: { kind: 'agent', id: agents[0].id, name: agents[0].name }, text: body.text, attachments: (body.attachment_ids ?? []).map((one) => uploads.get(one)).filter(Boolean), delivery: body.visibility === 'public' ? 'queued' : 'none' })
    touch(ticket, { last_direction: body.visibility === 'note' ? 'note' : 'out', preview: body.text, last_message_at: new Date().toISOString(), ...(body.visibility === 'public' ? { waiting_since: null } : {}), ...(body.status_id ? { status_id: body.status_id, category: shop.statuses.find((one) => one.id === body.status_id).category } : {}) })
    if (body.visibility === 'public') setTimeout(() => { message.delivery = 'sent'; frames({ kind: 'message', message: { ...message } }) }, 1500)
    return { status: 201, body: message }
  }
  return { body: { items: [], activities: [], before: null } }
}
function messageRoute(method, key, what, body) {
  const message = [...shop.messages.values()].flat().find((one) => one.id === key)
  if (what === 'html') return { html: `<!doctype html><base target="_blank"><style>body{font:14px/1.5 Arial;margin:12px;color:#222}</style><table width="100%" cellpadding="8" style="border:1px solid #ddd"><tr><td style="background:#7a1f2b;color:#fff"><b>Long &amp; Sons Kitchen</b></td></tr><tr><td><p>Hello,</p><p>the kettle I ordered <i>last week</i> arrived today, but the lid is <b>cracked</b> on one side. I have attached two photos.</p><table border="1" cellspacing="0" cellpadding="6"><tr><th>Item</th><th>Order</th><th>Price</th></tr><tr><td>Kettle, 1.7 l</td><td>88213</td><td>€ 49.90</td></tr></table><p>Could you send a new lid?</p><p>Kind regards,<br>Wilhelmina</p></td></tr></table>` }
  Object.assign(message, what === 'retry' ? { delivery: 'queued', delivery_error: null } : { delivery: body.as, delivery_error: null })
  return { body: message }
}
function customerRoute(method, key, what, other, body) {
  const customer = customers.find((one) => one.id === key)
  if (what === 'tickets') return { body: { items: tickets.filter((ticket) => ticket.customer.id === key).sort((a, b) => (a.last_message_at < b.last_message_at ? 1 : -1)).slice(0, 12), next: null } }
  if (what === 'identities' && method === 'POST') customer.identities.push({ id: id(), verified: 'agent', ...body })
  else if (what === 'identities') customer.identities = customer.identities.filter((one) => one.id !== other)
  else if (method === 'PATCH') Object.assign(customer, body)
  return { body: customer }
}

const happen = {
  arrive() { const ticket = shop.makeTicket(1 + Math.floor(Math.random() * 8)); touch(ticket, { assignee_id: agents[0].id, category: 'open', status_id: shop.statuses[1].id, unread: true, last_message_at: new Date().toISOString(), waiting_since: new Date().toISOString() }) },
  message() { append(tickets[0], { channel: 'chat', text: '还有一个问题：能改成送到公司吗？' }); touch(tickets[0], { last_message_at: new Date().toISOString(), preview: '还有一个问题：能改成送到公司吗？', unread: true }) },
  ring() { frames({ kind: 'call', call: { id: 'call1', external_id: 'x', number: '+86 138 0013 8000', direction: 'in', state: 'ringing', customer: tickets[0].customer, open_tickets: tickets.filter((ticket) => ticket.customer.id === tickets[0].customer.id && unsolved(ticket)).slice(0, 2), agent_id: null, started_at: new Date().toISOString() } }) },
  type() { viewers = [{ agent_id: agents[2].id, typing: 'reply' }]; say({ type: 'presence', ticket: tickets[0].id, viewers }); say({ type: 'visitor', ticket: tickets[0].id, typing: true, online: true }) },
  collide() { collide = true },
  drop() { for (const socket of sockets) socket.terminate() },
  down() { down = true; happen.drop() },
  up() { down = false },
  expire() { signedIn = false },
}

const types = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.html': 'text/html' }
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC', 'base64')
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://x')
  if (url.pathname.startsWith('/mock/')) { happen[url.pathname.slice(6)]?.(); return void response.end('ok') }
  if (url.pathname.startsWith('/api/v1/attachments/')) return void response.writeHead(200, { 'content-type': 'image/png' }).end(PNG)
  if (url.pathname.startsWith('/api/v1/')) {
    if (down) return void request.socket.destroy()
    const parts = []
    request.on('data', (part) => parts.push(part)).on('end', () => {
      const raw = Buffer.concat(parts)
      let body = {}
      try { body = JSON.parse(raw.toString() || '{}') } catch { /* bytes */ }
      const answer = route(request.method, url.pathname.slice(7), url.searchParams, body, raw)
      setTimeout(() => { if (answer.html) return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:" }).end(answer.html)
        response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(answer.body === undefined ? '' : JSON.stringify(answer.body)) }, Number(process.env.DELAY ?? 15))
    })
    return
  }
  const file = join(DIST, url.pathname)
  const path = extname(file) && existsSync(file) ? file : join(DIST, 'index.html')
  response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream', 'content-security-policy': CSP }).end(readFileSync(path))
})
const feed = new WebSocketServer({ noServer: true })
server.on('upgrade', (request, socket, head) => {
  if (down || !signedIn) return socket.destroy()
  feed.handleUpgrade(request, socket, head, (client) => {
    sockets.add(client)
    client.on('close', () => sockets.delete(client))
    client.on('message', (data) => {
      const said = JSON.parse(data)
      if (said.type === 'hello') client.send(JSON.stringify({ type: 'welcome', seq: shop.seq }))
      if (said.type === 'ping') client.send('{"type":"pong"}')
      if (said.type === 'open' && said.ticket) client.send(JSON.stringify({ type: 'presence', ticket: said.ticket, viewers }))
    })
  })
})
server.listen(PORT, '127.0.0.1', () => console.log(`stand-in server on http://127.0.0.1:${PORT}`))
