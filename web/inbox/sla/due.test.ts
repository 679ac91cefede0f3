// How a clock stands is told from the clock alone, and turns by itself when its time comes.
import { expect, test } from 'vitest'
import { dueOf, nearlyDue, standing } from './due'
import type { Clock, TicketSla } from './types'

const NOW = Date.parse('2026-11-22T09:00:00Z')
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString()
const clock = (fields: Partial<Clock>): Clock => ({
  metric: 'first_response', cycle: 1, state: 'running', started_at: at(-60), target_s: 86_400, due_at: at(120), warn_at: at(90), remaining_s: null, paused_since: null, met_at: null, stopped_at: null, breached_at: null, ...fields,
})
const sla = (...clocks: Clock[]): TicketSla => ({ policy_id: 'policy', due_at: null, clocks })

test('a running clock warns, then is overdue, without a word from the server', () => {
  const one = clock({})
  expect([0, 90, 119, 120, 500].map((minute) => standing(one, NOW + minute * 60_000)?.state)).toEqual(['running', 'warning', 'warning', 'breached', 'breached'])
  expect(standing(one, NOW + 130 * 60_000)?.span).toBe(10 * 60_000)
})
test('a policy without a warning still warns in the last ten minutes', () => {
  const one = clock({ warn_at: null })
  expect([100, 111].map((minute) => standing(one, NOW + minute * 60_000)?.state)).toEqual(['running', 'warning'])
})
test('a paused clock stands still and says what is left', () => {
  const one = clock({ state: 'paused', due_at: null, remaining_s: 600 })
  expect([standing(one, NOW), standing(one, NOW + 9e9)].map((due) => [due?.state, due?.span])).toEqual([['paused', 600_000], ['paused', 600_000]])
})
test('what is met, met late or stopped shows nothing', () => {
  for (const one of [clock({ state: 'met', met_at: at(-1) }), clock({ state: 'breached', due_at: at(-9), breached_at: at(-9), met_at: at(-1) }), clock({ state: 'stopped' })]) expect(standing(one, NOW)).toBeNull()
})
test('a row shows the clock that is due first, a paused one only when none runs', () => {
  const first = clock({})
  const resolution = clock({ metric: 'resolution', due_at: at(30), warn_at: null })
  const paused = clock({ metric: 'next_response', state: 'paused', due_at: null, remaining_s: 5 })
  expect(dueOf(sla(first, paused, resolution), NOW)?.metric).toBe('resolution')
  expect(dueOf(sla(paused), NOW)?.metric).toBe('next_response')
  expect([dueOf(sla(), NOW), dueOf(null, NOW)]).toEqual([null, null])
})
test('only what is due within minutes, or has just fallen due, asks to be drawn every second', () => {
  expect([clock({ due_at: at(5) }), clock({ due_at: at(-5) }), clock({ due_at: at(60) }), clock({ due_at: at(-60) })].map((one) => nearlyDue(sla(one), NOW))).toEqual([true, true, false, false])
})
