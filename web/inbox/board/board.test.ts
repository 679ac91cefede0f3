// The board asks no more than once a second, keeps its figures when the connection breaks, and draws trends of an hour.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Board } from '../routing/types'
import { figures, LiveBoard } from './LiveBoard.svelte'
import { growth, points, sampled } from './Trend'

const MINUTE = 60_000
const board = (overdue: number): Board => ({
  at: '2026-11-22T09:00:00Z', by: 'due', buckets: [{ code: 'overdue', count: overdue, more: false }, { code: 'within_15m', count: 2, more: false }, { code: 'within_1h', count: 3, more: false }, { code: 'later', count: 40, more: false }],
  queue: { unassigned: 7, more: false, oldest_waiting_since: null }, longest_wait: null, teams: [], agents: [],
})
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('many changes in a second are one question', async () => {
  let asked = 0
  const live = new LiveBoard(async () => board(++asked), () => Date.now())
  const stop = live.watch()
  await vi.advanceTimersByTimeAsync(0)
  for (let n = 0; n < 50; n += 1) live.touch()
  await vi.advanceTimersByTimeAsync(999)
  expect(asked).toBe(1)
  await vi.advanceTimersByTimeAsync(2)
  expect(asked).toBe(2)
  stop()
  live.touch()
  await vi.advanceTimersByTimeAsync(MINUTE)
  expect(asked).toBe(2)
})
test('a broken connection leaves the figures standing and says so', async () => {
  let broken = false
  const live = new LiveBoard(async () => {
    if (broken) throw new Error('down')
    return board(4)
  }, () => Date.now())
  await live.load()
  broken = true
  await live.load()
  expect([live.phase, live.stale, figures(live.board!).overdue]).toEqual(['ready', true, 4])
})
test('the large figures are sums of what the server counted', () => {
  expect(figures(board(1))).toEqual({ overdue: 1, soon: 5, unassigned: 7, open: 46 })
})
test('a trend has a sample a minute and forgets after an hour', () => {
  let samples = sampled([], 1, 0)
  samples = sampled(samples, 5, MINUTE - 1)
  expect(samples).toEqual([{ at: 0, value: 5 }])
  for (let minute = 1; minute < 200; minute += 1) samples = sampled(samples, minute, minute * MINUTE)
  expect([samples.length, growth(samples)]).toEqual([60, 59])
})
test('a line of trend ends at the right edge and stands on zero', () => {
  expect(points([{ at: 0, value: 0 }, { at: 30 * MINUTE, value: 10 }], 30 * MINUTE, 100, 20)).toBe('50.0,20.0 100.0,0.0')
  expect(points([{ at: 0, value: 3 }], 0, 100, 20)).toBe('')
})
