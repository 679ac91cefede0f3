// Rows never move under the reader; what arrives waits to be asked in.
import { beforeEach, expect, test } from 'vitest'
import type { TicketSummary } from '../../shared/types'
import { makeTicket } from '../testing/make'
import { TicketList } from './TicketList.svelte'

const at = (minute: number) => `2026-11-22T08:${String(minute).padStart(2, '0')}:00Z`
let pages: { items: TicketSummary[]; next: string | null }[]
let list: TicketList

beforeEach(async () => {
  pages = [{ items: [3, 2, 1].map((minute) => makeTicket({ id: `t${minute}`, last_message_at: at(minute) })), next: null }]
  list = new TicketList(async () => pages.shift() ?? { items: [], next: null }, () => 'me')
  await list.open({ view: 'mine' })
})
const ids = () => list.rows.map((row) => row.id)

test('at the top and unused, a new ticket comes in at once, at its place', () => {
  list.apply(makeTicket({ id: 'new', last_message_at: at(9) }))
  expect(ids()).toEqual(['new', 't3', 't2', 't1'])
})

test('while it is read, a new ticket is announced and merged when asked', () => {
  list.hold(true)
  list.apply(makeTicket({ id: 'new', last_message_at: at(9) }))
  expect([ids(), list.waiting]).toEqual([['t3', 't2', 't1'], 1])
  list.merge()
  expect([ids(), list.waiting]).toEqual([['new', 't3', 't2', 't1'], 0])
})

test('while it is read, a changed ticket changes its words but not its place', () => {
  list.hold(true)
  list.apply(makeTicket({ id: 't1', last_message_at: at(9), preview: 'again', version: 2 }))
  expect(ids()).toEqual(['t3', 't2', 't1'])
  expect(list.rows[2]!.preview).toBe('again')
  list.hold(false)
  expect(ids()).toEqual(['t1', 't3', 't2'])
})

test('a ticket that leaves the view stays where it is until the reader is done', () => {
  list.hold(true)
  list.apply(makeTicket({ id: 't2', last_message_at: at(2), assignee_id: 'other', version: 2 }))
  expect(ids()).toEqual(['t3', 't2', 't1'])
  expect(list.leaving.has('t2')).toBe(true)
  list.hold(false)
  expect(ids()).toEqual(['t3', 't1'])
})

test('a ticket that leaves and comes back is there', () => {
  list.hold(true)
  list.drop('t2')
  list.apply(makeTicket({ id: 't2', last_message_at: at(2), version: 3 }))
  list.hold(false)
  expect(ids()).toEqual(['t3', 't2', 't1'])
})

test('an older version never overwrites a newer one', () => {
  list.apply(makeTicket({ id: 't1', last_message_at: at(1), version: 5, subject: 'newer' }))
  list.apply(makeTicket({ id: 't1', last_message_at: at(1), version: 4, subject: 'older' }))
  expect(list.rows.find((row) => row.id === 't1')!.subject).toBe('newer')
})

test('pages join without doubling a row that moved between them', async () => {
  pages = [{ items: [makeTicket({ id: 'a', last_message_at: at(9) })], next: 'cursor' }, { items: [makeTicket({ id: 'a', last_message_at: at(9) }), makeTicket({ id: 'b', last_message_at: at(1) })], next: null }]
  await list.open({ view: 'all' })
  await list.more()
  expect(ids()).toEqual(['a', 'b'])
})

test('a refetch while it is read announces instead of moving', async () => {
  list.hold(true)
  pages = [{ items: [makeTicket({ id: 'new', last_message_at: at(9) }), ...list.rows], next: null }]
  await list.reload()
  expect([ids(), list.waiting]).toEqual([['t3', 't2', 't1'], 1])
})

test('a late answer for a view already left is thrown away', async () => {
  let answer: (page: { items: TicketSummary[]; next: null }) => void = () => {}
  const slow = new TicketList((query) => (query.view === 'open' ? new Promise((resolve) => (answer = resolve)) : Promise.resolve({ items: [makeTicket({ id: 'right' })], next: null })), () => 'me')
  const first = slow.open({ view: 'open' })
  await slow.open({ view: 'all' })
  answer({ items: [makeTicket({ id: 'wrong' })], next: null })
  await first
  expect(slow.rows.map((row) => row.id)).toEqual(['right'])
})

test('the cursor walks by rows and stops at the ends', () => {
  expect(list.step(1)!.id).toBe('t3')
  expect(list.step(1)!.id).toBe('t2')
  expect(list.step(-5)!.id).toBe('t3')
  expect(list.after('t3')!.id).toBe('t2')
  expect(list.after('t1')!.id).toBe('t3')
})

test('in the order of due times a new promise moves a ticket, and one without any leaves', async () => {
  const due = (id: string, minute: number | null, version = 1) => makeTicket({ id, version, sla: { policy_id: 'p', due_at: minute === null ? null : at(minute), clocks: [] } })
  pages = [{ items: [due('a', 10), due('b', 20)], next: null }]
  await list.open({ view: 'mine', order: 'due' })
  list.apply(due('c', 15))
  expect(ids()).toEqual(['a', 'c', 'b'])
  list.apply(due('b', 5, 2))
  expect(ids()).toEqual(['b', 'a', 'c'])
  list.apply(due('b', null, 3))
  expect(ids()).toEqual(['a', 'c'])
})
