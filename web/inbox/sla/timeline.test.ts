// The time line keeps proportions, clips the hours to itself, and ticks at round times of the zone, over a change of the clocks too.
import { expect, test } from 'vitest'
import { offsetAt, ticksOf, timeline } from './timeline'
import type { WhyClock } from './types'

const clock = (fields: Partial<WhyClock>): WhyClock => ({
  metric: 'first_response', cycle: 1, state: 'running', started_at: '2026-11-20T09:00:00Z', target_s: 7200, due_at: '2026-11-20T12:00:00Z', warn_at: null, remaining_s: null, paused_since: null,
  met_at: null, stopped_at: null, breached_at: null, current: true, calendar: null, stretches: [], levels: [], ...fields,
})

test('stretches lie in proportion, the open one reaches until now', () => {
  const line = timeline(
    clock({ stretches: [{ from: '2026-11-20T09:00:00Z', to: '2026-11-20T10:00:00Z', kind: 'running', because: 'opened', counted_s: 3600 }, { from: '2026-11-20T10:00:00Z', to: null, kind: 'paused', because: 'waiting', counted_s: 0 }] }),
    { as_of: '2026-11-20T11:00:00Z', zone: 'UTC', hours: [] },
  )
  const [first, second] = line.stretches
  expect(first!.left).toBe(0)
  expect(first!.width).toBeCloseTo(second!.width, 5)
  expect(second!.left + second!.width).toBeCloseTo(line.now!, 5)
  expect(line.due! - line.now!).toBeCloseTo(first!.width, 5)
})
test('hours outside of the line are cut off, and none is wider than it', () => {
  const line = timeline(clock({}), { as_of: '2026-11-20T10:00:00Z', zone: 'UTC', hours: [{ from: '2026-11-19T00:00:00Z', to: '2026-11-20T10:00:00Z' }, { from: '2026-11-22T00:00:00Z', to: '2026-11-23T00:00:00Z' }] })
  expect(line.hours).toHaveLength(1)
  expect(line.hours[0]!.left).toBe(0)
})
test('a clock that began this minute is still a line', () => {
  const line = timeline(clock({ due_at: null, started_at: '2026-11-20T09:00:00Z' }), { as_of: '2026-11-20T09:00:00Z', zone: 'UTC', hours: [] })
  expect(line.to - line.from).toBe(60_000)
})
test('ticks are at midnight of the zone, also over a change of the clocks', () => {
  const ticks = ticksOf(Date.parse('2026-10-23T12:00:00Z'), Date.parse('2026-10-28T12:00:00Z'), 'Europe/Berlin')
  expect(ticks.filter((tick) => tick.day).map((tick) => new Date(tick.at).toISOString())).toEqual(['2026-10-23T22:00:00.000Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', '2026-10-26T23:00:00.000Z', '2026-10-27T23:00:00.000Z'])
})
test('a zone half an hour off ticks at its own full hours', () => {
  expect(offsetAt(Date.parse('2026-11-22T00:00:00Z'), 'Asia/Kolkata')).toBe(5.5 * 3_600_000)
  const ticks = ticksOf(Date.parse('2026-11-22T00:00:00Z'), Date.parse('2026-11-22T09:00:00Z'), 'Asia/Kolkata')
  expect(ticks.every((tick) => new Date(tick.at).getUTCMinutes() === 30)).toBe(true)
})
test('a year has no more than a handful of ticks', () => {
  expect(ticksOf(Date.parse('2025-11-22T00:00:00Z'), Date.parse('2026-11-22T00:00:00Z'), 'Asia/Shanghai').length).toBeLessThanOrEqual(10)
})
