// A figure over the last hour, as this browser has seen it: a sample a minute, kept for this tab.

const EVERY = 60_000
const KEPT = 60

export interface Sample { at: number; value: number }

/** The newest sample of a minute replaces the one before; samples older than an hour fall away. */
export function sampled(samples: Sample[], value: number, at: number): Sample[] {
  const young = samples.filter((one) => at - one.at < EVERY * KEPT)
  const last = young.at(-1)
  const minute = (time: number) => Math.floor(time / EVERY)
  return last && minute(last.at) === minute(at) ? [...young.slice(0, -1), { at: last.at, value }] : [...young, { at, value }]
}

/** Points of a line in a box of `width` by `height`, the newest at the right edge, zero at the bottom. */
export function points(samples: Sample[], now: number, width: number, height: number): string {
  if (samples.length < 2) return ''
  const highest = Math.max(1, ...samples.map((one) => one.value))
  return samples.map((one) => `${(width * (1 - (now - one.at) / (EVERY * KEPT))).toFixed(1)},${(height - (height * one.value) / highest).toFixed(1)}`).join(' ')
}

/** How much it grew since the first sample. */
export function growth(samples: Sample[]): number {
  return samples.length < 2 ? 0 : samples.at(-1)!.value - samples[0]!.value
}
