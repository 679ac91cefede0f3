// Dates and spans of time as people read them, in the reader's language. All by Intl.

const formats = new Map<string, Intl.DateTimeFormat>()

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let made = formats.get(key)
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale, options)))
  return made
}

function sameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate()
}

/** "14:05" */
export function clockTime(time: string, locale: string): string {
  return format(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(time))
}

/** "Sunday, 22 November 2026, 14:05:09": what a hover shows. */
export function exactTime(time: string, locale: string): string {
  return format(locale, { dateStyle: 'full', timeStyle: 'medium' }).format(new Date(time))
}

/** Today "14:05", this year "22 Nov", before that "22/11/2025": the stamp of a list row. */
export function shortTime(time: string, now: number, locale: string): string {
  const at = new Date(time)
  const today = new Date(now)
  if (sameDay(at, today)) return clockTime(time, locale)
  if (at.getFullYear() === today.getFullYear()) return format(locale, { month: 'short', day: 'numeric' }).format(at)
  return format(locale, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
}

/** "22 Nov", in other years with the year: a day without its hour. */
export function shortDay(time: string, now: number, locale: string): string {
  const year = new Date(time).getFullYear() === new Date(now).getFullYear() ? undefined : 'numeric'
  return format(locale, { year, month: 'short', day: 'numeric' }).format(new Date(time))
}

/** "Mon 23 Nov, 09:00": when something is to happen. */
export function dayAndTime(time: string, now: number, locale: string): string {
  const year = new Date(time).getFullYear() === new Date(now).getFullYear() ? undefined : 'numeric'
  return format(locale, { year, month: 'short', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(time))
}

/** The name of a day in a conversation: "Today", "Yesterday", "Friday, 20 November". */
export function dayName(time: string, now: number, locale: string): string {
  const at = new Date(time)
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
  const days = Math.round((midnight(at) - midnight(new Date(now))) / 86_400_000)
  if (days === 0 || days === -1) {
    const word = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
    return word.charAt(0).toLocaleUpperCase(locale) + word.slice(1)
  }
  const sameYear = at.getFullYear() === new Date(now).getFullYear()
  return format(locale, { weekday: 'long', month: 'long', day: 'numeric', year: sameYear ? undefined : 'numeric' }).format(at)
}

export function dayKey(time: string): string {
  const at = new Date(time)
  return `${at.getFullYear()}-${at.getMonth()}-${at.getDate()}`
}

/** "5 minutes ago", "in 2 days". */
export function relativeTime(time: string, now: number, locale: string): string {
  const seconds = (new Date(time).getTime() - now) / 1000
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3_600], ['minute', 60]]
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit)
  }
  return relative.format(0, 'second')
}

/** A span in its largest unit, short: "4m", "3h", "2d" in English, "4分钟", "3小时", "2天" in Chinese. */
export function shortSpan(milliseconds: number, locale: string): string {
  const minutes = Math.max(1, Math.floor(milliseconds / 60_000))
  const [amount, unit] = minutes < 60 ? [minutes, 'minute'] : minutes < 2880 ? [Math.floor(minutes / 60), 'hour'] : [Math.floor(minutes / 1440), 'day']
  return new Intl.NumberFormat(locale, { style: 'unit', unit: unit as string, unitDisplay: locale.startsWith('zh') ? 'short' : 'narrow' }).format(amount as number)
}

/** "3:07" */
export function callLength(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}
