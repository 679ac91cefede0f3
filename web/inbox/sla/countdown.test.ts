// What a chip says of a span, in both languages.
import { expect, test } from 'vitest'
import { countdown, spelledSpan } from './countdown'

const MINUTE = 60_000
const cases: [number, string, string][] = [
  [-5, '0:00', '0:00'],
  [1, '0:01', '0:01'],
  [59_500, '1:00', '1:00'],
  [9 * MINUTE + 41_000, '9:41', '9:41'],
  [10 * MINUTE, '10m', '10分'],
  [59 * MINUTE + 59_999, '59m', '59分'],
  [60 * MINUTE, '1h 00m', '1小时00分'],
  [185 * MINUTE, '3h 05m', '3小时05分'],
  [24 * 60 * MINUTE, '1d', '1天'],
  [(48 + 4) * 60 * MINUTE, '2d 4h', '2天4小时'],
  [12.9 * 1440 * MINUTE, '12d', '12天'],
]

test.each(cases)('%d ms counts down as %s', (span, english, chinese) => {
  expect([countdown(span, 'en-GB'), countdown(span, 'zh-CN')]).toEqual([english, chinese])
})

test('a span is spelled in its two largest units', () => {
  expect(spelledSpan(185 * MINUTE, 'en-GB')).toBe('3 hours, 5 minutes')
  expect(spelledSpan(185 * MINUTE, 'zh-CN')).toBe('3小时5分钟')
  expect(spelledSpan(1440 * MINUTE + 30_000, 'en-GB')).toBe('1 day')
  expect(spelledSpan(20_000, 'en-GB')).toBe('0 minutes')
})
