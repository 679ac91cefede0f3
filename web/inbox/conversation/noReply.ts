// A customer's message that asks for no answer, such as "thanks".
import type { Message, TicketSummary } from '../../shared/types'
import { routes } from '../api/routes'
import { desk } from '../state/desk.svelte'
import { tellWrong } from '../state/wrong'

/** It was written by the customer, and nobody has answered since. */
export function waitsForReply(message: Message, ticket: TicketSummary | null): boolean {
  const since = ticket?.waiting_since
  return message.author.kind === 'customer' && message.visibility === 'public' && !message.automatic && !message.no_reply_needed && since != null && Date.parse(message.created_at) >= Date.parse(since)
}

export async function setReplyNeeded(message: Message, needed: boolean): Promise<void> {
  try {
    const summary = await (needed ? routes.replyNeeded : routes.noReplyNeeded)(message.ticket_id, message.id)
    desk.conversation.applyMessage({ ...message, no_reply_needed: !needed })
    desk.conversation.applyTicket(summary)
  } catch (error) {
    tellWrong(error)
  }
}

/** All that waits in the open ticket. */
export async function nothingNeedsReply(): Promise<void> {
  const { messages, ticket } = desk.conversation
  for (const message of messages.filter((one) => waitsForReply(one, ticket))) await setReplyNeeded(message, false)
}
