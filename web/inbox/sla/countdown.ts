// A span as a chip shows it: to the second in the last minutes, in two units before that, in days far off.

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Below this, seconds are shown, and the chip must be drawn every second. */
export const BY_THE_SECOND = 10 * MINUTE

interface Units { minute: string; hour: string; day: string; joint: string }
const UNITS: Record<'en' | 'zh', Units> = { en: { minute: 'm', hour: 'h', day: 'd', joint: ' ' }, zh: { minute: '分', hour: '小时', day: '天', joint: '' } }

/** "9:41", "42m", "3h 05m", "2d 4h", "12d"; never negative. Chinese: "9:41", "42分", "3小时05分", "2天4小时", "12天". */
export function countdown(milliseconds: number, locale: string): string {
  const left = Math.max(0, milliseconds)
  const unit = UNITS[locale.startsWith('zh') ? 'zh' : 'en']
  // What is left is rounded up, so that "0:00" means now and not "almost".
  const seconds = Math.ceil(left / 1000)
  if (left < BY_THE_SECOND) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  const minutes = Math.floor(left / MINUTE)
  if (left < HOUR) return `${minutes}${unit.minute}`
  if (left < DAY) return `${Math.floor(minutes / 60)}${unit.hour}${unit.joint}${String(minutes % 60).padStart(2, '0')}${unit.minute}`
  const days = Math.floor(left / DAY)
  const hours = Math.floor((left - days * DAY) / HOUR)
  return days >= 10 || hours === 0 ? `${days}${unit.day}` : `${days}${unit.day}${unit.joint}${hours}${unit.hour}`
}

/** The same span for a screen reader and for a sentence: "3 hours and 5 minutes", "3小时5分钟". */
export function spelledSpan(milliseconds: number, locale: string): string {
  const minutes = Math.max(0, Math.floor(milliseconds / MINUTE))
  const parts: [number, 'day' | 'hour' | 'minute'][] = [[Math.floor(minutes / 1440), 'day'], [Math.floor((minutes % 1440) / 60), 'hour'], [minutes % 60, 'minute']]
  const told = parts.filter(([amount]) => amount > 0).slice(0, 2)
  const words = (told.length ? told : [[0, 'minute'] as const]).map(([amount, unit]) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(amount))
  return locale.startsWith('zh') ? words.join('') : new Intl.ListFormat(locale, { type: 'unit', style: 'long' }).format(words)
}
