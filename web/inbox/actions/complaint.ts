// What one does with the complaint's case of the open ticket.
import type { Id } from '../../shared/types'
import { branches } from '../complaint/categoryTree'
import { kindName, kinds } from '../complaint/kindName.svelte'
import { openCase } from '../complaint/OpenCase.svelte'
import { kindOf } from '../complaint/onTicket'
import type { Liable } from '../complaint/types'
import { c } from '../i18n/complaint.svelte'
import { language } from '../i18n/language.svelte'
import { desk } from '../state/desk.svelte'
import { picking } from '../state/Picking.svelte'
import { tellWrong } from '../state/wrong'

const LIABLE: Liable[] = ['shop', 'supplier', 'carrier', 'platform', 'customer', 'nobody']

export function setKind(kind: string): void {
  desk.conversation.edit('kind', kind, { kind }).catch(tellWrong)
}

export async function askKind(): Promise<void> {
  const ticket = desk.conversation.ticket
  if (!ticket) return
  try {
    await kinds.load()
  } catch (error) {
    return tellWrong(error)
  }
  const now = kindOf(ticket)
  picking.ask({
    title: c.kind,
    anchor: 'kind',
    choices: kinds.all.filter((kind) => !kind.archived || kind.key === now).map((kind) => ({ id: kind.key, label: kindName(kind.key), picked: kind.key === now })),
    onPick: (choice) => choice.id && setKind(choice.id),
  })
}

export function askCategory(): void {
  const view = openCase.view
  if (!view?.case) return
  picking.ask({
    title: c.category,
    anchor: 'category',
    choices: branches(view.categories).filter(({ category }) => !category.archived || category.id === view.case!.category_id).map(({ category, path }) => ({ id: category.id, label: path, picked: category.id === view.case!.category_id })),
    onPick: (choice) => void openCase.attempt('PATCH', '', { category_id: choice.id }),
  })
}

export function askLiable(): void {
  picking.ask({
    title: c.liable,
    anchor: 'liable',
    choices: [...LIABLE.map((one) => ({ id: one as string, label: c.liables[one], picked: openCase.case?.liable === one })), { id: null, label: c.notSet, picked: openCase.case?.liable === null }],
    onPick: (choice) => void openCase.attempt('PATCH', '', { liable: choice.id }),
  })
}

export const take = (): void => void openCase.attempt('POST', '/take', {})

export const reportOf = (ticket: Id): string => `/api/v1/tickets/${ticket}/case/report?lang=${language.locale}`

export const caseOpen = (): boolean => openCase.case?.state === 'open' && openCase.view?.may.edit === true
export const mayTake = (): boolean => caseOpen() && openCase.case!.ladder.of > 0 && !openCase.case!.ladder.taken_by
