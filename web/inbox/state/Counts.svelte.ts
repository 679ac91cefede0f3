// How many tickets each view holds. Asked again, at most every other second, when tickets change.
import type { Counts as Counted, View } from '../../shared/types'

export class Counts {
  views = $state.raw<Counted['views']>({})
  private due: ReturnType<typeof setTimeout> | undefined
  private last = 0

  constructor(private readonly fetch: () => Promise<Counted>) {}

  text(view: View): string {
    const counted = this.views[view]
    if (!counted || counted.count === 0) return ''
    return counted.more ? `${counted.count}+` : String(counted.count)
  }

  async load(): Promise<void> {
    this.last = Date.now()
    try {
      this.views = (await this.fetch()).views
    } catch {
      // The old figures stand until the next change.
    }
  }

  touch(): void {
    if (this.due !== undefined) return
    this.due = setTimeout(() => {
      this.due = undefined
      void this.load()
    }, Math.max(300, 2_000 - (Date.now() - this.last)))
  }
}
