// Times in the zone of a calendar, as the why and the simulator show them.

const formats = new Map<string, Intl.DateTimeFormat>()

function shown(time: string | number, locale: string, zone: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${locale}|${zone}|${JSON.stringify(options)}`
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone, hourCycle: 'h23' })))
  return format.format(new Date(time))
}

/** Where the reader is: what times around the clock are told in. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** "Fri 20 Nov, 17:50" */
export function zonedDayTime(time: string | number, locale: string, zone: string): string {
  return shown(time, locale, zone, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
}
/** "17:50" */
export function zonedClock(time: string | number, locale: string, zone: string): string {
  return shown(time, locale, zone, { hour: '2-digit', minute: '2-digit' })
}
/** "20 Nov" */
export function zonedDay(time: string | number, locale: string, zone: string): string {
  return shown(time, locale, zone, { day: 'numeric', month: 'short' })
}
