// Dates and times as the visitor reads them.
import type { Locale, Time } from '../shared/types'

export const dayOf = (at: Time): string => new Date(at).toDateString()

export function dayName(at: Time, locale: Locale, now = new Date()): string {
  const day = new Date(at)
  const midnight = (date: Date) => new Date(date).setHours(0, 0, 0, 0)
  const distance = Math.round((midnight(day) - midnight(now)) / 86_400_000)
  if (distance === 0 || distance === -1) {
    const name = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(distance, 'day')
    return name[0]!.toUpperCase() + name.slice(1)
  }
  const year = day.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  return day.toLocaleDateString(locale, { weekday: 'short', day: 'numeric', month: 'short', year })
}

export const timeOf = (at: Time, locale: Locale): string =>
  new Date(at).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

export const fullTime = (at: Time, locale: Locale): string =>
  new Date(at).toLocaleString(locale, { dateStyle: 'long', timeStyle: 'short' })

export function sizeOf(bytes: number, locale: Locale): string {
  const number = (value: number) => value.toLocaleString(locale, { maximumFractionDigits: 1 })
  return bytes < 1_000_000 ? number(Math.ceil(bytes / 1_000)) + ' KB' : number(bytes / 1_000_000) + ' MB'
}
