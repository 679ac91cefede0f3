// The dialogs that belong to no ticket: palette, search, keys, new ticket.

import type { Message, Status } from '../../shared/types'

class Panels {
  open = $state<'palette' | 'find' | 'help' | 'compose' | 'merge' | 'why' | 'whyMe' | 'macros' | 'pause' | null>(null)
  /** Whom the new ticket is for, when it starts at a customer. */
  composeTo = $state.raw<{ customer_id: string; name: string; address: string } | null>(null)

  /** The mail that belongs elsewhere; without it the whole ticket does. */
  moving = $state.raw<Message | null>(null)

  /** The status that waits for its reason. */
  pausing = $state.raw<Status | null>(null)

  /** The list of saved replies was opened by a semicolon in the composer, which its text replaces. */
  bySemicolon = $state(false)

  show(panel: NonNullable<Panels['open']>): void {
    this.open = panel
  }
  close(): void {
    this.open = null
    this.composeTo = null
    this.moving = null
    this.pausing = null
    this.bySemicolon = false
  }
}

export const panels = new Panels()
