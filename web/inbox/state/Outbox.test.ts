// What is sent arrives once: through loss of the network, reload and doubt.
import { beforeEach, expect, test, vi } from 'vitest'
import type { Message, NewMessage, ScheduledReply } from '../../shared/types'
import { Refusal, Unreachable } from '../api/request'
import { makeMessage, makeScheduled, makeTicket } from '../testing/make'
import { Outbox } from './Outbox.svelte'

const body = (client_id: string): NewMessage => ({ client_id, visibility: 'public', text: 'hello', seen_position: 1 })
const store = () => {
  const kept = new Map<string, string>()
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }
}
const settled = () => new Promise((resolve) => setTimeout(resolve))
const refusal = (type: string, status: number) => new Refusal({ type: `/problems/${type}`, title: type, status, detail: '' })

let send: ReturnType<typeof vi.fn<(ticket: string, body: NewMessage, keepalive?: boolean) => Promise<Message | ScheduledReply>>>
let outbox: Outbox
let kept: ReturnType<typeof store>

beforeEach(() => {
  send = vi.fn(async (_ticket, sent) => makeMessage(2, { client_id: sent.client_id, direction: 'out' }))
  kept = store()
  outbox = new Outbox(send, kept)
  outbox.restore('me')
})

test('is shown at once, sent, and gone when the server has it', async () => {
  const arrived: Message[] = []
  outbox.onSent = (message) => arrived.push(message)
  outbox.post(makeTicket(), 'chat', body('c1'), [])
  expect(outbox.items[0]!.state).toBe('sending')
  await settled()
  expect([outbox.items, arrived[0]!.client_id]).toEqual([[], 'c1'])
})

test('without a network it waits, and goes out later with the same client_id', async () => {
  send.mockRejectedValueOnce(new Unreachable())
  outbox.post(makeTicket(), 'chat', body('c1'), [])
  await settled()
  expect(outbox.items[0]!.state).toBe('queued')
  outbox.flush()
  await settled()
  expect(send.mock.calls.map(([, sent]) => sent.client_id)).toEqual(['c1', 'c1'])
  expect(outbox.items).toEqual([])
})

test('survives a reload of the page', async () => {
  send.mockRejectedValue(new Unreachable())
  outbox.post(makeTicket(), 'chat', body('c1'), [])
  await settled()
  const later = new Outbox(vi.fn(async () => makeMessage(2, { client_id: 'c1' })), kept)
  later.restore('me')
  await settled()
  expect(later.items).toEqual([])
})

test('another agent on the same device sends nothing of it', async () => {
  send.mockRejectedValue(new Unreachable())
  outbox.post(makeTicket(), 'chat', body('c1'), [])
  await settled()
  const other = new Outbox(vi.fn(), kept)
  other.restore('somebody else')
  expect(other.items).toEqual([])
})

test('two messages of one ticket go out in their order', async () => {
  const order: string[] = []
  send.mockImplementation(async (_ticket, sent) => {
    await settled()
    order.push(sent.client_id)
    return makeMessage(2, { client_id: sent.client_id })
  })
  outbox.post(makeTicket(), 'chat', body('c1'), [])
  outbox.post(makeTicket(), 'chat', body('c2'), [])
  expect(outbox.items.map((item) => item.state)).toEqual(['sending', 'queued'])
  await settled()
  await settled()
  await settled()
  expect(order).toEqual(['c1', 'c2'])
})

test('something new arrived first: kept, told, and sent again knowingly', async () => {
  send.mockRejectedValueOnce(refusal('new-messages', 409))
  const told = vi.fn()
  outbox.onRefused = told
  outbox.post(makeTicket(), 'email', body('c1'), [])
  await settled()
  expect([outbox.items[0]!.state, told.mock.calls.length]).toEqual(['refused', 1])
  outbox.retry('c1', 7)
  await settled()
  expect(send.mock.calls[1]![1].seen_position).toBe(7)
})

test('a refusal is final until somebody retries, and says why', async () => {
  send.mockRejectedValueOnce(refusal('forbidden', 403))
  outbox.post(makeTicket(), 'email', body('c1'), [])
  await settled()
  outbox.flush()
  expect([outbox.items[0]!.state, outbox.items[0]!.problem]).toEqual(['failed', 'forbidden'])
})

test('what the server holds back is told as held, and is no longer ours to send', async () => {
  const held: string[] = []
  outbox.onHeld = (scheduled) => held.push(scheduled.id)
  send.mockResolvedValueOnce(makeScheduled({ id: 'later', client_id: 'c1' }))
  outbox.post(makeTicket(), 'email', body('c1'), [])
  await settled()
  expect([outbox.items, held]).toEqual([[], ['later']])
})

test('what waits for the network can be taken back', async () => {
  send.mockRejectedValueOnce(new Unreachable())
  outbox.post(makeTicket(), 'email', body('c1'), [])
  await settled()
  expect(outbox.undo('c1')!.body.text).toBe('hello')
  outbox.flush()
  await settled()
  expect(send).toHaveBeenCalledTimes(1)
})

test('the feed showing the message settles it, whatever the answer said', async () => {
  send.mockRejectedValueOnce(new Unreachable())
  outbox.post(makeTicket(), 'chat', body('c1'), [])
  await settled()
  outbox.settle('c1')
  expect(outbox.items).toEqual([])
})
