// The conversation as it is drawn: messages and events in one line of time, events folded when many.
import { dayKey } from '../../shared/when'
import type { Activity, Message } from '../../shared/types'

export type Entry =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'new'; key: string }
  | { kind: 'message'; key: string; message: Message; joined: boolean }
  | { kind: 'events'; key: string; activities: Activity[] }

const JOIN_WITHIN = 5 * 60_000
/** Said by the messages themselves. */
const SILENT = new Set(['message_received', 'message_sent', 'message_added', 'note_added', 'reply_added', 'ticket_read', 'draft_saved', 'call_logged', 'category_changed', 'clocks_changed', 'sla_policy_chosen', 'grade_suggested'])

/** `readBefore`: the line "new" stands before the first later message from somebody else. */
export function stream(messages: Message[], activities: Activity[], readBefore: number): Entry[] {
  const told = activities.filter((activity) => !SILENT.has(activity.kind)).map((activity) => ({ ...activity, at: startOf(activity, messages) }))
  const timed: ({ at: string; message: Message } | { at: string; activity: Activity })[] = []
  let next = 0
  for (const message of messages) {
    while (next < told.length && told[next]!.at <= message.created_at) timed.push({ at: told[next]!.at, activity: told[next++]! })
    timed.push({ at: message.created_at, message })
  }
  for (; next < told.length; next += 1) timed.push({ at: told[next]!.at, activity: told[next]! })

  const entries: Entry[] = []
  let day = ''
  let marked = readBefore === 0
  let before: Message | null = null
  for (const item of timed) {
    if (dayKey(item.at) !== day) {
      day = dayKey(item.at)
      entries.push({ kind: 'day', key: `day ${day} ${'message' in item ? item.message.id : item.activity.seq}`, at: item.at })
      before = null
    }
    if ('activity' in item) {
      const last = entries.at(-1)
      if (last?.kind === 'events') last.activities.push(item.activity)
      else entries.push({ kind: 'events', key: `event ${item.activity.seq} ${item.activity.kind} ${item.activity.field ?? ''}`, activities: [item.activity] })
      before = null
      continue
    }
    const message = item.message
    if (!marked && message.position > readBefore && message.author.kind !== 'agent') {
      entries.push({ kind: 'new', key: 'new' })
      marked = true
      before = null
    }
    entries.push({ kind: 'message', key: message.id, message, joined: before !== null && joins(before, message) })
    before = message
  }
  return entries
}

/** A ticket is opened by its first message, however long that took to be written down. */
function startOf(activity: Activity, messages: Message[]): string {
  const first = messages[0]
  return activity.kind === 'ticket_opened' && first?.position === 1 && first.created_at < activity.at ? first.created_at : activity.at
}

function joins(before: Message, message: Message): boolean {
  return (
    before.author.id === message.author.id && before.author.kind === message.author.kind && before.channel === message.channel && message.channel === 'chat' &&
    before.visibility === message.visibility && new Date(message.created_at).getTime() - new Date(before.created_at).getTime() < JOIN_WITHIN
  )
}
