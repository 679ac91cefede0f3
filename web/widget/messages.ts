// What the loader on the shop's page and the panel in the frame say to each other by postMessage.

/** The widget's part of the shop's localStorage: '' is the visitor's token, the others begin with ':'. */
export type Kept = Record<string, string>

/** Sent when the frame is ready and again whenever something in it has changed. */
export interface FromShop {
  kept: Kept
  locale: string
  open: boolean
  page: { url: string; title: string }
}

export type FromFrame =
  | { ready: true }
  | { name: string; value: string | null } // keep this in localStorage; null removes it
  | { unread: number }
  | { close: true }
