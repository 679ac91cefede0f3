// When an answer may go later: the times people mean, in the browser's own zone.

export type LaterName = 'hour' | 'evening' | 'tomorrow' | 'monday'

function at(day: Date, days: number, hour: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hour)
}

/** Each with its instant; none that is past or that another one already says. */
export function laterTimes(now: Date): { name: LaterName; at: Date }[] {
  const monday = (8 - now.getDay()) % 7 || 7
  const times: { name: LaterName; at: Date }[] = [{ name: 'hour', at: new Date(now.getTime() + 3_600_000) }]
  const evening = at(now, 0, 18)
  if (evening.getTime() - now.getTime() > 3_600_000) times.push({ name: 'evening', at: evening })
  times.push({ name: 'tomorrow', at: at(now, 1, 9) })
  if (monday > 1) times.push({ name: 'monday', at: at(now, monday, 9) })
  return times
}

/** What a field for date and time takes: local, to the minute. */
export function forField(time: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}T${two(time.getHours())}:${two(time.getMinutes())}`
}
