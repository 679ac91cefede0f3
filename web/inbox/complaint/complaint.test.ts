// Reasons in words, the tree of categories, and what keeps a case open.
import { beforeEach, expect, test } from 'vitest'
import { en } from '../i18n/en'
import { language } from '../i18n/language.svelte'
import { zh } from '../i18n/zh'
import { caseActivityText } from './activityText'
import { branches } from './categoryTree'
import { blocks } from './closing'
import { reasonText, weighed } from './reasonText'
import type { Activity } from '../../shared/types'
import type { Category } from './types'

const speak = (locale: 'en' | 'zh') => Object.assign(language, { locale, texts: locale === 'en' ? en : zh })
beforeEach(() => void speak('en'))

const reasons: [string, Record<string, string | number>, string, string][] = [
  ['safety', {}, 'somebody’s safety is at stake', '涉及人身安全'],
  ['safety', { word: '起火' }, 'somebody’s safety is at stake: “起火”', '涉及人身安全：“起火”'],
  ['amount', { minor: 128_050, currency: 'CNY' }, 'CN¥1,280.50 are at stake', '涉及金额 ¥1,280.50'],
  ['authority', { word: '12315' }, 'an authority is mentioned: “12315”', '提到监管部门：“12315”'],
  ['repeated', { count: 1 }, '1 earlier complaint of this customer lately', '该客户近期已投诉 1 次'],
  ['waited', { hours: 30 }, 'waited 30 hours', '已等待 30 小时'],
  ['topic', { topic: 'logistics' }, 'the topic: Logistics', '主题：物流'],
  ['matrix', { severity: 4, reach: 3, grade: 'i' }, 'severity 4 and reach 3 make it Grade I', '严重性 4、影响面 3，对应Ⅰ级'],
  ['brand_new', {}, 'brand new', 'brand new'],
]
test.each(reasons)('the reason %s is said in both languages', (code, params, english, chinese) => {
  expect(reasonText({ code, params })).toBe(english)
  speak('zh')
  expect(reasonText({ code, params })).toBe(chinese)
})
test('danger is named before arithmetic', () => {
  expect(weighed(['matrix', 'tone', 'unheard_of', 'safety', 'authority'].map((code) => ({ code, params: {} }))).map((one) => one.code)).toEqual(['safety', 'authority', 'tone', 'unheard_of', 'matrix'])
})

test('levels are counted from one, as the ladder beside the talk counts them', () => {
  expect(caseActivityText({ kind: 'case_escalated', to: '1' } as Activity, '')).toBe('The complaint went up to level 2')
})

const category = (id: string, parent_id: string | null, position = 0): Category => ({ id, parent_id, key: null, name: id, archived: false, position })
test('the tree is read parents first, with paths, and loses nobody', () => {
  const tree = branches([category('late', 'logistics', 2), category('quality', null, 2), category('logistics', null, 1), category('lost', 'logistics', 1), category('orphan', 'gone', 9)])
  expect(tree.map((one) => [one.path, one.depth])).toEqual([['logistics', 0], ['logistics / lost', 1], ['logistics / late', 1], ['quality', 0], ['orphan', 0]])
})
test('categories that name each other as parents do not hang the page', () => {
  expect(branches([category('a', 'b'), category('b', 'a')]).map((one) => one.path)).toEqual(['a', 'b'])
})
test('a case is not closed with open questions', () => {
  const item = (key: string, done: boolean) => ({ key, text: '', required: key === 'call', done, done_by: null, done_at: null })
  expect(blocks({ grade_confirmed: false, checklist: [item('call', false), item('gift', false)], compensations: [] })).toEqual(['The grade is not confirmed.', '1 required item of the checklist open.'])
  expect(blocks({ grade_confirmed: true, checklist: [item('call', true), item('gift', false)], compensations: [] })).toEqual([])
})
