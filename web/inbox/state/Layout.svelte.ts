// How wide the panes are and which of them are folded away. Remembered for each kind of screen.
import { Stored } from './Stored.svelte'

export class Layout {
  size = $state<'wide' | 'medium' | 'narrow'>('wide')
  /** The drawer over the panes, where there is no room for a column. */
  drawer = $state<'views' | 'customer' | null>(null)
  private readonly list = new Stored('shouwen.list.width', 340)
  private readonly customer = new Stored('shouwen.customer.width', 320)
  private readonly views = new Stored('shouwen.views.folded', false)
  private readonly facts = new Stored('shouwen.customer.folded', false)

  start(): void {
    const wide = matchMedia('(min-width: 1200px)')
    const medium = matchMedia('(min-width: 900px)')
    const measure = () => {
      this.size = wide.matches ? 'wide' : medium.matches ? 'medium' : 'narrow'
      this.drawer = null
    }
    wide.addEventListener('change', measure)
    medium.addEventListener('change', measure)
    measure()
  }

  get listWidth(): number {
    return this.list.current
  }
  set listWidth(width: number) {
    this.list.current = Math.round(Math.min(560, Math.max(270, width)))
  }
  get customerWidth(): number {
    return this.customer.current
  }
  set customerWidth(width: number) {
    this.customer.current = Math.round(Math.min(480, Math.max(260, width)))
  }
  get viewsShown(): boolean {
    return this.size === 'wide' && !this.views.current
  }
  get customerShown(): boolean {
    return this.size === 'wide' && !this.facts.current
  }

  toggleViews(): void {
    if (this.size === 'wide') this.views.current = !this.views.current
    else this.drawer = this.drawer === 'views' ? null : 'views'
  }

  toggleCustomer(): void {
    if (this.size === 'wide') this.facts.current = !this.facts.current
    else this.drawer = this.drawer === 'customer' ? null : 'customer'
  }
}

export const layout = new Layout()
