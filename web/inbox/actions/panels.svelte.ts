// The dialogs that belong to no ticket: palette, search, keys, new ticket.

import type { Message } from '../../shared/types'

class Panels {
  open = $state<'palette' | 'find' | 'help' | 'compose' | 'merge' | 'why' | 'whyMe' | null>(null)
  /** Whom the new ticket is for, when it starts at a customer. */
  composeTo = $state.raw<{ customer_id: string; name: string; address: string } | null>(null)

  /** The mail that belongs elsewhere; without it the whole ticket does. */
  moving = $state.raw<Message | null>(null)

  show(panel: NonNullable<Panels['open']>): void {
    this.open = panel
  }
  close(): void {
    this.open = null
    this.composeTo = null
    this.moving = null
  }
}

export const panels = new Panels()
