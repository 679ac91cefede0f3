// What is shown of a text, a name, a colour and a day.
import { describe, expect, test } from 'vitest'
import { inkOn, luminance, normalColor } from './color'
import { dayName, sizeOf } from './days'
import { initials } from './face'
import { groupsOf } from './groups'
import { pieces } from './links'

const links = (text: string) => pieces(text).flatMap(({ href }) => href ?? [])

test.each([
  ['see https://a.example/x?y=1#z.', ['https://a.example/x?y=1#z']],
  ['(https://a.example/wiki/Tea_(drink))', ['https://a.example/wiki/Tea_(drink)']],
  ['看https://a.example/灯，谢谢', ['https://a.example/']],
  ['请点https://a.example/x。好的', ['https://a.example/x']],
  ['“http://a.example”', ['http://a.example']],
  ['javascript:alert(1) data:text/html,x ftp://a.example', []],
  ['https://', []],
  ['HTTPS://A.example', ['HTTPS://A.example']],
])('the links of %s', (text, expected) => expect(links(text)).toEqual(expected))

test.each(['', 'plain', 'a https://b.example c', '<b>https://b.example</b>'])('pieces lose nothing of %s', (text) =>
  expect(pieces(text).map((piece) => piece.text).join('')).toBe(text),
)

describe('ink', () => {
  test.each(['#ffffff', '#000000', '#0f766e', '#ffcc00', '#777777', '#ff0000', '#00ff00', '#0000ff', '#e11d48'])(
    'can be read on %s',
    (color) => {
      const [light, dark] = [luminance(color), inkOn(color) === '#fff' ? 1 : 0].sort((a, b) => b - a) as [number, number]
      expect((light + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(4.5)
    },
  )
  test.each([['#abc', '#aabbcc'], ['#A1B2C3', '#A1B2C3'], ['red', '#0f766e'], [undefined, '#0f766e']])(
    '%s is %s',
    (color, expected) => expect(normalColor(color)).toBe(expected),
  )
})

test.each([['Mei Lin', 'ML'], ['王芳', '王'], ['欧阳修明·阿卜杜拉赫曼', '欧'], ['ada', 'A'], ['', ''], ['Lamp & Tea', 'LT']])(
  'the initials of %s are %s',
  (name, expected) => expect(initials(name)).toBe(expected),
)

test('days are named as people name them', () => {
  const now = new Date(2026, 10, 22, 12)
  const at = (year: number, month: number, day: number) => new Date(year, month, day, 9).toISOString()
  expect(dayName(at(2026, 10, 22), 'en', now)).toBe('Today')
  expect(dayName(at(2026, 10, 21), 'zh', now)).toBe('昨天')
  expect(dayName(at(2026, 10, 2), 'zh', now)).toContain('11月2日')
  expect(dayName(at(2025, 10, 2), 'en', now)).toContain('2025')
})

test('sizes are told in decimal units', () => {
  expect(sizeOf(10, 'en')).toBe('1 KB')
  expect(sizeOf(2_350_000, 'en')).toBe('2.4 MB')
})

test('groups end with the speaker, the day, or five minutes', () => {
  const message = (position: number, from: 'agent' | 'visitor', at: string) =>
    ({ id: String(position), client_id: null, position, from, name: null, text: '', attachments: [], at })
  const groups = groupsOf(
    [
      message(1, 'agent', '2026-11-21T10:00:00Z'),
      message(2, 'agent', '2026-11-21T10:01:00Z'),
      message(3, 'agent', '2026-11-21T10:30:00Z'),
      message(4, 'visitor', '2026-11-21T10:30:10Z'),
      message(5, 'visitor', '2026-11-22T10:30:20Z'),
    ],
    [{ client_id: 'x', text: '', attachments: [], at: '2026-11-22T10:31:00Z', problem: null }],
  )
  expect(groups.map(({ lines }) => lines.length)).toEqual([2, 1, 1, 2])
})
