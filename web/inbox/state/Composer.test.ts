// What is written is kept, by whom it was written, and sent with what belongs to it.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ComposerFacts } from '../../shared/types'
import { makeDetail, makeFacts, makeTicket } from '../testing/make'
import { Composer } from './Composer.svelte'

const routes = { saveDraft: vi.fn(async () => {}), dropDraft: vi.fn(async () => {}), composerFacts: vi.fn(async (): Promise<ComposerFacts> => makeFacts()) }
let typing: (string | null)[]
const make = (me = 'me') => new Composer(routes, (_ticket, kind) => typing.push(kind), () => me, () => 'client')

beforeEach(() => {
  vi.useFakeTimers()
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value), removeItem: (key: string) => kept.delete(key) })
  vi.clearAllMocks()
  typing = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('saves the draft once one pauses', () => {
  const composer = make()
  composer.begin(makeDetail())
  composer.write('Hel')
  composer.write('Hello')
  vi.advanceTimersByTime(1_000)
  expect(routes.saveDraft.mock.calls).toEqual([['ticket', 'Hello', 'public', []]])
})

test('takes the newer of the two drafts, and never another agent’s', () => {
  make().begin(makeDetail())
  const mine = make()
  mine.begin(makeDetail())
  mine.write('kept here')
  const draft = { text: 'on the server', visibility: 'note' as const, updated_at: '2020-01-01T00:00:00Z', macro_ids: [] }
  const again = make()
  again.begin(makeDetail({ draft }))
  expect(again.text).toBe('kept here')
  const other = make('other')
  other.begin(makeDetail({ draft }))
  expect([other.text, other.visibility]).toEqual(['on the server', 'note'])
})

test('a draft is saved before the next ticket is begun', () => {
  const composer = make()
  composer.begin(makeDetail())
  composer.write('half')
  composer.begin(makeDetail({ ticket: makeTicket({ id: 'next' }) }))
  expect(routes.saveDraft.mock.calls).toEqual([['ticket', 'half', 'public', []]])
  expect(composer.text).toBe('')
})

test('a note carries those whose names still stand in it, and no recipients', () => {
  const composer = make()
  composer.begin(makeDetail())
  composer.switchTo('note')
  composer.mention({ id: 'a', name: '王芳' })
  composer.mention({ id: 'b', name: 'Grace' })
  composer.write('请看@王芳')
  const { body } = composer.take(null)
  expect(body).toEqual({ client_id: 'client', visibility: 'note', text: '请看@王芳', seen_position: 1, mention_ids: ['a'] })
})

test('a mail carries its recipients and the status set with it', () => {
  const composer = make()
  composer.begin(makeDetail())
  composer.write(' Hello ')
  expect(composer.take('solved').body).toMatchObject({ channel: 'email', to: ['wang@mail.example'], text: 'Hello', status_id: 'solved' })
  expect([composer.text, composer.visibility, composer.to]).toEqual(['', 'public', ['wang@mail.example']])
})

test('typing ends when one pauses', () => {
  const composer = make()
  composer.begin(makeDetail())
  typing = []
  composer.write('H')
  vi.advanceTimersByTime(7_000)
  expect(typing).toEqual(['reply', null])
})

test('another message answered brings its own recipients, and leaves them when it is sent', async () => {
  const composer = make()
  composer.begin(makeDetail())
  routes.composerFacts.mockResolvedValueOnce(makeFacts({ to: ['li@mail.example'], cc: ['boss@mail.example'] }))
  await composer.answer('message-1')
  composer.write('Hello')
  expect(composer.take(null).body).toMatchObject({ to: ['li@mail.example'], cc: ['boss@mail.example'], answering: 'message-1', undoable: true })
  expect(composer.answering).toBeNull()
})

test('what goes later is not to be undone but cancelled', () => {
  const composer = make()
  composer.begin(makeDetail())
  composer.write('Hello')
  const { body } = composer.take(null, { at: '2026-11-23T08:00:00Z', unlessAnswered: true })
  expect(body).toMatchObject({ send_at: '2026-11-23T08:00:00Z', cancel_if_answered: true })
  expect(body.undoable).toBeUndefined()
})

test('what is taken back is as it was written, above what was begun meanwhile', () => {
  const composer = make()
  composer.begin(makeDetail())
  composer.write('meanwhile')
  composer.putBack({ ticket_id: 'ticket', visibility: 'public', text: 'sent', to: ['a@b.example'], cc: [], bcc: ['c@b.example'], subject: null, status_id: null, attachments: [], macro_ids: [] })
  expect([composer.text, composer.to, composer.bcc]).toEqual(['sent\n\nmeanwhile', ['a@b.example'], ['c@b.example']])
})

const APOLOGY = 'Dear Wang Fang,\nwe are sorry that the lamp arrived broken.\nA new one leaves today.'

test('an answer names the saved replies whose words still stand in it', () => {
  const composer = make()
  composer.begin(makeDetail())
  composer.write(APOLOGY)
  composer.use('apology', APOLOGY)
  composer.write(`${APOLOGY.replace('today', 'tomorrow')}\nGrace`)
  vi.advanceTimersByTime(1_000)
  expect(routes.saveDraft).toHaveBeenLastCalledWith('ticket', composer.text, 'public', ['apology'])
  expect(composer.take(null).body.macro_ids).toEqual(['apology'])
  expect(composer.take(null).body.macro_ids).toBeUndefined()
})

test('rewritten in one’s own words it is no saved reply any more, and a note never is', () => {
  const composer = make()
  composer.begin(makeDetail())
  composer.write(APOLOGY)
  composer.use('apology', APOLOGY)
  composer.write('Dear Wang Fang,\nI have called the workshop about your lamp.')
  expect(composer.take(null).body.macro_ids).toBeUndefined()
  composer.write(APOLOGY)
  composer.use('apology', APOLOGY)
  composer.switchTo('note')
  expect(composer.take(null).body.macro_ids).toBeUndefined()
})

test('a draft that is taken up again remembers what it was written from, until it is begun anew', () => {
  const first = make()
  first.begin(makeDetail())
  first.write(APOLOGY)
  first.use('apology', APOLOGY)
  const again = make()
  again.begin(makeDetail())
  expect(again.take(null).body.macro_ids).toEqual(['apology'])
  const elsewhere = make('other')
  elsewhere.begin(makeDetail({ draft: { text: 'kept on the server', visibility: 'public', updated_at: '2020-01-01T00:00:00Z', macro_ids: ['apology'] } }))
  elsewhere.write('')
  elsewhere.write('my own')
  expect(elsewhere.take(null).body.macro_ids).toBeUndefined()
})

test('what is taken back still names its saved replies', () => {
  const composer = make()
  composer.begin(makeDetail())
  composer.write(APOLOGY)
  composer.use('apology', APOLOGY)
  const { body } = composer.take(null)
  composer.putBack({ ticket_id: 'ticket', visibility: 'public', text: body.text, to: [], cc: [], bcc: [], subject: null, status_id: null, attachments: [], macro_ids: ['apology'] })
  expect(composer.take(null).body.macro_ids).toEqual(['apology'])
})
