// Weekly hours: how long they are, and whether they can be kept.
import type { Hours, Weekday } from './types'

export const WEEKDAYS: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
export const emptyWeek = (): Record<Weekday, Hours[]> => ({ mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] })

/** "09:30" in minutes; "24:00" is the end of the day. NaN for what is no time. */
export function minutesOf(time: string): number {
  const match = /^(\d{2}):(\d{2})$/.exec(time)
  if (!match) return Number.NaN
  const minutes = Number(match[1]) * 60 + Number(match[2])
  return Number(match[2]) < 60 && minutes <= 1440 ? minutes : Number.NaN
}

export const runsOver = ({ from, to }: Hours): boolean => minutesOf(to) <= minutesOf(from)

/** Minutes of one interval; one that ends before it begins runs into the next day. */
export function lengthOf(hours: Hours): number {
  const length = minutesOf(hours.to) - minutesOf(hours.from)
  return length > 0 ? length : length + 1440
}

export function hoursAWeek(week: Record<Weekday, Hours[]>): number {
  const minutes = WEEKDAYS.flatMap((day) => week[day]).reduce((sum, hours) => sum + lengthOf(hours), 0)
  return Math.round(minutes / 6) / 10
}

export const keepable = (hours: Hours[]): boolean => hours.every(({ from, to }) => !Number.isNaN(minutesOf(from)) && !Number.isNaN(minutesOf(to)) && from !== to)

/** Where an interval lies in its day, in percent; one over midnight is cut at the day's end. */
export function barOf(hours: Hours): { left: number; width: number } {
  const from = minutesOf(hours.from)
  const to = runsOver(hours) ? 1440 : minutesOf(hours.to)
  return { left: (from / 1440) * 100, width: ((to - from) / 1440) * 100 }
}
