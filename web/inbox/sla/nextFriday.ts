// The moment that tells most about business hours: late on a Friday.

/** The next Friday at 17:50 of this machine's wall clock. */
export function nextFriday(now: number): Date {
  const at = new Date(now)
  at.setDate(at.getDate() + ((5 - at.getDay() + 7) % 7))
  at.setHours(17, 50, 0, 0)
  if (at.getTime() <= now) at.setDate(at.getDate() + 7)
  return at
}
