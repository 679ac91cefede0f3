// Every code of the document has words in both languages, and says all that belongs into it.
import { expect, test } from 'vitest'
import document from '../../shared/openapi.json'
import { Refusal } from '../api/request'
import { wordsFor } from '../state/wrong'
import { en } from './en'
import { faultWords, fieldWords } from './faults'
import { faultsEn, fieldsEn } from './faults.en'
import { faultsZh, fieldsZh } from './faults.zh'
import { language } from './language.svelte'
import { zh } from './zh'

const codes = document.components.schemas.FaultCode.enum.filter((code) => code !== 'other').sort()

function speak(locale: 'en' | 'zh') {
  language.texts = locale === 'zh' ? zh : en
  language.locale = locale
}

test('every error code of the document has words in both languages', () => {
  expect(Object.keys(faultsEn).sort()).toEqual(codes)
  expect(Object.keys(faultsZh).sort()).toEqual(codes)
  expect(Object.keys(fieldsZh).sort()).toEqual(Object.keys(fieldsEn).sort())
})
test('both languages put the same parameters into a sentence, and Chinese is Chinese', () => {
  const named = (words: string) => [...words.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()
  for (const code of codes as (keyof typeof faultsEn)[]) {
    expect([code, named(faultsZh[code])]).toEqual([code, named(faultsEn[code])])
    expect(faultsZh[code]).toMatch(/\p{Script=Han}/u)
    expect(faultsZh[code]).not.toMatch(/\p{Script=Han}[,;:!?.]/u)
  }
})
test('a field is named, what has no words is told as the server said it', () => {
  const fault = { pointer: '/capacity', detail: 'a whole number from 0 to 1000', code: 'out_of_range' as const, params: { least: 0, most: 1000 } }
  speak('zh')
  expect(fieldWords(fault)).toBe('容量：请填写 0 到 1,000 之间的整数。')
  speak('en')
  expect(fieldWords(fault)).toBe('Capacity: A whole number from 0 to 1,000.')
  expect(fieldWords({ ...fault, pointer: '/levels/3', code: 'level_twice', params: {} })).toBe('Levels: Two levels come at the same time. Give one all receivers.')
  expect(faultWords({ code: 'other', params: {}, detail: 'this and that' })).toBe('this and that')
  expect(faultWords({ detail: 'from a proxy' })).toBe('from a proxy')
})
test('a form is told of all its fields, an act of what stands against it', () => {
  speak('en')
  const problem = { type: '/problems/conflict', title: 'Conflict', status: 409, detail: 'the case is closed: reopen it first', code: 'case_closed' as const, params: {} }
  expect(wordsFor(new Refusal(problem))).toBe('The case is closed. Reopen it first.')
  const errors = ['currency', 'amount_huge'].map((name) => ({ pointer: `/${name}`, detail: '', code: name === 'currency' ? ('not_a_currency' as const) : ('amounts_order' as const), params: {} }))
  expect(wordsFor(new Refusal({ ...problem, status: 422, code: 'invalid', errors }))).toBe('Currency: A currency is three capital letters such as CNY. Huge amount: The huge amount is at least the large one, and neither is below 0.')
})
