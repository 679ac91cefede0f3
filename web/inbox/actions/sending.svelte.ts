// Sends what the composer holds, with the status that goes with it, and asks first when something new arrived.
import type { Category } from '../../shared/types'
import { t } from '../i18n/language.svelte'
import { desk } from '../state/desk.svelte'
import { notices } from '../state/Notices.svelte'
import { UNDO_FOR } from '../state/Outbox.svelte'
import { route } from '../state/Route.svelte'

/** Why it cannot be sent now, or null. */
export function hindrance(): string | null {
  const { composer } = desk
  if (composer.uploading) return t.composer.uploadsFirst
  if (composer.visibility === 'public' && composer.channel === 'email' && composer.to.length === 0) return t.composer.noRecipient
  return null
}

/** What arrived for everybody to see since the writer last looked. */
export function unseenNews() {
  const { composer, conversation } = desk
  return conversation.messages.filter((message) => message.visibility === 'public' && message.position > composer.seen && !(message.author.kind === 'agent' && desk.isMe(message.author.id)))
}

export function send({ set, next = false, anyway = false }: { set?: Category | string; next?: boolean; anyway?: boolean } = {}): void {
  const { composer, conversation, outbox, reference } = desk
  const ticket = conversation.ticket
  if (!ticket || composer.ticket !== ticket.id || composer.empty) return
  const wrong = hindrance()
  if (wrong) return void notices.tell(wrong, { tone: 'wrong' })
  const note = composer.visibility === 'note'
  if (!note && unseenNews().length && !anyway) return asking.start({ set, next })
  if (anyway || note) composer.seen = conversation.newestPublic
  const status = set ? (reference.statusFor(set as Category) ?? reference.status(set)) : null
  const { body, files } = composer.take(status?.id ?? null)
  const undoable = !note && composer.channel === 'email'
  const outgoing = outbox.post(ticket, note ? ticket.channel : composer.channel, body, files, undoable ? UNDO_FOR : 0)
  asking.stop()
  if (next) openNext(undoable ? outgoing.client_id : null, ticket.number)
}

function openNext(undoable: string | null, number: string): void {
  const after = desk.list.after(desk.conversation.ticket?.id ?? null)
  if (undoable) notices.tell(t.outgoing.sentTo(number), { for: UNDO_FOR - 500, action: { label: t.undo, run: () => void undo(undoable, number) } })
  if (after) route.openTicket(after.number)
  else route.closeTicket()
}

export async function undo(clientId: string, number: string): Promise<void> {
  const taken = desk.outbox.undo(clientId)
  if (!taken) return
  if (desk.conversation.ticket?.id !== taken.ticket_id) {
    route.openTicket(number)
    await desk.openTicket(number)
  }
  desk.composer.restore(taken)
  notices.tell(t.outgoing.undone)
}

/** The question "something new arrived: send all the same?", with what was about to happen. */
class Asking {
  open = $state(false)
  intent: { set?: string; next?: boolean } = {}
  start(intent: Asking['intent']): void {
    this.intent = intent
    this.open = true
  }
  stop(): void {
    this.open = false
  }
  anyway(): void {
    send({ ...this.intent, anyway: true })
  }
}
export const asking = new Asking()
