// The list of saved replies: what is found, what Enter does before it is there, and what is put in where.
import { expect, test, vi } from 'vitest'
import type { AppliedMacro, OfferedMacro } from '../../shared/types'
import { initialsOf } from '../i18n/initialsOf'
import { initials } from '../i18n/pinyin'
import { zh } from '../i18n/zh'
import { makeTicket } from '../testing/make'
import { semicolonBefore } from './insert'
import { OpenMacros } from './OpenMacros.svelte'
import { find, gist } from './search'
import { stillStands } from './standing'

const offer = (id: string, fields: Partial<OfferedMacro> = {}): OfferedMacro => ({ id, name: id, shortcut: '', own: false, locale: 'zh', texts: [{ locale: 'zh', text: '您好' }, { locale: 'en', text: 'Hello' }], changes: {}, ...fields })
const ITEMS = [
  offer('sorry', { name: '致歉并补发 Sorry', shortcut: 'bf', texts: [{ locale: 'zh', text: '非常抱歉，今天就补发' }, { locale: 'en', text: 'A new one leaves today' }] }),
  offer('return', { name: '退换流程 How to return', shortcut: 'th' }),
  offer('refund', { name: '退款说明', shortcut: 'tk' }),
]
const done = (id: string): AppliedMacro => ({ id, name: id, text: 'words', locale: 'zh', changed: [], added_tag_ids: [], removed_tag_ids: [], left_out: [], ticket: makeTicket() })

test('is found by shortcut, name, initials and words in either language', () => {
  const ids = (typed: string) => find(ITEMS, typed).map(({ id }) => id)
  expect(ids('')).toEqual(['sorry', 'return', 'refund'])
  expect(ids('tk')).toEqual(['refund'])
  expect(ids('退')).toEqual(['return', 'refund'])
  expect(ids('zqb')).toEqual(['sorry'])
  expect(ids('HOW')).toEqual(['return'])
  expect(ids('今天 抱歉')).toEqual(['sorry'])
  expect(ids('new today')).toEqual(['sorry'])
  expect(ids('t')).toEqual(['return', 'refund', 'sorry'])
  expect(ids('nothing of it')).toEqual([])
})

test('the initials of any words are those that were written by hand', () => {
  for (const [name, title] of Object.entries(zh.action)) {
    const letters = [...title].filter((letter) => /\p{Script=Han}/u.test(letter)).join('')
    expect([name, initialsOf(letters)]).toEqual([name, initials[name as keyof typeof initials]])
  }
  expect(initialsOf('退款 to Jane')).toBe('tktj')
})

test('a line of the list says what a reply is about, not whom it greets', () => {
  for (const [text, line] of [['王芳，您好：\n\n今天补发。', '今天补发。'], ['Dear Wang,\nA new one leaves.', 'A new one leaves.'], ['Hello!', 'Hello!'], ['One line.\nTwo.', 'One line.'], ['', '']] as const) expect(gist(text)).toBe(line)
})

test('Enter that was faster than the network applies the best of what comes', async () => {
  const routes = { ticketMacros: vi.fn(async () => ({ items: ITEMS, grade: null, withheld: 0 })), applyMacro: vi.fn(async (_ticket: string, id: string, _locale: string | null) => done(id)) }
  const applied = vi.fn()
  const open = new OpenMacros('ticket', routes, applied)
  const loading = open.load()
  open.typed = 'th'
  await open.apply(undefined)
  expect(routes.applyMacro).not.toHaveBeenCalled()
  await loading
  expect(routes.applyMacro.mock.calls).toEqual([['ticket', 'return', null]])
  expect(applied).toHaveBeenCalledOnce()
})

test('another language is asked for only of a macro that has it', async () => {
  const routes = { ticketMacros: vi.fn(async () => ({ items: ITEMS, grade: null, withheld: 0 })), applyMacro: vi.fn(async (_ticket: string, id: string, _locale: string | null) => done(id)) }
  const open = new OpenMacros('ticket', routes, () => {})
  await open.load()
  open.locale = 'en'
  expect(open.textOf(ITEMS[0]!)).toEqual({ locale: 'en', text: 'A new one leaves today' })
  const only = offer('only', { texts: [{ locale: 'zh', text: '好' }] })
  expect(open.textOf(only).text).toBe('好')
  await open.apply(ITEMS[0])
  await open.apply(only)
  expect(routes.applyMacro.mock.calls.map(([, , locale]) => locale)).toEqual(['en', null])
})

test('what was refused is told, and the list is what it is now', async () => {
  const refusal = new Error('forbidden')
  const lists = [{ items: ITEMS, grade: null, withheld: 0 }, { items: ITEMS.slice(1), grade: 'i' as const, withheld: 1 }]
  const routes = { ticketMacros: vi.fn(async () => lists.shift()!), applyMacro: vi.fn(async () => Promise.reject(refusal)) }
  const applied = vi.fn()
  const open = new OpenMacros('ticket', routes, applied)
  await open.load()
  await open.apply(ITEMS[0])
  expect([open.error, open.busy, open.offered.withheld, open.found.length]).toEqual([refusal, false, 1, 2])
  expect(applied).not.toHaveBeenCalled()
})

test('a semicolon opens the list where a word could begin, in either width', () => {
  for (const [text, place] of [[';', 0], ['Hello ；', 6], ['one\n;', 4], ['Hello;', null], ['a;b ', null], ['', null]] as const) expect([text, semicolonBefore(text, text.length)]).toEqual([text, place])
})

test('words stand as long as half of them do', () => {
  const words = 'Dear Wang,\nwe are very sorry for the trouble.\nGrace'
  for (const [draft, stands] of [[words, true], [`P.S.\n${words}`, true], [words.replace('Grace', 'Lin'), true], ['Dear Wang,\nI called them.\nGrace', false], ['', false]] as const) expect([draft, stillStands(draft, words)]).toEqual([draft, stands])
  expect([stillStands('anything', ''), stillStands(' ', '')]).toEqual([true, false])
})
