// What one says of oneself: there, away, or away with one's tickets handed back.
import { r } from '../i18n/routing.svelte'
import { attendance } from '../routing/Attendance.svelte'
import type { Presence } from '../routing/types'
import { notices } from '../state/Notices.svelte'
import { tellWrong } from '../state/wrong'

export function setPresence(presence: Presence): void {
  attendance.set(presence).then(() => notices.tell(r.setTo(r.presences[presence])), tellWrong)
}
