// Lays a clock out along a line: its stretches, the open hours, the marks, and ticks at round times of the calendar's zone.
import type { Why, WhyClock, Stretch } from './types'

export interface Bar { left: number; width: number }
export interface StretchBar extends Bar { stretch: Stretch }
export interface Tick { at: number; left: number; day: boolean }
export interface Line { from: number; to: number; stretches: StretchBar[]; hours: Bar[]; ticks: Tick[]; now: number | null; due: number | null; levels: { left: number; index: number }[] }

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY]
const MOST_TICKS = 9

/** How far a zone's wall clock is ahead of UTC at an instant, in milliseconds. */
export function offsetAt(instant: number, zone: string): number {
  const parts = Object.fromEntries(formatOf(zone).formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!)
  return wall - Math.floor(instant / 1000) * 1000
}

export function timeline(clock: WhyClock, why: Pick<Why, 'as_of' | 'zone' | 'hours'>): Line {
  const now = time(why.as_of)
  const ends = [time(clock.started_at), clock.due_at ? time(clock.due_at) : now, ...clock.stretches.map((one) => (one.to ? time(one.to) : now))]
  if (!clock.met_at && clock.state !== 'stopped') ends.push(now)
  const from = Math.min(...ends)
  const to = Math.max(...ends, from + MINUTE)
  const margin = (to - from) * 0.02
  const place = (at: number) => ((Math.min(Math.max(at, from), to + margin) - from) / (to + margin - from)) * 100
  const bar = (start: number, end: number): Bar => ({ left: place(start), width: Math.max(0, place(end) - place(start)) })
  return {
    from, to,
    stretches: clock.stretches.map((stretch) => ({ stretch, ...bar(time(stretch.from), stretch.to ? time(stretch.to) : now) })).filter((one) => one.width > 0 || one.stretch.kind === 'stopped'),
    hours: why.hours.map((one) => bar(time(one.from), time(one.to))).filter((one) => one.width > 0),
    ticks: ticksOf(from, to, clock.calendar?.zone ?? why.zone).map((tick) => ({ ...tick, left: place(tick.at) })),
    now: now >= from && now <= to + margin ? place(now) : null,
    due: clock.due_at ? place(time(clock.due_at)) : null,
    levels: clock.levels.flatMap((level, index) => (level.at && time(level.at) >= from && time(level.at) <= to ? [{ left: place(time(level.at)), index }] : [])),
  }
}

/** Round times of the zone between two instants, at most nine of them. */
export function ticksOf(from: number, to: number, zone: string): Omit<Tick, 'left'>[] {
  const step = STEPS.find((one) => (to - from) / one <= MOST_TICKS) ?? STEPS.at(-1)!
  const ticks: Omit<Tick, 'left'>[] = []
  let wall = Math.ceil((from + offsetAt(from, zone)) / step) * step
  for (; ticks.length < 2 * MOST_TICKS; wall += step) {
    const near = wall - offsetAt(wall - offsetAt(from, zone), zone)
    const at = wall - offsetAt(near, zone)
    if (at > to) break
    if (at >= from) ticks.push({ at, day: step >= DAY || wall % DAY === 0 })
  }
  return ticks
}

const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf(zone: string): Intl.DateTimeFormat {
  let made = formats.get(zone)
  if (!made) {
    made = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' })
    formats.set(zone, made)
  }
  return made
}

function time(text: string): number {
  return new Date(text).getTime()
}
