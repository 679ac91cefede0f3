import { expect, test } from 'vitest'
import { makeFacts } from '../testing/make'
import { recipientWarnings } from './recipientWarnings'

const facts = makeFacts({ known_addresses: ['Wang <wang@mail.example>'], own_addresses: ['help@shop.example'], former_cc: ['boss@mail.example'] })

test('nothing is said of those who stand in the ticket, nor of our own', () => {
  expect(recipientWarnings(['WANG@mail.example', 'other@mail.example', 'returns@shop.example'], facts)).toEqual([])
})
test('a domain that nobody in the ticket has is named once', () => {
  expect(recipientWarnings(['a@rival.example', 'b@rival.example'], facts)).toEqual([{ kind: 'domain', domains: ['rival.example'] }])
})
test('who was copied before and no longer is, is asked about', () => {
  expect(recipientWarnings(['Boss <boss@mail.example>'], facts)).toEqual([{ kind: 'former', addresses: ['boss@mail.example'] }])
})
test('more than ten at once are counted, each once', () => {
  const many = Array.from({ length: 11 }, (_, n) => `c${n}@mail.example`)
  expect(recipientWarnings([...many, 'C1@mail.example'], facts)).toEqual([{ kind: 'many', count: 11 }])
  expect(recipientWarnings(many.slice(1), null)).toEqual([])
})
