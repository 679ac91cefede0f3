// The dialogs that belong to no ticket: palette, search, keys, new ticket.

class Panels {
  open = $state<'palette' | 'find' | 'help' | 'compose' | 'why' | 'whyMe' | null>(null)
  /** Whom the new ticket is for, when it starts at a customer. */
  composeTo = $state.raw<{ customer_id: string; name: string; address: string } | null>(null)

  show(panel: NonNullable<Panels['open']>): void {
    this.open = panel
  }
  close(): void {
    this.open = null
    this.composeTo = null
  }
}

export const panels = new Panels()
