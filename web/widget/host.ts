// The frame's end of the talk with the loader on the shop's page, which keeps our data.
import type { FromFrame, FromShop, Kept } from './messages'

/** Pins the first origin that answers us from above; the server's frame-ancestors decides who that may be. */
export class Host {
  private origin: string | null = null
  private listener: (state: FromShop) => void = () => {}

  constructor(private readonly window: Window) {
    window.addEventListener('message', (event: MessageEvent<FromShop>) => {
      if (event.source !== window.parent || !event.data?.kept) return
      this.origin ??= event.origin
      if (event.origin === this.origin) this.listener(event.data)
    })
  }

  /** Says that we are ready (no secret, so to any origin) and hears the shop from then on. */
  hear(listener: (state: FromShop) => void): void {
    this.listener = listener
    const ready: FromFrame = { ready: true }
    this.window.parent.postMessage(ready, '*')
  }

  keep(name: keyof Kept & string, value: string | null): void {
    this.tell({ name, value })
  }

  unread(count: number): void {
    this.tell({ unread: count })
  }

  close(): void {
    this.tell({ close: true })
  }

  private tell(message: FromFrame): void {
    // A page without an origin of its own ("null") cannot be addressed; the data then lives in memory only.
    if (this.origin && this.origin !== 'null') this.window.parent.postMessage(message, this.origin)
  }
}
