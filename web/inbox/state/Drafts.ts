// The local copy of an agent's draft, against loss of network, session or tab.
import type { Id, Visibility } from '../../shared/types'

/** `macros`: saved replies that it is written from, each with the words that it put in. */
export interface LocalDraft { text: string; visibility: Visibility; updated_at: string; macros?: [Id, string][] }
const key = (agent: Id, ticket: Id) => `shouwen.draft.${agent}.${ticket}`

export function localDraft(agent: Id, ticket: Id): LocalDraft | null {
  try {
    return JSON.parse(localStorage.getItem(key(agent, ticket)) ?? 'null') as LocalDraft | null
  } catch {
    return null
  }
}

export function keepDraft(agent: Id, ticket: Id, draft: LocalDraft | null): void {
  try {
    if (draft) localStorage.setItem(key(agent, ticket), JSON.stringify(draft))
    else localStorage.removeItem(key(agent, ticket))
  } catch {
    // The server's copy has to do.
  }
}
