// Where in the app one is, as the address says it. The browser's back is the app's back.
import type { View } from '../../shared/types'
import type { ListQuery } from '../api/routes'

export type Page = 'inbox' | 'board' | 'notifications' | 'mail' | 'settings' | 'login' | 'setup' | 'reset'
const VIEWS: View[] = ['mine', 'unassigned', 'open', 'waiting', 'on_hold', 'solved', 'closed', 'all', 'mentions', 'spam']
const KEPT = 'shouwen.list'

export class Route {
  page = $state<Page>('inbox')
  list = $state.raw<ListQuery>({ view: 'mine' })
  ticket = $state<string | null>(null)
  section = $state('account')
  token = $state<string | null>(null)
  /** The one thing that a section of the settings is to open. */
  item = $state<string | null>(null)
  /** The mail that the mail room shows in full. */
  mail = $state<string | null>(null)
  /** How many of the app's own pages lie behind this one. */
  private depth = 0

  start(): void {
    this.depth = (history.state as { depth?: number } | null)?.depth ?? 0
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as ListQuery | null
      if (kept) this.list = kept
    } catch {
      // Nothing kept.
    }
    addEventListener('popstate', (event) => {
      this.depth = (event.state as { depth?: number } | null)?.depth ?? 0
      this.read(new URL(location.href))
    })
    this.read(new URL(location.href))
  }

  go(path: string, replace = false): void {
    const url = new URL(path, location.origin)
    if (url.pathname + url.search === location.pathname + location.search) return this.read(url)
    if (!replace) this.depth += 1
    history[replace ? 'replaceState' : 'pushState']({ depth: this.depth }, '', url)
    this.read(url)
  }

  openTicket(number: string): void {
    // Walking from ticket to ticket leaves one step back to the list, not fifty.
    this.go(`/t/${number}`, this.page === 'inbox' && this.ticket !== null)
  }

  openList(query: ListQuery): void {
    this.go(pathOf(query))
  }

  /** From a ticket to its list, by the browser's own back where that leads there. */
  closeTicket(): void {
    if (this.depth > 0) history.back()
    else this.go(pathOf(this.list), true)
  }

  private read(url: URL): void {
    const [first = '', second = '', third = ''] = url.pathname.split('/').filter(Boolean).map(decodeURIComponent)
    this.token = url.searchParams.get('token')
    this.ticket = null
    if (first === 't' && second) {
      this.page = 'inbox'
      this.ticket = second
    } else if (first === 'settings') {
      this.page = 'settings'
      this.section = second || 'account'
      this.item = third || null
    } else if (first === 'mail') {
      this.page = 'mail'
      this.section = second || 'waiting'
      this.mail = third || null
    } else if (first === 'login' || first === 'setup' || first === 'reset' || first === 'notifications' || first === 'board') {
      this.page = first
    } else {
      this.page = 'inbox'
      this.list = listOf(first, second, url.searchParams)
      sessionStorage.setItem(KEPT, JSON.stringify(this.list))
    }
  }
}

export function pathOf(query: ListQuery): string {
  const asked = new URLSearchParams()
  const narrowed = query.team ? `/team/${query.team}` : query.inbox ? `/inbox/${query.inbox}` : query.tag ? `/tag/${query.tag}` : query.assignee ? `/agent/${query.assignee}` : null
  if (narrowed && query.view !== 'open') asked.set('show', query.view)
  if (query.order) asked.set('order', query.order)
  return `${narrowed ?? `/view/${query.view}`}${asked.size ? `?${asked}` : ''}`
}

function listOf(first: string, second: string, asked: URLSearchParams): ListQuery {
  const show = asked.get('show')
  const view = isView(show) ? show : 'open'
  const order = asked.get('order') === 'due' ? { order: 'due' as const } : {}
  if (first === 'team') return { view, team: second, ...order }
  if (first === 'inbox') return { view, inbox: second, ...order }
  if (first === 'tag') return { view, tag: second, ...order }
  if (first === 'agent') return { view, assignee: second, ...order }
  return { view: first === 'view' && isView(second) ? second : 'mine', ...order }
}

function isView(word: string | null): word is View {
  return VIEWS.includes(word as View)
}

export const route = new Route()
