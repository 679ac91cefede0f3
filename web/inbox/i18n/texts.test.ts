// Both languages say the same things: same keys, nothing empty, initials for every action.
import { expect, test } from 'vitest'
import { en } from './en'
import { initials } from './pinyin'
import { mailEn } from './mail.en'
import { mailZh } from './mail.zh'
import { settingsEn } from './settings.en'
import { settingsZh } from './settings.zh'
import { complaintEn } from './complaint.en'
import { complaintZh } from './complaint.zh'
import { dueEn } from './due.en'
import { dueZh } from './due.zh'
import { dueSettingsEn } from './dueSettings.en'
import { dueSettingsZh } from './dueSettings.zh'
import { macrosEn } from './macros.en'
import { macrosZh } from './macros.zh'
import { routingEn } from './routing.en'
import { routingZh } from './routing.zh'
import { zh } from './zh'

function keys(texts: object, path = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) => (value && typeof value === 'object' ? keys(value, `${path}${key}.`) : [`${path}${key}`])).sort()
}
function words(texts: object): string[] {
  return Object.values(texts).flatMap((value) => (typeof value === 'string' ? [value] : value && typeof value === 'object' ? words(value) : []))
}

test('both languages have the same keys', () => {
  expect(keys(zh)).toEqual(keys(en))
  expect(keys(settingsZh)).toEqual(keys(settingsEn))
  for (const [chinese, english] of [[complaintZh, complaintEn], [dueZh, dueEn], [routingZh, routingEn], [macrosZh, macrosEn], [dueSettingsZh, dueSettingsEn]] as const) expect(keys(chinese)).toEqual(keys(english))
  expect(keys(mailZh)).toEqual(keys(mailEn))
})
test('Chinese is Chinese, with full-width punctuation', () => {
  const han = [zh, complaintZh, dueZh, dueSettingsZh, routingZh, macrosZh].flatMap(words).filter((text) => /\p{Script=Han}/u.test(text))
  expect(han.filter((text) => /\p{Script=Han}[,;:!?]/u.test(text))).toEqual([])
})
test('plurals follow the language', () => {
  expect([en.call.openTickets(1), en.call.openTickets(3), zh.call.openTickets(3)]).toEqual(['1 open ticket', '3 open tickets', '3 张未解决工单'])
})
test('every Chinese title is found by as many initials as it has letters', () => {
  for (const [name, title] of Object.entries(zh.action)) {
    const letters = [...title].filter((letter) => /\p{Script=Han}/u.test(letter))
    expect([name, initials[name as keyof typeof initials].length]).toEqual([name, letters.length])
  }
})
