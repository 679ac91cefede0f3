// What an administrator must see to, newest first. Others never ask.
import type { Alarm, Page } from '../../shared/types'

export class Alarms {
  items = $state.raw<Alarm[]>([])

  constructor(
    private readonly fetch: () => Promise<Page<Alarm>>,
    private readonly may: () => boolean,
  ) {}

  async load(): Promise<void> {
    if (!this.may()) return void (this.items = [])
    try {
      this.items = (await this.fetch()).items.filter((alarm) => alarm.cleared_at === null)
    } catch {
      // What is known stays on the screen until the next hint.
    }
  }

  drop(id: string): void {
    this.items = this.items.filter((alarm) => alarm.id !== id)
  }
}
