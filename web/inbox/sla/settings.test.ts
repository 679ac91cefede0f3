// Targets and weekly hours as they are typed.
import { expect, test } from 'vitest'
import { secondsOf, spanOf } from './span'
import { barOf, emptyWeek, hoursAWeek, keepable, minutesOf } from './week'

test.each([[86_400, '24', 'h'], [259_200, '3', 'd'], [172_800, '48', 'h'], [1800, '30', 'm'], [5400, '90', 'm'], [3600, '1', 'h']])('%d s is written as %s %s and read back', (seconds, amount, unit) => {
  expect(spanOf(seconds)).toEqual({ amount, unit })
  expect(secondsOf(spanOf(seconds))).toBe(seconds)
})
test('no target is no number, and nonsense is told apart from it', () => {
  expect([spanOf(null).amount, secondsOf({ amount: ' ', unit: 'h' }), secondsOf({ amount: '1,5', unit: 'h' })]).toEqual(['', null, 5400])
  for (const amount of ['0', '-1', 'x', '1e9', '9000']) expect(secondsOf({ amount, unit: 'd' })).toBeNaN()
})
test('hours over midnight count whole and are drawn to the end of the day', () => {
  const week = { ...emptyWeek(), mon: [{ from: '22:00', to: '06:00' }], tue: [{ from: '09:00', to: '12:00' }, { from: '13:00', to: '18:30' }] }
  expect(hoursAWeek(week)).toBe(16.5)
  expect(barOf({ from: '18:00', to: '06:00' })).toEqual({ left: 75, width: 25 })
  expect(barOf({ from: '00:00', to: '24:00' })).toEqual({ left: 0, width: 100 })
})
test('an interval needs two different times', () => {
  expect([minutesOf('24:00'), minutesOf('25:00'), minutesOf('9:00')]).toEqual([1440, Number.NaN, Number.NaN])
  expect([keepable([{ from: '09:00', to: '09:00' }]), keepable([{ from: '', to: '18:00' }]), keepable([{ from: '09:00', to: '18:00' }])]).toEqual([false, false, true])
})
