// Messages stand by position, once; edits are shown at once and taken back or put to the question.
import { expect, test, vi } from 'vitest'
import { Refusal } from '../api/request'
import { makeDetail, makeMessage, makeTicket } from '../testing/make'
import { Conversation, type TicketRoutes } from './Conversation.svelte'

function make(routes: Partial<TicketRoutes> = {}) {
  return new Conversation({
    ticket: async () => makeDetail(), olderMessages: async () => ({ items: [], activities: [], before: null }), editTicket: async () => makeTicket({ version: 2 }), changeTags: async () => makeTicket({ version: 2 }), markRead: async () => {}, ...routes,
  })
}
const positions = (conversation: Conversation) => conversation.messages.map((message) => message.position)

test('messages are ordered by position and shown once, the later copy winning', async () => {
  const conversation = make()
  await conversation.open('ticket')
  conversation.applyMessage(makeMessage(3))
  conversation.applyMessage(makeMessage(2))
  conversation.applyMessage(makeMessage(3, { delivery: 'sent' }))
  expect(positions(conversation)).toEqual([1, 2, 3])
  expect(conversation.messages[2]!.delivery).toBe('sent')
})

test('a frame about a message further back than what is loaded waits for its page', async () => {
  const conversation = make({ ticket: async () => makeDetail({ messages: [makeMessage(12), makeMessage(13)], before: 'earlier' }) })
  await conversation.open('ticket')
  conversation.applyMessage(makeMessage(3))
  conversation.applyMessage(makeMessage(14))
  expect(positions(conversation)).toEqual([12, 13, 14])
})

test('frames that come while the ticket is fetched are not lost', async () => {
  const conversation = make()
  const opening = conversation.open('ticket')
  conversation.applyMessage(makeMessage(2))
  await opening
  expect(positions(conversation)).toEqual([1, 2])
})

test('a frame newer than the refetched snapshot wins over it', async () => {
  let answer: (detail: ReturnType<typeof makeDetail>) => void = () => {}
  const conversation = make()
  await conversation.open('ticket')
  conversation['routes'].ticket = () => new Promise((resolve) => (answer = resolve))
  const refreshing = conversation.refresh()
  conversation.applyMessage(makeMessage(1, { delivery: 'sent' }))
  answer(makeDetail())
  await refreshing
  expect(conversation.messages[0]!.delivery).toBe('sent')
})

test('messages of another ticket stay out', async () => {
  const conversation = make()
  await conversation.open('ticket')
  conversation.applyMessage(makeMessage(2, { ticket_id: 'other' }))
  expect(positions(conversation)).toEqual([1])
})

test('an edit carries the old value and is shown at once', async () => {
  const editTicket = vi.fn(async () => makeTicket({ version: 2, priority: 'high' }))
  const conversation = make({ editTicket })
  await conversation.open('ticket')
  const saving = conversation.edit('priority', 'high', { priority: 'high' })
  expect(conversation.ticket!.priority).toBe('high')
  await saving
  expect(editTicket).toHaveBeenCalledWith('ticket', [{ field: 'priority', old: 'normal', new: 'high' }])
})

test('a refused edit is taken back', async () => {
  const conversation = make({ editTicket: async () => { throw new Refusal({ type: '/problems/forbidden', title: 'no', status: 403, detail: '' }) } })
  await conversation.open('ticket')
  await expect(conversation.edit('priority', 'high', { priority: 'high' })).rejects.toThrow()
  expect(conversation.ticket!.priority).toBe('normal')
})

test('a conflict is kept for a decision, and mine can be set knowingly', async () => {
  const conflict = { field: 'priority' as const, yours: 'high', current: 'low', by: 'other', by_kind: 'agent' as const, at: '' }
  const editTicket = vi.fn<TicketRoutes['editTicket']>(async () => makeTicket({ version: 3, priority: 'high' }))
  editTicket.mockRejectedValueOnce(new Refusal({ type: '/problems/conflict', title: 'changed', status: 409, detail: '', conflicts: [conflict] }))
  const conversation = make({ editTicket, ticket: async () => makeDetail({ ticket: makeTicket({ priority: 'low', version: 2 }) }) })
  await conversation.open('ticket')
  await conversation.edit('priority', 'high', { priority: 'high' })
  expect([conversation.conflicts, conversation.ticket!.priority]).toEqual([[conflict], 'low'])
  await conversation.insist(conversation.conflicts[0]!)
  expect(editTicket).toHaveBeenLastCalledWith('ticket', [{ field: 'priority', old: 'low', new: 'high' }])
  expect(conversation.conflicts).toEqual([])
})

test('a ticket that moved out of sight says so', async () => {
  const conversation = make()
  await conversation.open('ticket')
  conversation.drop('ticket')
  expect(conversation.phase).toBe('gone')
})

test('reading is told once per position', async () => {
  const markRead = vi.fn(async () => {})
  const conversation = make({ markRead })
  await conversation.open('ticket')
  await conversation.markRead()
  await conversation.markRead()
  expect(markRead.mock.calls.length).toBe(1)
})

test('a message far back is fetched page by page, brought into sight, and one that is not there is said so', async () => {
  const pages: Record<string, { from: number; before: string | null }> = { third: { from: 3, before: 'second' }, second: { from: 2, before: 'first' }, first: { from: 1, before: null } }
  const olderMessages = vi.fn(async (_ticket: string, before: string, _limit?: number) => ({ items: [makeMessage(pages[before]!.from)], activities: [], before: pages[before]!.before }))
  const conversation = make({ ticket: async () => makeDetail({ messages: [makeMessage(4)], before: 'third' }), olderMessages })
  await conversation.open('ticket')
  expect(await conversation.seek('message-4')).toBe(true)
  expect(olderMessages).not.toHaveBeenCalled()
  // Somebody scrolls up meanwhile: the page is asked for once.
  const [, found] = await Promise.all([conversation.older(), conversation.seek('message-2')])
  expect([found, conversation.sought, positions(conversation)]).toEqual([true, { message: 'message-2' }, [2, 3, 4]])
  expect(olderMessages.mock.calls.map(([, before]) => before)).toEqual(['third', 'second'])
  expect(await conversation.seek('message-9')).toBe(false)
  expect(positions(conversation)).toEqual([1, 2, 3, 4])
})

test('a search for a message ends when another ticket is opened', async () => {
  let answer: (page: { items: never[]; activities: never[]; before: string }) => void = () => {}
  const conversation = make({ ticket: async () => makeDetail({ before: 'more' }), olderMessages: () => new Promise((resolve) => (answer = resolve)) })
  await conversation.open('ticket')
  const seeking = conversation.seek('message-0')
  conversation.close()
  answer({ items: [], activities: [], before: 'more' })
  expect(await seeking).toBe(false)
})
