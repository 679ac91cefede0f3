// Every code of routing has words, and codes that are not known yet are shown rather than hidden.
import { beforeEach, expect, test } from 'vitest'
import { en } from '../i18n/en'
import { language } from '../i18n/language.svelte'
import { zh } from '../i18n/zh'
import { reasonText } from './reasonText'
import type { RoutingReason } from './types'

const skills = [{ id: 'returns', name: 'Returns' }]
const speak = (locale: 'en' | 'zh') => Object.assign(language, { locale, texts: locale === 'en' ? en : zh })
beforeEach(() => void speak('en'))

const cases: [RoutingReason, string, string][] = [
  [{ code: 'owner' }, 'answers for this ticket as its owner, and is on shift', '是首问负责人，且在班'],
  [{ code: 'least_loaded', load: 3, capacity: 12 }, 'had the least to do (load 3 of 12)', '负荷最低（3/12）'],
  [{ code: 'full', load: 12, capacity: 12, weight: 3 }, 'is full (load 12 of 12)', '已满（12/12）'],
  [{ code: 'too_heavy', weight: 3, capacity: 2 }, 'cannot take a ticket that weighs 3 (capacity 2)', '接不了权重 3 的工单（容量 2）'],
  [{ code: 'lacks_skill', skill_id: 'returns' }, 'lacks the skill Returns', '缺少技能“Returns”'],
  [{ code: 'has_skill', skill_id: 'gone' }, 'has the skill a deleted skill', '具备技能“已删除的技能”'],
  [{ code: 'does_not_speak', language: 'ja' }, 'does not speak Japanese', '不会日语'],
  [{ code: 'never_heard_of' }, 'never heard of', 'never heard of'],
]
test.each(cases)('%o is said in both languages', (reason, english, chinese) => {
  expect(reasonText(reason, skills)).toBe(english)
  speak('zh')
  expect(reasonText(reason, skills)).toBe(chinese)
})
