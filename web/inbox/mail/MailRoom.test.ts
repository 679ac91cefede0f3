// What the mail room shows is what was asked for last, and a mail that was dealt with leaves the queue.
import { expect, test, vi } from 'vitest'
import type { MailRecord, MailRecordDetail, Page } from '../../shared/types'
import { MailRoom } from './MailRoom.svelte'

function record(id: string, fields: Partial<MailRecordDetail> = {}): MailRecordDetail {
  return {
    id, inbox_id: 'inbox', received_at: '2026-11-22T08:00:00Z', source: 'smtp', origin: 'live', from: 'a@b.example', envelope_from: 'a@b.example', envelope_to: 'help@shop.example', subject: id, size: 1,
    state: 'suspended', cause: 'bulk', error: null, ticket: null, message_id: null, authenticity: null, has_raw: true, joined: null, peer: null, helo: null, settled_by: null, settled_at: null, readings: [], ...fields,
  }
}
const page = (ids: string[], next: string | null = null): Page<MailRecord> => ({ items: ids.map((id) => record(id)), next })
const queue = { inbox: null, states: ['suspended', 'failed'] as const }

test('an answer that comes too late is not shown', async () => {
  let late: (answer: Page<MailRecord>) => void = () => {}
  const mails = vi.fn().mockReturnValueOnce(new Promise((resolve) => (late = resolve))).mockResolvedValueOnce(page(['new']))
  const room = new MailRoom({ mails, mail: async (id) => record(id) })
  const first = room.show({ inbox: 'one', states: [] })
  await room.show({ inbox: 'two', states: [] })
  late(page(['old']))
  await first
  expect(room.items.map((item) => item.id)).toEqual(['new'])
})

test('a mail that was recovered leaves the queue and stays open with what became of it', async () => {
  const room = new MailRoom({ mails: async () => page(['a', 'b']), mail: async (id) => record(id) })
  await room.show({ ...queue, states: [...queue.states] })
  await room.look('a')
  await room.act(Promise.resolve(record('a', { state: 'read', ticket: { ticket_id: 't', number: '10427' } })))
  expect([room.items.map((item) => item.id), room.open?.state]).toEqual([['b'], 'read'])
})

test('where every state is shown it stays in its place', async () => {
  const room = new MailRoom({ mails: async () => page(['a', 'b']), mail: async (id) => record(id) })
  await room.show({ inbox: null, states: [] })
  await room.act(Promise.resolve(record('a', { state: 'discarded' })))
  expect(room.items.map((item) => [item.id, item.state])).toEqual([['a', 'discarded'], ['b', 'suspended']])
})

test('the next page is added once, without what is there already', async () => {
  const mails = vi.fn().mockResolvedValueOnce(page(['a', 'b'], 'more')).mockResolvedValueOnce(page(['b', 'c']))
  const room = new MailRoom({ mails, mail: async (id) => record(id) })
  await room.show({ inbox: null, states: [] })
  await room.more()
  await room.more()
  expect([room.items.map((item) => item.id), mails.mock.calls.length]).toEqual([['a', 'b', 'c'], 2])
})

test('a list that cannot be fetched says so, and can be asked for again', async () => {
  const mails = vi.fn().mockRejectedValueOnce(new Error('no')).mockResolvedValueOnce(page(['a']))
  const room = new MailRoom({ mails, mail: async (id) => record(id) })
  await room.show({ inbox: null, states: [] })
  expect(room.phase).toBe('failed')
  await room.load()
  expect([room.phase, room.items.length]).toEqual(['ready', 1])
})
