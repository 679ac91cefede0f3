// The complaint's case of the open ticket: fetched beside it, fetched again when something happened to it, changed by verbs.
import { ask, Refusal } from '../api/request'
import { c } from '../i18n/complaint.svelte'
import { notices } from '../state/Notices.svelte'
import { tellWrong, wordsFor } from '../state/wrong'
import type { Id } from '../../shared/types'
import type { CaseView } from './types'

export type CaseDialog = 'grade' | 'compensation' | 'evidence' | 'authority' | 'follow_up' | 'follow_up_done' | 'close' | 'reopen' | 'remedy' | { decide: 'approve' | 'refuse' | 'pay' | 'withdraw'; compensation: Id }

export class OpenCase {
  phase = $state<'none' | 'loading' | 'ready' | 'failed'>('none')
  view = $state.raw<CaseView | null>(null)
  error = $state.raw<unknown>(null)
  dialog = $state.raw<CaseDialog | null>(null)
  busy = $state(false)
  ticket: Id | null = null
  private generation = 0

  constructor(private readonly request: typeof ask) {}

  get case() {
    return this.view?.case ?? null
  }

  async open(ticket: Id): Promise<void> {
    if (this.ticket !== ticket) {
      this.view = null
      this.dialog = null
      this.phase = 'loading'
    }
    this.ticket = ticket
    const generation = ++this.generation
    try {
      const view = (await this.request('GET', `/tickets/${ticket}/case`)) as CaseView
      if (generation !== this.generation) return
      this.take(view)
    } catch (error) {
      if (generation !== this.generation) return
      this.error = error
      if (!this.view) this.phase = 'failed'
    }
  }

  close(): void {
    this.generation += 1
    this.ticket = this.view = this.dialog = null
    this.phase = 'none'
  }

  /** Does something to the case; what comes back is the case as it stands then. Throws what was refused. */
  async change(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object): Promise<void> {
    const ticket = this.ticket
    if (!ticket) return
    this.busy = true
    try {
      const view = (await this.request(method, `/tickets/${ticket}/case${path}`, body)) as CaseView | undefined
      if (this.ticket !== ticket) return
      this.generation += 1
      if (view) this.take(view)
    } finally {
      this.busy = false
    }
  }

  /** The same for a click: what was refused is told at the edge of the screen. */
  async attempt(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object): Promise<void> {
    try {
      await this.change(method, path, body)
    } catch (error) {
      if (error instanceof Refusal && error.status === 409 && this.ticket) {
        void this.open(this.ticket)
        notices.tell(error.problem.code === 'edit_conflict' ? c.conflict : wordsFor(error), { tone: 'wrong' })
      } else tellWrong(error)
    }
  }

  private take(view: CaseView): void {
    this.view = view
    this.phase = 'ready'
    this.error = null
  }
}

export const openCase = new OpenCase(ask)
