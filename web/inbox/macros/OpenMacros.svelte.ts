// The list of saved replies while it is open: for one ticket, filled in for it, and where the chosen one goes.
import type { AppliedMacro, Id, OfferedMacro, OfferedMacros } from '../../shared/types'
import { find } from './search'

export interface MacroRoutes {
  ticketMacros(ticket: Id): Promise<OfferedMacros>
  applyMacro(ticket: Id, macro: Id, locale: string | null): Promise<AppliedMacro>
}

export class OpenMacros {
  phase = $state<'loading' | 'ready' | 'failed'>('loading')
  error = $state.raw<unknown>(null)
  offered = $state.raw<OfferedMacros>({ items: [], grade: null, withheld: 0 })
  typed = $state('')
  /** The language looked at, when it is not the customer's. */
  locale = $state<string | null>(null)
  busy = $state(false)
  readonly found = $derived(find(this.offered.items, this.typed))
  private wanted = false

  constructor(
    readonly ticket: Id,
    private readonly routes: MacroRoutes,
    private readonly onApplied: (applied: AppliedMacro, before: OfferedMacro) => void,
  ) {}

  load = async (): Promise<void> => {
    this.phase = 'loading'
    try {
      this.offered = await this.routes.ticketMacros(this.ticket)
      this.phase = 'ready'
      // Enter was faster than the network.
      if (this.wanted && this.found[0]) await this.apply(this.found[0])
    } catch (error) {
      this.error = error
      this.phase = 'failed'
    }
  }

  /** Applies it, or the best one found as soon as there is one. */
  async apply(one: OfferedMacro | undefined): Promise<void> {
    if (!one) {
      this.wanted = this.phase === 'loading'
      return
    }
    if (this.busy) return
    this.busy = true
    this.error = null
    try {
      const other = this.locale !== null && one.texts.some(({ locale }) => locale === this.locale) ? this.locale : null
      this.onApplied(await this.routes.applyMacro(this.ticket, one.id, other), one)
    } catch (error) {
      this.error = error
      // It was deleted or forbidden meanwhile: what there is now is shown.
      await this.routes.ticketMacros(this.ticket).then((fresh) => (this.offered = fresh), () => {})
    } finally {
      this.busy = false
    }
  }

  /** The text as it would be put in. */
  textOf(one: OfferedMacro): { locale: string; text: string } {
    const wanted = this.locale ?? one.locale
    return one.texts.find(({ locale }) => locale === wanted) ?? one.texts.find(({ locale }) => locale === one.locale) ?? { locale: '', text: '' }
  }
}
