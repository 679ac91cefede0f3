// A believable shop for the stand-in server: agents, customers, tickets and talks in English and Chinese.
import { randomUUID as id } from 'node:crypto'

const HOUR = 3_600_000
const now = Date.now()
export const ago = (hours) => new Date(now - hours * HOUR).toISOString()

const ALL = ['ticket.read', 'ticket.reply', 'ticket.note', 'ticket.edit', 'ticket.assign', 'ticket.create', 'customer.read', 'customer.edit', 'call.log', 'raw.read', 'board.read', 'admin.agents', 'admin.teams', 'admin.inboxes', 'admin.tags', 'admin.statuses', 'admin.roles', 'admin.keys']
export const roles = [
  { id: id(), key: 'administrator', name: '', permissions: ALL, scope: 'all', built_in: true },
  { id: id(), key: 'supervisor', name: '', permissions: ALL.filter((one) => !one.startsWith('admin.') && one !== 'raw.read'), scope: 'all', built_in: true },
  { id: id(), key: 'agent', name: '', permissions: ALL.slice(0, 9), scope: 'teams', built_in: true },
]
export const teams = ['售后组', 'Logistics', 'Complaints 投诉'].map((name) => ({ id: id(), name, agent_ids: [] }))
export const agents = [['林晓', 'lin@shop.example', 0], ['Grace Okafor', 'grace@shop.example', 2], ['王芳', 'wang@shop.example', 1], ['Jonas Lindqvist', 'jonas@shop.example', 2], ['陈思远', 'chen@shop.example', 2]].map(([name, email, role], index) => {
  const team_ids = [teams[index % 3].id]
  const agent = { id: id(), name, email, role_id: roles[role].id, team_ids, locale: 'en', active: true, created_at: ago(3000) }
  teams[index % 3].agent_ids.push(agent.id)
  return agent
})
export const tags = [['退款', 'red'], ['refund', 'red'], ['物流', 'blue'], ['delivery', 'blue'], ['破损', 'amber'], ['VIP', 'violet'], ['发票', 'gray'], ['size', 'teal'], ['warranty', 'green'], ['双十一', 'amber']].map(([name, color]) => ({ id: id(), name, color }))
export const statuses = [['new', 'new', ''], ['open', 'open', ''], ['waiting', 'waiting', ''], [null, 'on_hold', '等仓库 Warehouse'], ['on_hold', 'on_hold', ''], ['solved', 'solved', ''], ['closed', 'closed', '']].map(([key, category, name], position) => ({ id: id(), key, name, category, position, archived: false }))
export const inboxes = [
  { id: id(), name: 'Help desk', channel: 'email', address: 'help@shop.example', team_id: teams[0].id, active: true, widget_key: null, settings: { sender_name: 'Lotus & Pine', smtp: { host: 'smtp.shop.example', port: 465, security: 'tls', username: 'help', has_password: true }, imap: { host: 'imap.shop.example', port: 993, security: 'tls', username: 'help', folder: 'INBOX', has_password: true }, signature: 'Lotus & Pine\nhelp@shop.example' } },
  { id: id(), name: '网站聊天', channel: 'chat', address: null, team_id: null, active: true, widget_key: 'wk_7f3a9c', settings: { color: '#0b6b6b', title: 'Lotus & Pine', greeting: '您好，请问有什么可以帮您？', allowed_origins: ['https://shop.example'], ask_email: true } },
  { id: id(), name: '400 热线', channel: 'phone', address: '+86 400 820 8820', team_id: teams[0].id, active: true, widget_key: null, settings: {} },
]

const people = [
  ['欧阳修明·阿卜杜拉赫曼', 'gold', 'ouyang@mail.example', '+8613800138000'],
  ['Wilhelmina Alexandrovna Featherstonehaugh-Cholmondeley von Oppenheim-Goldenberg the Third', null, 'wilhelmina@long.example', '+447700900123'],
  ['Maria Silva', 'silver', 'maria.silva@mail.example', '+351912345678'],
  ['王小明', null, 'xiaoming@mail.example', '+8613912345678'],
  ['Ahmed Hassan', null, 'ahmed@mail.example', '+201001234567'],
  ['李娜', 'platinum', 'lina@mail.example', '+8618612345678'],
  ['Tom Baker', null, 'tom@mail.example', '+14155550123'],
  ['张伟', null, 'zhangwei@mail.example', '+8613712345678'],
  ['Sofia Rossi', 'gold', 'sofia@mail.example', '+393401234567'],
  ['', null, null, null],
]
export const customers = people.map(([name, tier, email, phone], index) => ({
  id: id(), name, tier, locale: index % 2 ? 'en' : 'zh', notes: index === 0 ? '老客户，喜欢电话沟通。上次投诉过配送延误，请优先处理。' : '', created_at: ago(24 * (400 - index * 30)), last_contact_at: ago(index),
  identities: [...(email ? [{ id: id(), kind: 'email', value: email, verified: 'proved' }] : []), ...(phone ? [{ id: id(), kind: 'phone', value: phone, verified: index % 2 ? 'claimed' : 'agent' }] : []), ...(email ? [] : [{ id: id(), kind: 'visitor', value: `visitor ${index}`, verified: 'claimed' }])],
}))

const subjects = [
  ['订单 20261118-3391 的外套一直没有收到', '您好，我11月11日下的订单，物流显示已经在上海停了五天，一直没有更新。麻烦帮我查一下，周末就要出差了。', 'email'],
  ['The kettle arrived with a cracked lid', 'Hello, the kettle I ordered last week arrived today, but the lid is cracked on one side. I have attached two photos. Could you send a new lid?', 'email'],
  ['Where is my order?', 'Hi! Any news about my parcel? The tracking page says “label created” since Monday.', 'chat'],
  ['申请换货：尺码偏小', '衣服偏小，想换大一码，请问运费谁承担？', 'chat'],
  ['Invoice with VAT number for order 88213', 'Dear team, please send the invoice again with our VAT number PT509442013. Kind regards, Maria', 'email'],
  ['来电：咨询保修期', '客户询问电饭煲保修期，已告知一年。客户希望短信发送维修点地址。', 'phone'],
  ['Refund not received after 10 days', 'I returned the shoes on the 8th and you confirmed on the 10th. The money is still not on my card.', 'email'],
  ['双十一优惠券无法使用', '结算时提示“不满足使用条件”，但是金额已经超过了。', 'chat'],
  ['Wrong colour delivered', 'I ordered the green blanket and got a grey one.', 'email'],
  ['发票抬头开错了', '抬头应为“杭州听雨科技有限公司”，麻烦重开。', 'email'],
]

let counter = 10_400
const number = () => String((counter += 1)) + String(counter % 9)
export const tickets = []
export const messages = new Map()
export const activities = new Map()
export let seq = 1000
export const nextSeq = () => (seq += 1)

export function makeMessage(ticket, position, fields) {
  return { id: id(), ticket_id: ticket.id, position, client_id: null, channel: ticket.channel, direction: 'in', visibility: 'public', author: { kind: 'customer', id: ticket.customer.id, name: ticket.customer.name }, text: '', reply_text: null, has_html: false, attachments: [], mail: null, call: null, automatic: false, delivery: 'none', delivery_error: null, deliveries: [], seen: false, created_at: ago(0), ...fields }
}
const byKey = (category) => statuses.find((status) => status.key === category)
const mailOf = (customer, out = false) => { const mail = customer.identities.find((one) => one.kind === 'email')?.value ?? 'unknown@mail.example'; return { from: out ? 'help@shop.example' : mail, to: [out ? mail : 'help@shop.example'], cc: [], subject: 'Re: order', joined_because: out ? null : 'in_reply_to' } }
const AGENT = (index) => ({ kind: 'agent', id: agents[index].id, name: agents[index].name })

export function makeTicket(index) {
  const [subject, text, channel] = subjects[index % subjects.length]
  const customer = customers[index % 7 === 0 ? 0 : index % customers.length]
  const category = index < 12 ? ['open', 'new', 'open', 'open', 'waiting', 'open', 'open', 'new', 'on_hold', 'open', 'solved', 'open'][index] : ['open', 'new', 'waiting', 'solved', 'closed', 'open', 'solved'][index % 7]
  const age = index < 3 ? 0.1 + index * 0.4 : index < 40 ? index * 0.9 : index * 0.35 + 24
  const out = category === 'waiting' || category === 'solved' || category === 'closed'
  const ticket = {
    id: id(), number: number(), subject: index % 13 === 12 ? '' : subject, customer: { id: customer.id, name: customer.name, tier: customer.tier }, inbox_id: inboxes[{ email: 0, chat: 1, phone: 2 }[channel]].id, channel,
    status_id: byKey(category).id, category, priority: index === 0 ? 'urgent' : index % 9 === 6 ? 'high' : 'normal', team_id: index % 4 === 3 ? null : teams[index % 3].id,
    assignee_id: category === 'new' ? null : agents[index % 5 < 2 ? 0 : index % 5].id, owner_id: category === 'new' ? null : agents[0].id, tag_ids: index % 3 === 0 ? [tags[index % 10].id, tags[(index + 3) % 10].id] : index % 4 === 0 ? [tags[index % 10].id] : [],
    preview: text.slice(0, 120), last_direction: out ? 'out' : 'in', last_message_at: ago(age), waiting_since: out ? null : ago(age + (index % 5) * 7), unread: index % 3 === 0 && !out, failed: index === 6, created_at: ago(age + 30), updated_at: ago(age), version: 1,
  }
  tickets.push(ticket)
  return ticket
}

export function talkOf(ticket) {
  if (messages.has(ticket.id)) return messages.get(ticket.id)
  const index = tickets.indexOf(ticket)
  const customer = customers.find((one) => one.id === ticket.customer.id)
  const [, text] = subjects.find(([subject]) => subject === ticket.subject) ?? subjects[index % subjects.length]
  const last = new Date(ticket.last_message_at).getTime()
  const at = (hours) => new Date(last - hours * HOUR).toISOString()
  const list = []
  const add = (fields) => list.push(makeMessage(ticket, list.length + 1, fields))
  const mail = ticket.channel === 'email'
  if (index === 0) {
    add({ text, mail: mailOf(customer), created_at: at(27), attachments: [{ id: 'pic1', name: '物流截图.png', media_type: 'image/png', size: 184_220, inline: false, content_id: null }] })
    add({ direction: 'out', author: AGENT(0), text: '您好，很抱歉让您久等了。我已经联系仓库核实，包裹在上海转运中心滞留，我们会在今天 18:00 前给您答复。', mail: mailOf(customer, true), created_at: at(26), delivery: 'sent', deliveries: [{ recipient: 'ouyang@mail.example', state: 'sent', response: '250 2.0.0 OK' }] })
    add({ visibility: 'note', direction: 'out', author: AGENT(2), text: '仓库说面单破损，已补发面单，明早发出。@林晓 请跟客户说一声，顺便看 https://wms.shop.example/parcels/3391', created_at: at(25) })
    add({ channel: 'phone', text: '客户来电催件，情绪有些激动。已安抚，并承诺今晚短信通知新的运单号。', author: AGENT(0), created_at: at(5), call: { number: '+86 138 0013 8000', direction: 'in', outcome: 'answered', duration_s: 214, follow_up_at: new Date(last + 4 * HOUR).toISOString() } })
    add({ channel: 'chat', text: '你好，刚才电话里说的新单号有了吗？', created_at: at(0.3) })
    add({ channel: 'chat', text: '我周六早上的飞机，最晚周五要收到。', created_at: at(0.28) })
    add({ channel: 'chat', direction: 'out', author: AGENT(0), text: '有了，SF1408827716623，预计周四送达。', created_at: at(0.2), delivery: 'sent', seen: true })
    add({ text: '收到，谢谢！如果周五还没到怎么办？', reply_text: null, has_html: false, mail: mailOf(customer), created_at: at(0) })
    list.at(-1).reply_text = '收到，谢谢！如果周五还没到怎么办？'
    list.at(-1).text = '收到，谢谢！如果周五还没到怎么办？\n\n> 在 2026年11月21日，Lotus & Pine 写道：\n> 您好，很抱歉让您久等了。我已经联系仓库核实，\n> 包裹在上海转运中心滞留，我们会在今天 18:00 前给您答复。'
  } else if (index === 1) {
    add({ text, has_html: true, mail: { ...mailOf(customer), cc: ['partner@long.example'], joined_because: 'new' }, created_at: at(2), attachments: [{ id: 'pic1', name: 'lid-1.jpg', media_type: 'image/png', size: 421_000, inline: false, content_id: null }, { id: 'pic2', name: 'lid-2.jpg', media_type: 'image/png', size: 388_100, inline: false, content_id: null }, { id: 'doc1', name: 'receipt-with-a-rather-long-name-2026-11-02-final-version.pdf', media_type: 'application/pdf', size: 88_410, inline: false, content_id: null }] })
  } else if (index === 6) {
    add({ text, mail: mailOf(customer), created_at: at(30) })
    add({ direction: 'out', author: AGENT(0), text: 'Hello Tom, I have asked our bank and will write again tomorrow.', mail: mailOf(customer, true), created_at: at(28), delivery: 'uncertain', delivery_error: 'connection lost after DATA', deliveries: [{ recipient: 'tom@mail.example', state: 'uncertain', response: null }] })
    add({ direction: 'out', author: AGENT(0), text: 'Hello Tom, the refund left our account today.', mail: mailOf(customer, true), created_at: at(1), delivery: 'failed', delivery_error: '550 5.1.1 <tom@mail.example>: Recipient address rejected: User unknown', deliveries: [{ recipient: 'tom@mail.example', state: 'failed', response: '550 5.1.1 User unknown' }] })
    add({ text: 'Out of office: I am away until Monday.', automatic: true, mail: mailOf(customer), created_at: at(0) })
  } else if (ticket.channel === 'phone') {
    add({ text, author: AGENT(index % 5), created_at: at(0), call: { number: '+86 186 1234 5678', direction: 'in', outcome: 'answered', duration_s: 187, follow_up_at: null } })
  } else {
    add({ text, created_at: at(3), mail: mail ? mailOf(customer) : null })
    if (index % 2) add({ direction: 'out', author: AGENT(index % 5), text: 'Thank you for writing. I am looking into it and will come back to you today.', created_at: at(2), delivery: 'sent', mail: mail ? mailOf(customer, true) : null })
    if (ticket.last_direction === 'in' && index % 2) add({ text: /\p{Script=Han}/u.test(text) ? '好的，麻烦尽快，谢谢。' : 'Thanks. Please keep me posted.', created_at: at(0), mail: mail ? mailOf(customer) : null })
  }
  messages.set(ticket.id, list)
  const who = (index2) => ({ kind: 'agent', id: agents[index2].id })
  const acts = [{ seq: 1, at: list[0].created_at, actor: { kind: 'customer', id: null }, kind: 'ticket_opened' }]
  if (ticket.assignee_id && list.length > 1) acts.push({ seq: 2, at: at(2.5), actor: who(2), kind: 'ticket_changed', field: 'assignee', from: null, to: ticket.assignee_id })
  if (index === 0) acts.push({ seq: 3, at: at(24.8), actor: who(2), kind: 'ticket_changed', field: 'priority', from: 'normal', to: 'urgent' }, { seq: 4, at: at(24.7), actor: who(2), kind: 'tag_added', tag_id: tags[2].id }, { seq: 5, at: at(24.6), actor: who(0), kind: 'ticket_changed', field: 'team', from: null, to: teams[0].id }, { seq: 6, at: at(24.5), actor: { kind: 'system', id: null }, kind: 'ticket_changed', field: 'owner', from: null, to: agents[0].id }, { seq: 7, at: at(24.4), actor: who(0), kind: 'ticket_changed', field: 'status', from: statuses[0].id, to: statuses[1].id })
  activities.set(ticket.id, acts.sort((a, b) => (a.at < b.at ? -1 : 1)))
  return list
}

export function fill(count) {
  for (let index = 0; index < count; index += 1) makeTicket(index)
  talkOf(tickets[0])
  tickets[0].preview = '收到，谢谢！如果周五还没到怎么办？'
  tickets[0].unread = true
}
