// The permissions in the order they are shown, and what a role is called.
import type { Permission, Role } from '../../shared/types'
import { t } from '../i18n/language.svelte'
import { s } from '../i18n/settings.svelte'

export const PERMISSIONS: Record<'ticket' | 'customer' | 'mail' | 'complaint' | 'admin', Permission[]> = {
  ticket: ['ticket.read', 'ticket.reply', 'ticket.note', 'ticket.edit', 'ticket.assign', 'ticket.create', 'board.read'],
  customer: ['customer.read', 'customer.edit', 'call.log'],
  mail: ['mail.read', 'mail.recover', 'raw.read'],
  complaint: ['complaint.edit', 'complaint.approve', 'complaint.close'],
  admin: ['admin.agents', 'admin.teams', 'admin.inboxes', 'admin.tags', 'admin.statuses', 'admin.roles', 'admin.keys', 'admin.sla', 'admin.complaints', 'admin.macros'],
}

export function roleName(role: Role): string {
  return role.name || (role.key ? s.roles.builtInName[role.key] : t.unknown)
}
