// The visitor's messages until the server has acknowledged them, kept by the shop's page through a reload;
// and how messages from everywhere become one list.
import type { Attachment, Problem, WidgetMessage } from '../shared/types'
import type { Kept } from './messages'

export interface Entry {
  client_id: string
  text: string
  attachments: Attachment[]
  at: string
  problem: Problem | null // refused; waits for the visitor
}

const PREFIX = ':send:'

export class Outbox {
  entries: readonly Entry[] = []

  constructor(kept: Kept, private readonly keep: (name: string, value: string | null) => void) {
    const entries: Entry[] = []
    for (const name in kept)
      if (name.startsWith(PREFIX))
        try {
          entries.push(JSON.parse(kept[name]!) as Entry)
        } catch {
          keep(name, null)
        }
    this.entries = entries.sort((left, right) => (left.at < right.at ? -1 : 1))
  }

  find(clientId: string): Entry | undefined {
    return this.entries.find((entry) => entry.client_id === clientId)
  }

  /** Adds the entry, or puts it where its former self was. */
  put(entry: Entry): void {
    const known = this.find(entry.client_id)
    this.entries = known
      ? this.entries.map((other) => (other === known ? entry : other))
      : [...this.entries, entry]
    this.keep(PREFIX + entry.client_id, JSON.stringify(entry))
  }

  remove(clientId: string): void {
    if (!this.find(clientId)) return
    this.entries = this.entries.filter((entry) => entry.client_id !== clientId)
    this.keep(PREFIX + clientId, null)
  }
}

/** Both lists as one, each message once, by position; what was added later wins. */
export function merge(known: readonly WidgetMessage[], added: readonly WidgetMessage[]): WidgetMessage[] {
  const merged = known.filter((old) => !added.some((message) => isSame(old, message)))
  for (const message of added) {
    const twin = merged.findIndex((other) => isSame(other, message))
    if (twin < 0) merged.push(message)
    else merged[twin] = message
  }
  return merged.sort((left, right) => left.position - right.position)
}

function isSame(left: WidgetMessage, right: WidgetMessage): boolean {
  return left.id === right.id || (left.client_id !== null && left.client_id === right.client_id)
}
