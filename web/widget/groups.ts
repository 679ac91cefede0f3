// Puts messages and what is still to be sent into groups: one speaker, one day, one short while.
import type { Attachment, WidgetMessage } from '../shared/types'
import { dayOf } from './days'
import type { Entry } from './outbox'

export interface Line {
  key: string
  text: string
  attachments: Attachment[]
  at: string
  position: number | null // null: not acknowledged yet
  entry: Entry | null
}

export interface Group {
  key: string
  day: string
  from: WidgetMessage['from']
  name: string | null
  lines: Line[]
}

const SHORT_WHILE = 5 * 60_000

export function groupsOf(messages: readonly WidgetMessage[], outbox: readonly Entry[]): Group[] {
  const groups: Group[] = []
  const add = (from: WidgetMessage['from'], name: string | null, line: Line) => {
    const day = dayOf(line.at)
    const last = groups.at(-1)
    const sameSpeaker = last && last.from === from && last.name === name && last.day === day
    const before = last?.lines.at(-1)!
    if (sameSpeaker && Date.parse(line.at) - Date.parse(before.at) < SHORT_WHILE) last.lines.push(line)
    else groups.push({ key: line.key, day, from, name, lines: [line] })
  }
  for (const message of messages) {
    const { id, client_id, text, attachments, at, position, from, name } = message
    add(from, name, { key: client_id ?? id, text, attachments, at, position, entry: null })
  }
  for (const entry of outbox) {
    const { client_id, text, attachments, at } = entry
    add('visitor', null, { key: client_id, text, attachments, at, position: null, entry })
  }
  return groups
}
