// Mail that stands in the wrong ticket, and tickets that are one or none: moved with one click, and back with another.
import type { Id, Message, TicketSummary } from '../../shared/types'
import { routes } from '../api/routes'
import { t } from '../i18n/language.svelte'
import { desk } from '../state/desk.svelte'
import { notices } from '../state/Notices.svelte'
import { picking } from '../state/Picking.svelte'
import { route } from '../state/Route.svelte'
import { tellWrong } from '../state/wrong'
import { panels } from './panels.svelte'

const LONG = 12_000

function tellUndoable(text: string, back: () => Promise<unknown>, said: string): void {
  const run = () => void back().then(() => notices.tell(said), tellWrong)
  notices.tell(text, { for: LONG, action: { label: t.undo, run } })
}

/** Another matter: a ticket of its own, with a way back. */
export async function split(message: Message): Promise<void> {
  const here = message.ticket_id
  try {
    const { ticket } = await routes.split(here, [message.id])
    await desk.conversation.moved(here)
    tellUndoable(t.move.split(ticket.number), () => putBack(ticket.id, here), t.move.back)
  } catch (error) {
    tellWrong(error)
  }
}

/** The open ticket becomes a part of another one, which is shown then. */
export async function mergeInto(from: TicketSummary, number: string): Promise<void> {
  try {
    const { ticket } = await routes.merge(from.id, number)
    route.openTicket(ticket.number)
    const undo = async () => {
      await routes.unmerge(from.id)
      route.openTicket(from.number)
    }
    tellUndoable(t.move.merged(from.number, ticket.number), undo, t.move.apart(from.number))
  } catch (error) {
    tellWrong(error)
  }
}

/** One mail belongs elsewhere: alone in its ticket it takes the ticket along, else it leaves the others behind. */
export async function moveMessage(message: Message, number: string): Promise<void> {
  const ticket = desk.conversation.ticket
  if (ticket?.id !== message.ticket_id) return
  if (!desk.conversation.before && desk.conversation.messages.length === 1) return mergeInto(ticket, number)
  let alone: Id | null = null
  try {
    alone = (await routes.split(ticket.id, [message.id])).ticket.id
    const { ticket: target } = await routes.merge(alone, number)
    await desk.conversation.moved(ticket.id)
    const moved = alone
    const undo = async () => {
      await routes.unmerge(moved)
      await putBack(moved, ticket.id)
    }
    tellUndoable(t.move.moved(target.number), undo, t.move.back)
  } catch (error) {
    // Made a ticket of its own, and then not taken: back to where it was.
    if (alone) await putBack(alone, ticket.id).catch(() => {})
    tellWrong(error)
  }
}

export async function undoMerge(ticket: TicketSummary): Promise<void> {
  try {
    await routes.unmerge(ticket.id)
    notices.tell(t.move.apart(ticket.number))
    await desk.conversation.moved(ticket.id)
  } catch (error) {
    tellWrong(error)
  }
}

export function askTarget(message: Message | null = null): void {
  panels.moving = message
  panels.show('merge')
}

export function askSpam(): void {
  const ticket = desk.conversation.ticket
  if (!ticket) return
  picking.ask({
    title: t.action.spam,
    choices: [{ id: 'mark', label: t.move.spam, hint: t.move.spamHint }, { id: 'block', label: t.move.spamBlock, hint: t.move.spamBlockHint }],
    onPick: (choice) => void markSpam(ticket, choice.id === 'block'),
  })
}

async function markSpam(ticket: TicketSummary, block: boolean): Promise<void> {
  try {
    await routes.markSpam(ticket.id, block)
    const after = desk.list.after(ticket.id)
    if (after) route.openTicket(after.number)
    else route.closeTicket()
    tellUndoable(t.move.markedSpam(ticket.number), () => routes.unmarkSpam(ticket.id), t.move.notSpam)
  } catch (error) {
    tellWrong(error)
  }
}

export async function notSpam(): Promise<void> {
  const ticket = desk.conversation.ticket
  if (ticket) await routes.unmarkSpam(ticket.id).then((fresh) => desk.conversation.applyTicket(fresh), tellWrong)
}

async function putBack(ticket: Id, into: Id): Promise<void> {
  await routes.merge(ticket, into)
  await desk.conversation.moved(into)
}
