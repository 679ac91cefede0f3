// Which ink can be read on the shop's colour: black or white, whichever has the higher contrast (WCAG 2.2).

const DEFAULT_COLOR = '#0f766e'

/** A colour as `#rrggbb`; anything else becomes the default. */
export function normalColor(color: string | undefined): string {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(color ?? '')
  if (short) return '#' + short.slice(1).map((digit) => digit + digit).join('')
  return /^#[\da-f]{6}$/i.test(color ?? '') ? color! : DEFAULT_COLOR
}

export function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const share = parseInt(color.slice(start, start + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

export function inkOn(color: string): '#fff' | '#000' {
  const light = luminance(color)
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? '#fff' : '#000'
}
