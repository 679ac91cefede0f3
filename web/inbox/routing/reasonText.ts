// Words for the codes of routing's reasons.
import { clockTime } from '../../shared/when'
import { r } from '../i18n/routing.svelte'
import { language } from '../i18n/language.svelte'
import { languageName } from '../sla/languageName'
import type { Id } from '../../shared/types'
import type { ReasonCode, RoutingReason, Skill } from './types'

export function reasonText(reason: RoutingReason, skills: Skill[]): string {
  const skill = (id: Id | null | undefined) => skills.find((one) => one.id === id)?.name ?? r.lostSkill
  const since = reason.since ? clockTime(reason.since, language.tag) : ''
  const code = reason.code as ReasonCode
  switch (code) {
    case 'least_loaded': case 'full': case 'busier': return r.reason[code](reason.load ?? 0, reason.capacity ?? 0)
    case 'too_heavy': return r.reason.too_heavy(reason.weight ?? 0, reason.capacity ?? 0)
    case 'longest_idle': case 'idle_for_less': return r.reason[code](since)
    case 'has_skill': case 'lacks_skill': return r.reason[code](skill(reason.skill_id))
    case 'speaks': case 'does_not_speak': case 'nobody_speaks': return r.reason[code](languageName(reason.language ?? ''))
    default: return code in r.reason ? (r.reason[code] as () => string)() : r.reason.other(reason.code.replaceAll('_', ' '))
  }
}
