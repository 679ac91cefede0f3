// Says what happened to a complaint in one line of the conversation; null for anything else.
import type { Activity } from '../../shared/types'
import { c } from '../i18n/complaint.svelte'
import { kindName } from './kindName.svelte'
import type { CompensationState, Grade } from './types'

export function caseActivityText(activity: Activity, who: string): string | null {
  const { kind, to } = activity
  const field = activity.field as string | undefined
  const grade = c.grades[to as Grade] ?? c.grade
  switch (kind) {
    case 'case_opened': return c.activity.case_opened(who)
    case 'grade_suggested': return c.activity.grade_suggested(grade)
    case 'grade_changed': return c.activity.grade_changed(who, grade)
    case 'case_taken': return c.activity.case_taken(who)
    case 'case_escalated': return c.activity.case_escalated(String(Number(to) + 1)) // told from zero
    case 'case_changed': return c.activity.case_changed(who, c.fields[field ?? to ?? ''] ?? c.title)
    case 'case_fell_due': return c.activity.case_fell_due
    case 'case_closed': return c.activity.case_closed(who)
    case 'case_reopened': return c.activity.case_reopened(who)
    case 'compensation_changed': return c.activity.compensation(who, (c.compensationStates[to as CompensationState] ?? '').toLocaleLowerCase())
    case 'kind_changed': return c.activity.kind(who, kindName(to ?? ''))
  }
  return field === 'kind' ? c.activity.kind(who, kindName(to ?? '')) : null
}
