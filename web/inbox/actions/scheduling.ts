// Answers that the server holds back: taken back, sent now, put off, thrown away.
import type { ScheduledReply } from '../../shared/types'
import { dayAndTime } from '../../shared/when'
import { Refusal } from '../api/request'
import { routes } from '../api/routes'
import { language, t } from '../i18n/language.svelte'
import { clock } from '../state/Clock.svelte'
import { desk } from '../state/desk.svelte'
import { notices } from '../state/Notices.svelte'
import { route } from '../state/Route.svelte'
import { tellWrong } from '../state/wrong'

/** Its ticket is no longer on the screen: the way back is offered for as long as there is one. */
export function tellHeld(scheduled: ScheduledReply, number: string): void {
  clock.tick()
  const left = new Date(scheduled.send_at).getTime() - clock.now
  const action = { label: t.undo, run: () => void takeBack(scheduled, number) }
  if (scheduled.kind === 'schedule') notices.tell(t.scheduled.goes(dayAndTime(scheduled.send_at, clock.now, language.tag)), { for: 8_000, action })
  else if (left > 1_000) notices.tell(t.outgoing.sentTo(number), { for: left - 500, action })
}

/** It has not left: its words are in the composer again. */
export async function takeBack(scheduled: ScheduledReply, number: string): Promise<void> {
  try {
    const taken = await routes.takeBack(scheduled.id)
    if (desk.conversation.ticket?.id !== taken.ticket_id) {
      route.openTicket(number)
      await desk.openTicket(number)
    }
    desk.conversation.dropScheduled(scheduled.id)
    // The draft that came with the ticket is what was taken back: not twice.
    if (desk.composer.text === taken.text) desk.composer.text = ''
    desk.composer.putBack(taken)
    notices.tell(t.outgoing.undone)
  } catch (error) {
    if (error instanceof Refusal && error.status === 409) notices.tell(t.scheduled.tooLate, { tone: 'wrong' })
    else tellWrong(error)
  }
}

export async function sendNow(scheduled: ScheduledReply): Promise<void> {
  try {
    const message = await routes.sendScheduled(scheduled.id)
    desk.conversation.dropScheduled(scheduled.id)
    desk.conversation.applyMessage(message)
  } catch (error) {
    tellWrong(error)
  }
}

export async function putOff(scheduled: ScheduledReply, at: string, unlessAnswered: boolean): Promise<void> {
  await routes.changeScheduled(scheduled.id, { send_at: at, cancel_if_answered: unlessAnswered }).then((fresh) => desk.conversation.keepScheduled(fresh), tellWrong)
}

export async function discard(scheduled: ScheduledReply): Promise<void> {
  await routes.dropScheduled(scheduled.id).then(() => desk.conversation.dropScheduled(scheduled.id), tellWrong)
}
