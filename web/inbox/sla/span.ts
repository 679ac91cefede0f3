// Targets as people write them: an amount and a unit.

export type Unit = 'm' | 'h' | 'd'
export interface Span { amount: string; unit: Unit }
const SECONDS: Record<Unit, number> = { m: 60, h: 3600, d: 86_400 }
const LEAST = 60
const MOST = 366 * 86_400

/** In the largest unit that holds it whole; hours up to two days, because "48 hours" is what people say. */
export function spanOf(seconds: number | null): Span {
  if (seconds === null) return { amount: '', unit: 'h' }
  const unit: Unit = seconds % 86_400 === 0 && seconds > 2 * 86_400 ? 'd' : seconds % 3600 === 0 ? 'h' : 'm'
  return { amount: String(Math.round((seconds / SECONDS[unit]) * 100) / 100), unit }
}

/** Null for no target, NaN for what is none. "1.5" hours are taken. */
export function secondsOf({ amount, unit }: Span, least = LEAST): number | null {
  const typed = amount.trim().replace(',', '.')
  if (typed === '') return null
  const seconds = /^\d+(\.\d+)?$/.test(typed) ? Math.round(Number(typed) * SECONDS[unit]) : Number.NaN
  return seconds >= least && seconds <= MOST ? seconds : Number.NaN
}
