// What a refusal means in the language spoken: the inbox's own words for the server's codes, its sentence for the rest.
import type { FieldFault, Problem } from '../../shared/types'
import { language, t } from './language.svelte'

type Coded = Pick<Problem, 'code' | 'params' | 'detail'>

export function faultWords({ code, params = {}, detail }: Coded): string {
  const words = code && code !== 'other' ? t.faults[code] : undefined
  return words ? words.replace(/\{(\w+)\}/g, (_, name: string) => shown(params[name])) : detail
}

/** One field of a form: its name, where it has one, and what is wrong with it. */
export function fieldWords(fault: FieldFault): string {
  const last = fault.pointer.split('/').findLast((part) => !/^\d*$/.test(part)) ?? ''
  const name = t.fields[last]
  const words = faultWords(fault)
  return name ? `${name}${language.locale === 'zh' ? '：' : ': '}${words}` : words
}

const shown = (value: unknown) => (typeof value === 'number' ? new Intl.NumberFormat(language.tag).format(value) : String(value ?? ''))
