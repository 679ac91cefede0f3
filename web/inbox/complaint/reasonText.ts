// Words for the codes of the desk's reasons for a grade.
import { moneyText } from '../../shared/money'
import { c } from '../i18n/complaint.svelte'
import { language } from '../i18n/language.svelte'
import type { Grade, Reason } from './types'

export function reasonText({ code, params }: Reason): string {
  const word = typeof params.word === 'string' ? params.word : null
  const number = (name: string) => Number(params[name] ?? 0)
  switch (code) {
    case 'amount': return params.minor === undefined && word !== null ? c.why.amountWord(word) : c.why.amount(moneyText(number('minor'), String(params.currency ?? 'CNY'), language.tag))
    case 'media': case 'lawyer': case 'authority': case 'legal_words': return c.why[code](word ?? '')
    case 'safety': case 'health': case 'counterfeit': case 'privacy': return word ? c.why.word(c.why[code], word) : c.why[code]
    case 'repeated': return c.why.repeated(number('count'))
    case 'many_messages': return c.why.many_messages(number('count'))
    case 'waited': return c.why.waited(number('hours'))
    case 'tone': return c.why.tone(number('strength'))
    case 'tier': return c.why.tier(String(params.tier ?? ''))
    case 'topic': {
      const topic = c.why.topic(categoryWord(String(params.topic ?? '')))
      return word ? c.why.word(topic, word) : topic
    }
    case 'matrix': return c.why.matrix(number('severity'), number('reach'), c.grades[params.grade as Grade] ?? String(params.grade))
    default: return c.why.other(code.replaceAll('_', ' '))
  }
}

/** A built-in category by its key; another word as it is. */
export function categoryWord(key: string): string {
  return c.categories[key] ?? key.replaceAll('_', ' ')
}

/** Those first that say most, the arithmetic last. */
export function weighed(reasons: Reason[]): Reason[] {
  const order = ['safety', 'health', 'counterfeit', 'privacy', 'authority', 'lawyer', 'media', 'legal_words', 'amount', 'repeated', 'tier', 'tone', 'topic', 'many_messages', 'waited', 'matrix']
  const rank = ({ code }: Reason) => (order.includes(code) ? order.indexOf(code) : order.length - 1.5)
  return reasons.toSorted((a, b) => rank(a) - rank(b))
}
