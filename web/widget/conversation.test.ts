// What the Conversation promises: nothing lost, nothing double, everything in order, and a line that comes back.
import { beforeEach, describe, expect, test } from 'vitest'
import type { WidgetIn, WidgetMessage, WidgetOut } from '../shared/types'
import { Conversation } from './conversation'
import type { Socket } from './connection'
import { FakeClock } from './fake-clock'
import type { Kept } from './messages'

class FakeSocket implements Socket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  sent: WidgetIn[] = []
  closed = false
  send(text: string) {
    this.sent.push(JSON.parse(text) as WidgetIn)
  }
  close() {
    this.closed = true
  }
  tell(frame: WidgetOut) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
  only<Type extends WidgetIn['type']>(type: Type) {
    return this.sent.filter((frame) => frame.type === type) as (WidgetIn & { type: Type })[]
  }
}

let clock: FakeClock
let sockets: FakeSocket[]
let kept: Kept
let nextId: number

beforeEach(() => {
  clock = new FakeClock()
  sockets = []
  kept = {}
  nextId = 1
})

const socket = () => sockets.at(-1)!

function begin(): Conversation {
  const conversation = new Conversation({
    key: 'shop',
    locale: 'en',
    page: () => null,
    kept: { ...kept },
    keep: (name, value) => {
      if (value === null) delete kept[name]
      else kept[name] = value
    },
    dial: () => {
      sockets.push(new FakeSocket())
      return socket()
    },
    clock,
    random: () => 1,
    newId: () => `client-${nextId++}`,
  })
  conversation.start()
  return conversation
}

function message(position: number, part: Partial<WidgetMessage> = {}): WidgetMessage {
  const blank = { client_id: null, from: 'agent' as const, name: 'Mei', attachments: [], at: '2026-11-22T10:00:00Z' }
  return { id: `id-${position}`, position, text: `text ${position}`, ...blank, ...part }
}

function welcome(part: Partial<WidgetOut & { type: 'welcome' }> = {}): WidgetOut {
  const messages = part.messages ?? []
  const position = messages.at(-1)?.position ?? 0
  const visitor = { name: null, email: null }
  const blank = { type: 'welcome' as const, token: 'token', visitor, position, more: false, agent_seen: 0, online: true }
  return { ...blank, ...part, messages }
}

function begun(part: Partial<WidgetOut & { type: 'welcome' }> = {}): Conversation {
  const conversation = begin()
  socket().onopen!()
  socket().tell(welcome(part))
  return conversation
}

const texts = (conversation: Conversation) => conversation.snapshot.messages.map(({ text }) => text)
const ack = (clientId: string, position: number): WidgetOut =>
  ({ type: 'ack', client_id: clientId, id: `id-${position}`, position, at: '2026-11-22T10:00:00Z' })
const problem = (status: number) => ({ type: '/problems/x', title: 'x', status, detail: 'x', code: 'other' as const, params: {} })

describe('resuming', () => {
  test('the first hello asks for everything and the token of the welcome is kept', () => {
    begun({ token: 'fresh' })
    expect(socket().only('hello')).toEqual([
      { type: 'hello', key: 'shop', token: null, after: null, locale: 'en', page: null },
    ])
    expect(kept['']).toBe('fresh')
  })

  test('after a break the hello resumes behind the last message told and the gap is filled', () => {
    const conversation = begun({ messages: [message(1), message(2)] })
    socket().tell({ type: 'message', message: message(3) })
    socket().onclose!()
    expect(conversation.snapshot.live).toBe(false)
    clock.advance(500)
    socket().onopen!()
    expect(socket().only('hello')[0]).toMatchObject({ token: 'token', after: 3 })
    socket().tell(welcome({ messages: [message(4)] }))
    expect(texts(conversation)).toEqual(['text 1', 'text 2', 'text 3', 'text 4'])
  })

  test('an ack does not move the cursor over a message of somebody else', () => {
    const conversation = begun({ messages: [message(1)] })
    conversation.send('mine', [])
    socket().tell(ack('client-1', 3))
    socket().onclose!()
    clock.advance(500)
    socket().onopen!()
    expect(socket().only('hello')[0]!.after).toBe(1)
    socket().tell(welcome({ messages: [message(2), message(3, { client_id: 'client-1', text: 'mine', from: 'visitor' })] }))
    expect(texts(conversation)).toEqual(['text 1', 'text 2', 'mine'])
  })

  test('a gap too long to be told is answered by a hello for everything', () => {
    const conversation = begun({ messages: [message(1)] })
    socket().onclose!()
    clock.advance(500)
    socket().onopen!()
    socket().tell(welcome({ messages: [message(300)], more: true }))
    expect(socket().only('hello').map(({ after }) => after)).toEqual([1, null])
    socket().tell(welcome({ messages: [message(299), message(300)], more: true }))
    expect(texts(conversation)).toEqual(['text 299', 'text 300'])
    expect(conversation.snapshot.more).toBe(true)
  })

  test('resync forgets and asks for everything', () => {
    const conversation = begun({ messages: [message(1), message(2)] })
    socket().tell({ type: 'resync' })
    expect(socket().only('hello').at(-1)!.after).toBe(null)
    socket().tell(welcome({ messages: [message(2)] }))
    expect(texts(conversation)).toEqual(['text 2'])
  })

  test('moved goes elsewhere soon and resumes', () => {
    begun({ messages: [message(1)] })
    clock.advance(11_000)
    socket().tell({ type: 'moved' })
    clock.advance(2_000)
    expect(sockets).toHaveLength(2)
    socket().onopen!()
    expect(socket().only('hello')[0]!.after).toBe(1)
  })

  test('a token that is no longer good is let go', () => {
    kept[''] = 'old'
    begin()
    socket().onopen!()
    socket().tell({ type: 'refused', client_id: null, problem: problem(401) })
    expect(socket().only('hello').map(({ token }) => token)).toEqual(['old', null])
    socket().tell(welcome({ token: 'new' }))
    expect(kept['']).toBe('new')
  })

  test('another token in the answer to a resume means another conversation', () => {
    const conversation = begun({ messages: [message(1), message(2)] })
    socket().onclose!()
    clock.advance(500)
    socket().onopen!()
    socket().tell(welcome({ token: 'other' }))
    expect(socket().only('hello').at(-1)).toMatchObject({ token: 'other', after: null })
    socket().tell(welcome({ token: 'other' }))
    expect(texts(conversation)).toEqual([])
  })
})

describe('order and doubles', () => {
  test('messages stand by position, not by arrival', () => {
    const conversation = begun()
    for (const position of [3, 1, 2]) socket().tell({ type: 'message', message: message(position) })
    expect(texts(conversation)).toEqual(['text 1', 'text 2', 'text 3'])
  })

  test('a message told twice stands once', () => {
    const conversation = begun({ messages: [message(1)] })
    socket().tell({ type: 'message', message: message(1) })
    expect(texts(conversation)).toEqual(['text 1'])
  })

  test.each([
    ['ack first', [0, 1]],
    ['message first', [1, 0]],
    ['everything twice', [0, 1, 0, 1]],
  ])('my own message stands once: %s', (_, order) => {
    const conversation = begun()
    conversation.send('mine', [])
    const own = message(1, { client_id: 'client-1', from: 'visitor', text: 'mine' })
    const frames: WidgetOut[] = [ack('client-1', 1), { type: 'message', message: own }]
    for (const index of order) socket().tell(frames[index]!)
    expect(texts(conversation)).toEqual(['mine'])
    expect(conversation.snapshot.outbox).toEqual([])
  })

  test('what another tab sends appears once here', () => {
    const conversation = begun()
    const own = message(1, { client_id: 'elsewhere', from: 'visitor' })
    socket().tell({ type: 'message', message: own })
    socket().tell({ type: 'message', message: own })
    expect(texts(conversation)).toEqual(['text 1'])
  })
})

describe('the outbox', () => {
  test('what is written before the welcome goes out after it, in order', () => {
    const conversation = begin()
    conversation.send('one', [])
    clock.advance(5)
    conversation.send('two', [])
    socket().onopen!()
    expect(socket().only('send')).toEqual([])
    socket().tell(welcome())
    expect(socket().only('send').map(({ text }) => text)).toEqual(['one', 'two'])
  })

  test('an unacknowledged message goes out again under the same id', () => {
    const conversation = begun()
    conversation.send('mine', [])
    socket().onclose!()
    clock.advance(500)
    socket().onopen!()
    socket().tell(welcome())
    expect(socket().only('send')).toEqual([{ type: 'send', client_id: 'client-1', text: 'mine', attachment_ids: [] }])
  })

  test('a message the server already has is not sent again', () => {
    const conversation = begun()
    conversation.send('mine', [])
    socket().onclose!()
    clock.advance(500)
    socket().onopen!()
    socket().tell(welcome({ messages: [message(1, { client_id: 'client-1', from: 'visitor', text: 'mine' })] }))
    expect(socket().only('send')).toEqual([])
    expect(conversation.snapshot.outbox).toEqual([])
  })

  test('a reload loses nothing and the ack clears what was kept', () => {
    begun().send('before the reload', [])
    const reloaded = begun()
    expect(socket().only('send')).toMatchObject([{ client_id: 'client-1', text: 'before the reload' }])
    socket().tell(ack('client-1', 1))
    expect(texts(reloaded)).toEqual(['before the reload'])
    expect(Object.keys(kept).sort()).toEqual(['', ':talk'])
  })

  test('a refused message waits for the visitor, also through a reload', () => {
    begun().send('no', [])
    socket().tell({ type: 'refused', client_id: 'client-1', problem: problem(422) })
    const reloaded = begun()
    expect(socket().only('send')).toEqual([])
    expect(reloaded.snapshot.outbox[0]!.problem!.status).toBe(422)
    reloaded.retry('client-1')
    expect(socket().only('send')).toMatchObject([{ client_id: 'client-1' }])
    reloaded.discard('client-1')
    expect(reloaded.snapshot.outbox).toEqual([])
  })

  test('a line that answers but acknowledges nothing is left', () => {
    const conversation = begun()
    conversation.send('mine', [])
    for (let seconds = 0; seconds < 30; seconds += 5) {
      socket().tell({ type: 'pong' })
      clock.advance(5_000)
    }
    expect(sockets[0]!.closed).toBe(true)
  })
})

describe('seen and typing', () => {
  test('unread counts agents only and looking reports once', () => {
    const conversation = begun({ messages: [message(1, { from: 'visitor' }), message(2), message(3)] })
    expect(conversation.unread).toBe(2)
    conversation.look()
    conversation.look()
    expect(conversation.unread).toBe(0)
    expect(socket().only('seen')).toEqual([{ type: 'seen', position: 3 }])
    expect(kept[':seen']).toBe('3')
  })

  test('what another tab has seen is not unread here', () => {
    const conversation = begun({ messages: [message(1)] })
    conversation.keptElsewhere({ '': 'token', ':seen': '1' })
    expect(conversation.unread).toBe(0)
  })

  test('a tab without a conversation takes over the token of another', () => {
    const conversation = begun({ token: 'mine' })
    conversation.keptElsewhere({ '': 'theirs' })
    expect(socket().only('hello').at(-1)).toMatchObject({ token: 'theirs', after: null })
  })

  test('typing is told at most every two seconds and ends after four of rest', () => {
    const conversation = begun()
    for (let stroke = 0; stroke < 30; stroke++) {
      conversation.typed(false)
      clock.advance(100)
    }
    expect(socket().only('typing').map(({ typing }) => typing)).toEqual([true, true])
    clock.advance(4_000)
    expect(socket().only('typing').at(-1)!.typing).toBe(false)
  })

  test('an address given while the line was broken is told at the welcome', () => {
    const conversation = begun()
    socket().onclose!()
    conversation.identify(null, 'a@b.example')
    clock.advance(500)
    socket().onopen!()
    socket().tell(welcome())
    expect(socket().only('identify')).toEqual([{ type: 'identify', name: null, email: 'a@b.example' }])
    expect(conversation.snapshot.visitor.email).toBe('a@b.example')
  })
})
