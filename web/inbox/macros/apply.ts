// What follows when a saved reply was applied: its words stand in the composer, the ticket shows what changed, and all
// of it can be taken back for some seconds.
import type { AppliedMacro, Id } from '../../shared/types'
import { routes } from '../api/routes'
import { t } from '../i18n/language.svelte'
import { m } from '../i18n/macros.svelte'
import { desk } from '../state/desk.svelte'
import { notices } from '../state/Notices.svelte'
import { tellWrong } from '../state/wrong'

/** `before` and `after` are what stood in the composer. */
export function tellApplied(ticket: Id, applied: AppliedMacro, before: string, after: string): void {
  if (desk.conversation.ticket?.id === ticket) desk.conversation.applyTicket(applied.ticket)
  const leftOut = [...new Set(applied.left_out.map(({ part }) => t.field[part]))].join(t.mark.list)
  const changed = applied.changed.length + applied.added_tag_ids.length + applied.removed_tag_ids.length > 0
  const action = { label: t.undo, run: () => void takeBack(ticket, applied, before, after) }
  if (leftOut) notices.tell(m.leftOut(leftOut), { tone: 'wrong' })
  if (changed || applied.text) notices.tell(m.applied(applied.name), { for: 15_000, action })
}

/** As it was before: what somebody else changed since stays as they left it. */
async function takeBack(ticket: Id, applied: AppliedMacro, before: string, after: string): Promise<void> {
  const { composer, conversation } = desk
  if (composer.ticket === ticket) {
    composer.write(composer.text === after ? before : composer.text.replace(applied.text, ''))
    composer.unuse(applied.id)
  }
  try {
    // The other way round: who sees the ticket is set back last.
    const edits = applied.changed.map(({ field, from, to }) => ({ field, old: to, new: from, ...(field === 'status' ? { reason: m.undone(applied.name) } : {}) })).reverse()
    let summary = edits.length ? await routes.editTicket(ticket, edits) : null
    if (applied.added_tag_ids.length || applied.removed_tag_ids.length) summary = await routes.changeTags(ticket, applied.removed_tag_ids, applied.added_tag_ids)
    if (summary && conversation.ticket?.id === ticket) conversation.applyTicket(summary)
    notices.tell(m.undone(applied.name))
  } catch (error) {
    tellWrong(error)
  }
}
