// The fields of a mail server as they are typed. The password is written, never read back.
import type { Security } from '../../shared/types'

export interface ServerFields { host: string; port: number; security: Security; username: string; folder: string; password: string; hasPassword: boolean }

export function emptyServer(port: number): ServerFields {
  return { host: '', port, security: 'tls', username: '', folder: 'INBOX', password: '', hasPassword: false }
}

export function serverFrom(known: { host: string; port: number; security: Security; username: string | null; folder?: string; has_password: boolean }): ServerFields {
  return { host: known.host, port: known.port, security: known.security, username: known.username ?? '', folder: known.folder ?? 'INBOX', password: '', hasPassword: known.has_password }
}

export function serverBody(server: ServerFields) {
  return { host: server.host.trim(), port: Number(server.port), security: server.security, username: server.username.trim() || null, ...(server.password ? { password: server.password } : {}) }
}

/** The port people expect for a way of encryption, unless they chose their own. */
export function usualPort(server: ServerFields, imap: boolean): number {
  const usual = imap ? { tls: 993, starttls: 143, none: 143 } : { tls: 465, starttls: 587, none: 25 }
  return Object.values(usual).includes(Number(server.port)) ? usual[server.security] : Number(server.port)
}
