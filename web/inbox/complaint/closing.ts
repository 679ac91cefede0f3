// What still stands in the way of closing a case, as far as the screen can know; the server decides.
import { c } from '../i18n/complaint.svelte'
import type { Case } from './types'

export function blocks(open: Pick<Case, 'grade_confirmed' | 'checklist' | 'compensations'>): string[] {
  const undone = open.checklist.filter((item) => !item.done && item.required).length
  return [
    ...(open.grade_confirmed ? [] : [c.blockGrade]),
    ...(undone ? [c.blockChecklist(undone)] : []),
    ...(open.compensations.some((one) => one.state === 'requested') ? [c.blockCompensation] : []),
  ]
}
