// Sends what the composer holds, with the status that goes with it, and asks first when something new arrived.
import type { Category } from '../../shared/types'
import { t } from '../i18n/language.svelte'
import { desk } from '../state/desk.svelte'
import type { Later } from '../state/Composer.svelte'
import { notices } from '../state/Notices.svelte'
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

interface Intent { set?: Category | string; next?: boolean; later?: Later }

export function send({ set, next = false, later, anyway = false }: Intent & { anyway?: boolean } = {}): void {
  const { composer, conversation, outbox, reference } = desk
  const ticket = conversation.ticket
  if (!ticket || composer.ticket !== ticket.id || composer.empty) return
  const wrong = hindrance()
  if (wrong) return void notices.tell(wrong, { tone: 'wrong' })
  const note = composer.visibility === 'note'
  if (!note && unseenNews().length && !anyway) return asking.start({ set, next, later })
  if (anyway || note) composer.seen = conversation.newestPublic
  const status = set ? (reference.statusFor(set as Category) ?? reference.status(set)) : null
  const { body, files } = composer.take(status?.id ?? null, later ?? null)
  outbox.post(ticket, note ? ticket.channel : composer.channel, body, files)
  asking.stop()
  if (next) openNext()
}

function openNext(): void {
  const after = desk.list.after(desk.conversation.ticket?.id ?? null)
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
  intent: Intent = {}
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
