// A desk that speaks the widget's contract and misbehaves on request. For development and the browser check only:
// `node widget/mock.mjs` after a build, then open http://127.0.0.1:8090/. What the visitor can write to it:
// /drop /moved /resync /duplicate /refuse 429 /type /away /long
import { randomUUID } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocketServer } from 'ws'

const dist = fileURLToPath(new URL('../dist/widget/', import.meta.url))
const types = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html; charset=utf-8' }
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' ws: wss:"

export class Mock {
  config = { title: '灯与茶 Lamp & Tea', color: '#0f766e', greeting: '', locale: 'en', online: true, ask_email: true }
  visitors = new Map() // token -> {messages, agentSeen, visitor, sockets}
  files = new Map()
  silent = false // takes messages and acknowledges nothing
  frames = [] // everything received
  snapshotLimit = 200

  constructor() {
    this.server = createServer((request, response) => this.answer(request, response))
    new WebSocketServer({ server: this.server, path: '/api/widget/v1/socket' }).on('connection', (socket) => {
      socket.on('message', (text) => this.receive(socket, JSON.parse(text)))
      socket.on('close', () => socket.visitor?.sockets.delete(socket))
    })
  }

  listen(port) {
    return new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve))
  }

  /** Everything the desk holds about the first visitor, made when there is none yet. */
  get first() {
    return this.visitors.values().next().value ?? this.addVisitor('visitor-1')
  }

  addVisitor(token) {
    const blank = { messages: [], agentSeen: 0, visitor: { name: null, email: null }, sockets: new Set() }
    this.visitors.set(token, { token, ...blank })
    return this.visitors.get(token)
  }

  say(visitor, text, more = {}) {
    const position = (visitor.messages.at(-1)?.position ?? 0) + 1
    const blank = { client_id: null, from: 'agent', name: '梅琳 Mei Lin', attachments: [], at: new Date().toISOString() }
    const message = { id: randomUUID(), position, text, ...blank, ...more }
    visitor.messages.push(message)
    this.tell(visitor, { type: 'message', message })
    return message
  }

  tell(visitor, frame) {
    for (const socket of visitor.sockets) socket.send(JSON.stringify(frame))
  }

  addFile(name, mediaType, bytes) {
    const attachment = { id: randomUUID(), name, media_type: mediaType, size: bytes.length, inline: false, content_id: null }
    this.files.set(attachment.id, { attachment, bytes })
    return attachment
  }

  drop(code = 1011) {
    for (const visitor of this.visitors.values()) for (const socket of visitor.sockets) socket.close(code)
  }

  receive(socket, frame) {
    this.frames.push(frame)
    const { visitor } = socket
    const send = (answer) => socket.send(JSON.stringify(answer))
    if (frame.type === 'ping') return send({ type: 'pong' })
    if (frame.type === 'hello') return this.welcome(socket, frame, send)
    if (frame.type === 'identify') visitor.visitor = { name: frame.name, email: frame.email }
    if (frame.type === 'send') this.take(socket, visitor, frame, send)
  }

  welcome(socket, { token, after }, send) {
    const visitor = this.visitors.get(token) ?? this.addVisitor(randomUUID())
    socket.visitor = visitor
    visitor.sockets.add(socket)
    const later = visitor.messages.filter((message) => message.position > (after ?? 0))
    send({
      type: 'welcome',
      token: visitor.token,
      visitor: visitor.visitor,
      messages: later.slice(-this.snapshotLimit),
      position: visitor.messages.at(-1)?.position ?? 0,
      more: later.length > this.snapshotLimit,
      agent_seen: visitor.agentSeen,
      online: this.config.online,
    })
  }

  take(socket, visitor, { client_id, text, attachment_ids }, send) {
    const [order, argument] = text.split(' ')
    if (this.silent) return
    if (order === '/refuse') {
      const status = Number(argument ?? 422)
      const detail = 'The mock was asked to refuse this.'
      return send({ type: 'refused', client_id, problem: { type: '/problems/refused', title: 'Refused', status, detail } })
    }
    const known = visitor.messages.find((message) => message.client_id === client_id)
    const attachments = attachment_ids.map((id) => this.files.get(id).attachment)
    const message = known ?? this.say(visitor, text, { client_id, from: 'visitor', name: null, attachments })
    if (order === '/duplicate' || known) send({ type: 'message', message })
    if (order === '/drop') return socket.close(1011)
    send({ type: 'ack', client_id, id: message.id, position: message.position, at: message.at })
    if (order === '/duplicate') send({ type: 'ack', client_id, id: message.id, position: message.position, at: message.at })
    if (order === '/moved' || order === '/resync') send({ type: order.slice(1) })
    if (order === '/away') this.tell(visitor, { type: 'agent', typing: false, name: null, online: false })
    if (order === '/long') for (let line = 1; line < 120; line++) this.say(visitor, `Line ${line} of a long story.`)
    if (order === '/type') {
      this.tell(visitor, { type: 'agent', typing: true, name: 'Mei Lin', online: true })
      setTimeout(() => this.say(visitor, 'Here I am.'), 3_000)
    }
    visitor.agentSeen = message.position
    setTimeout(() => this.tell(visitor, { type: 'seen', position: message.position }), 1_500)
  }

  async answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, 'http://desk')
    const json = (status, body) => {
      response.writeHead(status, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    const token = (request.headers.authorization ?? '').slice('Bearer '.length)
    if (pathname === '/api/widget/v1/config') return json(200, this.config)
    if (pathname.startsWith('/api/') && !this.visitors.has(token))
      return json(401, { type: '/problems/unauthorized', title: 'Unauthorized', status: 401, detail: '' })
    if (pathname === '/api/widget/v1/uploads') {
      const chunks = []
      for await (const chunk of request) chunks.push(chunk)
      return json(201, this.addFile(searchParams.get('name'), request.headers['content-type'], Buffer.concat(chunks)))
    }
    if (pathname.startsWith('/api/widget/v1/attachments/')) {
      const file = this.files.get(pathname.split('/').at(-1))
      if (!file) return json(404, { type: '/problems/not-found', title: 'Not found', status: 404, detail: '' })
      response.writeHead(200, { 'Content-Type': file.attachment.media_type })
      return response.end(file.bytes)
    }
    this.serve(pathname, response)
  }

  serve(pathname, response) {
    const names = { '/': 'demo-shop.html', '/widget.js': 'widget.js', '/widget/frame': 'frame.html' }
    const path = join(dist, names[pathname] ?? pathname.replace(/^\/widget\//, ''))
    if (!path.startsWith(dist) || !existsSync(path)) return response.writeHead(404).end()
    const headers = { 'Content-Type': types[extname(path)] ?? 'application/octet-stream' }
    response.writeHead(200, { ...headers, 'Content-Security-Policy': policy })
    createReadStream(path).pipe(response)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = new Mock()
  mock.config.greeting = 'Hello! Ask us about lamps, tea, or where your parcel is.'
  await mock.listen(8090)
  console.log('http://127.0.0.1:8090/')
}
