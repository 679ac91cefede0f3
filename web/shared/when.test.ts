// Times read as people say them, in both languages.
import { expect, test } from 'vitest'
import { callLength, dayName, relativeTime, shortSpan, shortTime } from './when'

const now = new Date(2026, 10, 22, 14, 5).getTime()
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString()

test('today by the clock, this year by the day, earlier with the year', () => {
  expect(shortTime(at(2026, 10, 22, 9, 7), now, 'en-GB')).toBe('09:07')
  expect(shortTime(at(2026, 10, 3, 9, 7), now, 'zh-CN')).toBe('11月3日')
  expect(shortTime(at(2025, 1, 3, 9, 7), now, 'en-GB')).toBe('03/02/2025')
})
test('days have names', () => {
  expect([dayName(at(2026, 10, 22, 1, 0), now, 'en-GB'), dayName(at(2026, 10, 21, 23, 0), now, 'zh-CN')]).toEqual(['Today', '昨天'])
})
test('waiting times grow through minutes, hours and days', () => {
  expect([shortSpan(240_000, 'en-GB'), shortSpan(3 * 3_600_000, 'en-GB'), shortSpan(72 * 3_600_000, 'zh-CN')]).toEqual(['4m', '3h', '3天'])
})
test('relative times', () => expect(relativeTime(at(2026, 10, 22, 14, 0), now, 'en-GB')).toBe('5 minutes ago'))
test('lengths of calls', () => expect([callLength(7), callLength(214)]).toEqual(['0:07', '3:34']))
