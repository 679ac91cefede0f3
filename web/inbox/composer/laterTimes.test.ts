import { expect, test } from 'vitest'
import { forField, laterTimes } from './laterTimes'

const names = (now: Date) => laterTimes(now).map((one) => one.name)

test('what is past or said twice is not offered', () => {
  expect(names(new Date(2026, 10, 20, 10, 0))).toEqual(['hour', 'evening', 'tomorrow', 'monday']) // Friday
  expect(names(new Date(2026, 10, 20, 17, 30))).toEqual(['hour', 'tomorrow', 'monday'])
  expect(names(new Date(2026, 10, 22, 19, 0))).toEqual(['hour', 'tomorrow']) // Sunday: tomorrow is Monday
})
test('the days are counted over the end of a month', () => {
  const monday = laterTimes(new Date(2026, 10, 27, 10, 0)).find((one) => one.name === 'monday')!
  expect(forField(monday.at)).toBe('2026-11-30T09:00')
  expect(forField(laterTimes(new Date(2026, 11, 31, 10, 0)).find((one) => one.name === 'tomorrow')!.at)).toBe('2027-01-01T09:00')
})
