import { expect, test } from 'vitest'
import { needsReason } from './pausing'

test('what puts the work aside needs a reason', () => {
  const asked = { category: 'open', waiting_since: '2026-03-02T08:00:00Z' } as const
  const answered = { category: 'open', waiting_since: null } as const
  expect(needsReason(asked, 'on_hold')).toBe(true)
  expect(needsReason(answered, 'on_hold')).toBe(true)
  expect(needsReason(asked, 'waiting')).toBe(true)
  expect(needsReason(answered, 'waiting')).toBe(false)
  expect(needsReason(asked, 'solved')).toBe(false)
  expect(needsReason({ category: 'on_hold', waiting_since: null }, 'on_hold')).toBe(false)
})
