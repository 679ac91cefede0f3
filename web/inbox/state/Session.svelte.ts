// Who is signed in and what they may do.
import type { ExpectedPermission, Me } from '../../shared/types'

export class Session {
  phase = $state<'starting' | 'out' | 'in' | 'unreachable'>('starting')
  me = $state.raw<Me | null>(null)
  /** Signed in on the screen, but the server no longer knows it: asks to sign in again over the work. */
  expired = $state(false)
  private readonly granted = $derived(new Set<ExpectedPermission>(this.me?.permissions ?? []))

  get id(): string {
    return this.me?.agent.id ?? ''
  }

  can(permission: ExpectedPermission): boolean {
    return this.granted.has(permission)
  }

  enter(me: Me): void {
    this.me = me
    this.phase = 'in'
    this.expired = false
  }

  leave(): void {
    this.me = null
    this.phase = 'out'
    this.expired = false
  }
}
