import { beforeAll, expect, test } from 'vitest'
import type { Joined } from '../../shared/types'
import { en } from '../i18n/en'
import { language } from '../i18n/language.svelte'
import { zh } from '../i18n/zh'
import { clock } from '../state/Clock.svelte'
import { isDoubtful, reasonText } from './whyHere'

const joined = (fields: Partial<Joined>): Joined => ({ because: 'in_reply_to', message_id: 'one', direction: 'out', at: '2026-05-03T10:00:00Z', ticket_number: null, new_topic: false, follow_up_of: null, similar: null, refused: null, ...fields })

beforeAll(() => {
  clock.now = Date.parse('2026-11-22T10:00:00Z')
  Object.assign(language, { texts: en, locale: 'en' })
})

test('the sign is named with the message that it leads to', () => {
  expect(reasonText(joined({}))).toBe('Its In-Reply-To names our message of 3 May.')
  expect(reasonText(joined({ because: 'references', direction: 'in' }))).toBe('Its References name the customer’s mail of 3 May.')
  expect(reasonText(joined({ at: null, direction: null, message_id: null }))).toBe('Its In-Reply-To names a message of this ticket.')
})
test('what a person should look at is doubtful, a plain reason is not', () => {
  expect(isDoubtful(joined({}))).toBe(false)
  const similar = joined({ because: 'new', similar: { ticket_id: 'other', number: '10427' }, refused: 'not_a_participant' })
  expect([isDoubtful(similar), reasonText(similar)]).toEqual([true, 'It opened this ticket. Looks like #10427, but its sender has no part in that ticket.'])
  expect(reasonText(joined({ new_topic: true }))).toContain('Its subject is not the ticket’s.')
})
test('in Chinese the sentences stand without gaps', () => {
  Object.assign(language, { texts: zh, locale: 'zh' })
  expect(reasonText(joined({ new_topic: true }))).toBe('它的 In-Reply-To 指向我们5月3日的消息。它的主题与本工单不同。')
})
