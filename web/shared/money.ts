// Money in minor units, as people write and read it.

const digits = new Map<string, number>()

/** How many decimals a currency has: 2 for CNY, 0 for JPY. An unknown code counts as 2. */
function decimalsOf(currency: string): number {
  let known = digits.get(currency)
  if (known === undefined) {
    try {
      known = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
    } catch {
      known = 2
    }
    digits.set(currency, known)
  }
  return known
}

/** "¥580.00", "JP¥ 580". */
export function moneyText(minor: number, currency: string, locale: string, decimals = decimalsOf(currency)): string {
  const amount = minor / 10 ** decimalsOf(currency)
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: locale.startsWith('zh') ? 'narrowSymbol' : 'symbol', minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(amount)
  } catch {
    return `${amount.toFixed(decimals)} ${currency}`
  }
}

/** "¥5,000": a limit, whose cents are named only where it has some. */
export function limitText(minor: number, currency: string, locale: string): string {
  return moneyText(minor, currency, locale, minor % 10 ** decimalsOf(currency) === 0 ? 0 : undefined)
}

/** "580" or "580.00", to be edited. */
export function moneyField(minor: number, currency: string): string {
  return (minor / 10 ** decimalsOf(currency)).toFixed(decimalsOf(currency))
}

/** Minor units of what was typed; null unless it is a plain amount that the currency can hold. "1,280.50" and "¥58" are taken. */
export function readMoney(typed: string, currency: string): number | null {
  const decimals = decimalsOf(currency)
  const plain = typed.normalize('NFKC').replace(/[\s¥$€£元]/g, '').replace(/,(?=\d{3}(\D|$))/g, '')
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(plain)
  if (!match || (match[2]?.length ?? 0) > decimals) return null
  const minor = Number(match[1]) * 10 ** decimals + Number((match[2] ?? '').padEnd(decimals, '0') || 0)
  return Number.isSafeInteger(minor) ? minor : null
}
