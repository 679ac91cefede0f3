// What to think about before a mail goes to these addresses: a domain that is new here, many at once, somebody left out before.
import type { ComposerFacts } from '../../shared/types'

export type RecipientWarning = { kind: 'domain'; domains: string[] } | { kind: 'many'; count: number } | { kind: 'former'; addresses: string[] }

const MANY = 10

export function recipientWarnings(addresses: string[], facts: ComposerFacts | null): RecipientWarning[] {
  const warnings: RecipientWarning[] = []
  const all = [...new Set(addresses.map(bare))]
  if (facts) {
    const known = new Set([...facts.known_addresses, ...facts.own_addresses, ...facts.to, ...facts.cc].map((address) => domainOf(bare(address))))
    const domains = [...new Set(all.map(domainOf))].filter((domain) => !known.has(domain))
    if (domains.length && known.size) warnings.push({ kind: 'domain', domains })
    const former = new Set(facts.former_cc.map(bare))
    const again = all.filter((address) => former.has(address))
    if (again.length) warnings.push({ kind: 'former', addresses: again })
  }
  if (all.length > MANY) warnings.push({ kind: 'many', count: all.length })
  return warnings
}

/** "Wang <a@b.c>" is "a@b.c". */
export function bare(address: string): string {
  return (/<([^>]+)>/.exec(address)?.[1] ?? address).trim().toLowerCase()
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
