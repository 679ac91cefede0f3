// What to tell a person about an error: what happened, what is safe, what to do.
import { Refusal, Unreachable } from '../api/request'
import { faultWords, fieldWords } from '../i18n/faults'
import { t } from '../i18n/language.svelte'
import { notices } from './Notices.svelte'

export function wordsFor(error: unknown): string {
  if (error instanceof Unreachable) return t.error.unreachable
  if (error instanceof Refusal) {
    if (error.status === 403) return error.problem.code === 'forbidden' ? t.error.forbidden : refusalWords(error)
    if (error.status === 404) return t.error.gone
    if (error.status === 429) return t.error.tooMany(error.retryAfter)
    if (error.is('too-large')) return t.error.tooLarge
    if (error.is('unsupported-type')) return t.error.unsupported
    if (error.status >= 500) return error.problem.request_id ? `${t.error.server} ${t.error.request(error.problem.request_id)}` : t.error.server
    return refusalWords(error)
  }
  return t.error.server
}

function refusalWords({ problem }: Refusal): string {
  return problem.errors?.map(fieldWords).join(' ') || faultWords(problem) || problem.title
}

/** For edits shown at once: says why it was taken back. */
export function tellWrong(error: unknown): void {
  if (error instanceof Refusal && error.status === 401) return
  notices.tell(error instanceof Unreachable ? t.error.notChanged : wordsFor(error), { tone: 'wrong' })
}
