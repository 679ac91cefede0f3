// The kinds of tickets: built-in ones are named in the reader's language, the shop's own by their name.
import { ask } from '../api/request'
import { c } from '../i18n/complaint.svelte'
import type { TicketKind } from './types'

class Kinds {
  all = $state.raw<TicketKind[]>([])
  private asked: Promise<void> | null = null

  /** Fetched once a page, and again after a failure. */
  load(): Promise<void> {
    this.asked ??= ask('GET', '/ticket-kinds').then(
      (answer) => {
        this.all = Array.isArray(answer) ? (answer as TicketKind[]) : (answer as { items: TicketKind[] }).items
      },
      (error: unknown) => {
        this.asked = null
        throw error
      },
    )
    return this.asked
  }

  forget(): void {
    this.asked = null
  }
}
export const kinds = new Kinds()

export function kindName(key: string): string {
  const kind = kinds.all.find((one) => one.key === key)
  return kind?.name || c.kinds[key] || key
}
