// What still stands in the way of closing a case, as far as the screen can know; the server decides.
import { c } from '../i18n/complaint.svelte'
import type { Case, GradeRule } from './types'

export function blocks(open: Pick<Case, 'grade_confirmed' | 'checklist' | 'compensations'>, rules: Pick<GradeRule, 'checklist'> | null): string[] {
  const required = new Set(rules?.checklist.filter((item) => item.required).map((item) => item.key))
  const undone = open.checklist.filter((item) => !item.done && required.has(item.key)).length
  return [
    ...(open.grade_confirmed ? [] : [c.blockGrade]),
    ...(undone ? [c.blockChecklist(undone)] : []),
    ...(open.compensations.some((one) => one.state === 'requested') ? [c.blockCompensation] : []),
  ]
}
