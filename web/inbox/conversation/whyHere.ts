// Why a mail stands in its ticket, in sentences; the first is the reason, the others what to think about.
import { shortDay } from '../../shared/when'
import type { Joined } from '../../shared/types'
import { language, t } from '../i18n/language.svelte'
import { clock } from '../state/Clock.svelte'

export function reasonText(joined: Joined): string {
  return reasonsOf(joined).join(language.locale === 'zh' ? '' : ' ')
}

function reasonsOf(joined: Joined): string[] {
  const said = [t.why.sign[joined.because](named(joined))]
  if (joined.ticket_number) said.push(t.why.merged(joined.ticket_number))
  if (joined.follow_up_of) said.push(t.why.followUp(joined.follow_up_of.number))
  if (joined.similar) said.push(t.why.similar[joined.refused ?? 'other'](joined.similar.number))
  if (joined.new_topic) said.push(t.why.newTopic)
  return said
}

/** Something a person should look at, rather than a plain reason. */
export function isDoubtful(joined: Joined): boolean {
  return joined.new_topic || joined.similar !== null || joined.follow_up_of !== null
}

function named(joined: Joined): string {
  if (!joined.at || !joined.direction) return t.why.thread
  const when = shortDay(joined.at, clock.now, language.tag)
  return joined.direction === 'out' ? t.why.ours(when) : t.why.theirs(when)
}
