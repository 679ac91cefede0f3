// Every action of the inbox. Keymap, palette, menus and the help sheet are all read from this list.
import { t, language } from '../i18n/language.svelte'
import { appearance } from '../state/Appearance.svelte'
import { desk } from '../state/desk.svelte'
import { layout } from '../state/Layout.svelte'
import { route } from '../state/Route.svelte'
import type { View } from '../../shared/types'
import type { Action, ActionName } from './Action'
import { askKind, caseOpen, mayTake, reportOf, take } from './complaint'
import { setPresence } from './presence'
import { offers } from '../routing/Offers.svelte'
import { openCase } from '../complaint/OpenCase.svelte'
import { askAssignee, askPriority, askStatus, askTags, askTeam, copyNumber, setAssignee, solve } from './editing'
import { Keymap } from './Keymap.svelte'
import { askSpam, askTarget, notSpam } from './moving'
import { nothingNeedsReply } from '../conversation/noReply'
import { panels } from './panels.svelte'
import { send } from './sending.svelte'
import { subjectEditing } from './subjectEditing.svelte'

const onTicket = () => route.page === 'inbox' && desk.conversation.phase === 'ready'
const may = (permission: Parameters<typeof desk.session.can>[0]) => () => onTicket() && desk.session.can(permission)
const inInbox = () => route.page === 'inbox'

/** The cursor moves at once; a ticket is opened where one stops, not at each one passed. */
function walk(by: number): void {
  const row = desk.list.step(by)
  clearTimeout(stopped)
  if (row && route.ticket) stopped = setTimeout(() => route.ticket && route.openTicket(row.number), 140)
}
let stopped: ReturnType<typeof setTimeout> | undefined

function openCursor(): void {
  const row = desk.list.rows.find((one) => one.id === desk.list.cursor) ?? desk.list.rows[0]
  if (row) route.openTicket(row.number)
}

function back(): void {
  const typing = document.activeElement
  if (layout.drawer) layout.drawer = null
  else if (typing instanceof HTMLElement && typing.matches('input, textarea, select')) typing.blur()
  else if (route.page !== 'inbox') route.openList(route.list)
  else if (route.ticket) route.closeTicket()
}

const goTo = (name: ActionName, view: View, key: string): Action => ({ name, group: 'go', keys: [`g ${key}`], run: () => route.openList({ view }) })
const languageAction = (name: ActionName, locale: 'en' | 'zh'): Action => ({ name, group: 'app', when: () => language.locale !== locale, run: () => void language.speak(locale) })
const themeAction = (name: ActionName, theme: 'light' | 'dark' | 'system'): Action => ({ name, group: 'app', when: () => appearance.theme !== theme, run: () => (appearance.theme = theme) })

export const actions: Action[] = [
  { name: 'next', group: 'list', keys: ['j', 'ArrowDown'], keyOnly: true, when: inInbox, run: () => walk(1) },
  { name: 'previous', group: 'list', keys: ['k', 'ArrowUp'], keyOnly: true, when: inInbox, run: () => walk(-1) },
  { name: 'open', group: 'list', keys: ['Enter', 'o'], keyOnly: true, when: () => inInbox() && !route.ticket && desk.calls.ringing.length === 0, run: openCursor },
  { name: 'ringing', group: 'app', keys: ['Enter'], when: () => desk.calls.ringing.length > 0 && desk.session.can('call.log'), run: () => desk.calls.answer(desk.calls.ringing[0]!) },
  { name: 'back', group: 'list', keys: ['Escape'], whileTyping: true, keyOnly: true, run: back },
  { name: 'merge', group: 'list', keys: ['.'], when: () => inInbox() && desk.list.arrived.size > 0, run: () => desk.list.merge() },
  { name: 'order', group: 'list', keys: ['v'], when: inInbox, run: () => route.openList(route.list.order ? { ...route.list, order: undefined } : { ...route.list, order: 'due' }) },
  { name: 'refresh', group: 'list', when: inInbox, run: () => void desk.list.reload() },

  { name: 'reply', group: 'write', keys: ['r'], when: may('ticket.reply'), run: () => desk.composer.switchTo('public') },
  { name: 'note', group: 'write', keys: ['n'], when: may('ticket.note'), run: () => desk.composer.switchTo('note') },
  { name: 'send', group: 'write', keys: ['mod+Enter'], whileTyping: true, when: onTicket, run: () => send() },
  { name: 'sendNext', group: 'write', keys: ['mod+shift+Enter'], whileTyping: true, when: onTicket, run: () => send({ next: true }) },
  { name: 'sendWait', group: 'write', when: onTicket, run: () => send({ set: 'waiting' }) },
  { name: 'sendSolve', group: 'write', when: onTicket, run: () => send({ set: 'solved' }) },
  { name: 'sendLater', group: 'write', when: () => onTicket() && desk.composer.channel === 'email', run: () => document.querySelector<HTMLElement>('#composer-later')?.click() },
  { name: 'macro', group: 'write', keys: [';', '；'], when: () => onTicket() && document.querySelector('#composer-text') !== null, run: () => panels.show('macros') },
  { name: 'attach', group: 'write', when: onTicket, run: () => document.querySelector<HTMLInputElement>('#composer-files')?.click() },

  { name: 'assign', group: 'ticket', keys: ['a'], when: may('ticket.assign'), run: askAssignee },
  { name: 'assignMe', group: 'ticket', keys: ['i'], when: () => may('ticket.assign')() && desk.conversation.ticket?.assignee_id !== desk.session.id, run: () => setAssignee(desk.session.id) },
  { name: 'status', group: 'ticket', keys: ['s'], when: may('ticket.edit'), run: askStatus },
  { name: 'solve', group: 'ticket', keys: ['e'], when: may('ticket.edit'), run: solve },
  { name: 'noReply', group: 'ticket', when: () => may('ticket.edit')() && desk.conversation.ticket?.waiting_since != null, run: () => void nothingNeedsReply() },
  { name: 'tags', group: 'ticket', keys: ['l'], when: may('ticket.edit'), run: askTags },
  { name: 'priority', group: 'ticket', keys: ['p'], when: may('ticket.edit'), run: askPriority },
  { name: 'team', group: 'ticket', keys: ['t'], when: may('ticket.assign'), run: askTeam },
  { name: 'subject', group: 'ticket', when: may('ticket.edit'), run: () => subjectEditing.start() },
  { name: 'kind', group: 'ticket', keys: ['y'], when: may('ticket.edit'), run: () => void askKind() },
  { name: 'why', group: 'ticket', keys: ['d'], when: onTicket, run: () => panels.show('why') },
  { name: 'whyMe', group: 'ticket', keys: ['q'], when: onTicket, run: () => panels.show('whyMe') },
  { name: 'offer', group: 'ticket', when: () => onTicket() && desk.conversation.ticket?.owner_id != null && (desk.isMe(desk.conversation.ticket.owner_id) || desk.session.can('ticket.reassign_owner')), run: () => (offers.offering = true) },
  { name: 'take', group: 'ticket', keys: ['shift+t'], when: () => onTicket() && mayTake(), run: take },
  { name: 'grade', group: 'ticket', when: () => onTicket() && caseOpen(), run: () => (openCase.dialog = 'grade') },
  { name: 'compensate', group: 'ticket', when: () => onTicket() && caseOpen(), run: () => (openCase.dialog = 'compensation') },
  { name: 'evidence', group: 'ticket', when: () => onTicket() && caseOpen(), run: () => (openCase.dialog = 'evidence') },
  { name: 'closeCase', group: 'ticket', when: () => onTicket() && caseOpen(), run: () => (openCase.dialog = 'close') },
  { name: 'caseReport', group: 'ticket', when: () => onTicket() && openCase.case !== null, run: () => void window.open(reportOf(openCase.ticket!), '_blank', 'noopener') },
  { name: 'mergeInto', group: 'ticket', keys: ['m'], when: () => may('ticket.edit')() && !desk.conversation.ticket?.merged_into, run: () => askTarget() },
  { name: 'spam', group: 'ticket', keys: ['!'], when: () => may('ticket.edit')() && desk.conversation.ticket?.spam === false, run: askSpam },
  { name: 'notSpam', group: 'ticket', when: () => may('ticket.edit')() && desk.conversation.ticket?.spam === true, run: () => void notSpam() },
  { name: 'copyNumber', group: 'ticket', when: onTicket, run: () => void copyNumber() },

  { name: 'palette', group: 'app', keys: ['mod+k'], whileTyping: true, keyOnly: true, run: () => panels.show('palette') },
  { name: 'search', group: 'app', keys: ['/'], run: () => panels.show('find') },
  { name: 'call', group: 'app', keys: ['c'], when: () => desk.session.can('call.log'), run: () => desk.calls.open() },
  { name: 'compose', group: 'app', keys: ['w'], when: () => desk.session.can('ticket.create'), run: () => panels.show('compose') },
  { name: 'help', group: 'app', keys: ['?'], run: () => panels.show('help') },

  goTo('goMine', 'mine', 'm'),
  goTo('goUnassigned', 'unassigned', 'u'),
  goTo('goOpen', 'open', 'o'),
  goTo('goWaiting', 'waiting', 'w'),
  goTo('goHold', 'on_hold', 'h'),
  goTo('goSolved', 'solved', 'e'),
  goTo('goAll', 'all', 'a'),
  goTo('goMentions', 'mentions', 'i'),
  { name: 'goBoard', group: 'go', keys: ['g b'], when: () => desk.session.can('board.read'), run: () => route.go('/board') },
  { name: 'goSpam', group: 'go', run: () => route.openList({ view: 'spam' }) },
  { name: 'goMail', group: 'go', keys: ['g l'], when: () => desk.session.can('mail.read'), run: () => route.go('/mail') },
  { name: 'goNotifications', group: 'go', keys: ['g n'], run: () => route.go('/notifications') },
  { name: 'goSettings', group: 'go', keys: ['g s'], run: () => route.go('/settings') },

  { name: 'presenceOnline', group: 'app', run: () => setPresence('online') },
  { name: 'presenceAway', group: 'app', run: () => setPresence('away') },
  { name: 'presenceHandBack', group: 'app', run: () => setPresence('away_and_reassign') },
  { name: 'views', group: 'app', keys: ['['], when: inInbox, run: () => layout.toggleViews() },
  { name: 'customer', group: 'app', keys: [']'], when: inInbox, run: () => layout.toggleCustomer() },
  { name: 'density', group: 'app', run: () => (appearance.density = appearance.density === 'roomy' ? 'tight' : 'roomy') },
  themeAction('themeLight', 'light'),
  themeAction('themeDark', 'dark'),
  themeAction('themeSystem', 'system'),
  languageAction('languageEnglish', 'en'),
  languageAction('languageChinese', 'zh'),
  { name: 'signOut', group: 'app', run: () => void desk.leave() },
]

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
export const titleOf = (action: Action) => t.action[action.name]
export const keysOf = (name: ActionName) => actions.find((action) => action.name === name)?.keys?.[0] ?? null

export function perform(name: ActionName): void {
  const action = actions.find((one) => one.name === name)
  if (action && (action.when?.() ?? true)) action.run()
}

export const keymap = new Keymap(
  () => (desk.session.phase === 'in' ? actions : []),
  isMac,
  undefined,
  () => document.querySelector('dialog[open], [data-picker]') !== null,
)
