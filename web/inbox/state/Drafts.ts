// The local copy of a draft, against loss of network, session or tab.
import type { Id, Visibility } from '../../shared/types'

export interface LocalDraft { text: string; visibility: Visibility; updated_at: string }
const key = (ticket: Id) => `shouwen.draft.${ticket}`

export function localDraft(ticket: Id): LocalDraft | null {
  try {
    return JSON.parse(localStorage.getItem(key(ticket)) ?? 'null') as LocalDraft | null
  } catch {
    return null
  }
}

export function keepDraft(ticket: Id, draft: LocalDraft | null): void {
  try {
    if (draft) localStorage.setItem(key(ticket), JSON.stringify(draft))
    else localStorage.removeItem(key(ticket))
  } catch {
    // The server's copy has to do.
  }
}
