// One line of time over all channels, with days, the mark "new" and folded events.
import { expect, test } from 'vitest'
import type { Activity } from '../../shared/types'
import { makeMessage } from '../testing/make'
import { stream } from './stream'

const event = (seq: number, minute: number): Activity => ({ seq, at: new Date(Date.UTC(2026, 10, 22, 8, minute)).toISOString(), actor: { kind: 'system', id: null }, kind: 'ticket_changed', field: 'priority' })
const kinds = (entries: ReturnType<typeof stream>) => entries.map((entry) => entry.kind)

test('events stand between messages and gather when several follow each other', () => {
  const entries = stream([makeMessage(1), makeMessage(20)], [event(1, 5), event(2, 6), event(3, 7)], 0)
  expect(kinds(entries)).toEqual(['day', 'message', 'events', 'message'])
  expect(entries[2]!.kind === 'events' && entries[2]!.activities.length).toBe(3)
})

test('the mark "new" stands before the first unread message of somebody else', () => {
  const own = makeMessage(2, { author: { kind: 'agent', id: 'me', name: 'Me' }, direction: 'out' })
  expect(kinds(stream([makeMessage(1), own, makeMessage(3)], [], 1))).toEqual(['day', 'message', 'message', 'new', 'message'])
})

test('chat messages of one person within minutes are joined, mails are not', () => {
  const entries = stream([makeMessage(1), makeMessage(2), makeMessage(3, { channel: 'email' })], [], 0)
  expect(entries.flatMap((entry) => (entry.kind === 'message' ? [entry.joined] : []))).toEqual([false, true, false])
})
