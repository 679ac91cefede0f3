// Splits a text into plain words, links and mentions. Never makes HTML of it. `names` are those of people whose names
// may have several words.

export interface Part { text: string; href?: string; mention?: boolean }

const PATTERN = /(https?:\/\/[^\s<>"'，。；！？、）】」]+)|(?<![A-Za-z0-9._-])@([\p{L}\p{N}·._-]+)/giu

export function splitWords(text: string, names: string[] = []): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const match of text.matchAll(PATTERN)) {
    let found = match[0]
    // Punctuation at the end belongs to the sentence.
    if (match[1]) found = found.replace(/[.,;:!?)\]]+$/, '')
    if (match[2]) found = `@${longestName(text.slice(match.index + 1), names) ?? match[2]}`
    if (match.index > at) parts.push({ text: text.slice(at, match.index) })
    parts.push(match[1] ? { text: found, href: found } : { text: found, mention: true })
    at = match.index + found.length
  }
  if (at < text.length) parts.push({ text: text.slice(at) })
  return parts
}

function longestName(text: string, names: string[]): string | undefined {
  return names.filter((name) => name && text.startsWith(name)).sort((one, other) => other.length - one.length)[0]
}
