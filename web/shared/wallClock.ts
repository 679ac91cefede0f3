// Instants as <input type="datetime-local"> has them: the wall clock of this machine, without a zone.

const two = (n: number) => String(n).padStart(2, '0')

/** "2026-11-22T09:00" */
export function toWallClock(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** The instant, or null while the field is not filled in. */
export function fromWallClock(field: string): string | null {
  const at = field ? new Date(field) : null
  return at && !Number.isNaN(at.getTime()) ? at.toISOString() : null
}

/** Some working morning ahead: today plus so many days, at nine. */
export function morningIn(days: number, now: number): string {
  const at = new Date(now)
  at.setDate(at.getDate() + days)
  at.setHours(9, 0, 0, 0)
  return toWallClock(at)
}
