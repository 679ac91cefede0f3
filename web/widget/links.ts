// Finds the web addresses in a text, so that they can be shown as links. Only http and https are ever links.

export interface Piece {
  text: string
  href: string | null
}

// Ends before white space, Chinese or full-width characters, and quotation marks.
const ADDRESS = /https?:\/\/[^\s<>"'`\u2018-\u201f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+/gi

export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0])
    if (!isWebAddress(address)) continue
    if (match.index > from) found.push({ text: text.slice(from, match.index), href: null })
    found.push({ text: address, href: address })
    from = match.index + address.length
  }
  if (from < text.length) found.push({ text: text.slice(from), href: null })
  return found
}

/** Without the punctuation of the sentence around it; a closing bracket stays when it was opened inside. */
function trimmed(address: string): string {
  for (;;) {
    const last = address.at(-1)!
    const opens = last === ')' ? '(' : last === ']' ? '[' : ''
    const unopened = opens && address.split(opens).length < address.split(last).length
    if (!unopened && !/[.,:;!?*_]/.test(last)) return address
    address = address.slice(0, -1)
  }
}

function isWebAddress(address: string): boolean {
  try {
    return /^https?:$/.test(new URL(address).protocol)
  } catch {
    return false
  }
}
