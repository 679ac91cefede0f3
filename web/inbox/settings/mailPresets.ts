// The servers of providers that many shops have their mailbox at, so that nobody types them.
import type { Security } from '../../shared/types'
import type { ServerFields } from './mailServerFields'

interface Place { host: string; port: number; security: Security }
export interface MailPreset { key: string; name: string; domains: string[]; smtp: Place; imap: Place }

const tls = (host: string, port: number): Place => ({ host, port, security: 'tls' })

export const mailPresets: MailPreset[] = [
  { key: 'gmail', name: 'Gmail', domains: ['gmail.com', 'googlemail.com'], smtp: tls('smtp.gmail.com', 465), imap: tls('imap.gmail.com', 993) },
  { key: 'microsoft', name: 'Microsoft 365', domains: ['outlook.com', 'hotmail.com', 'live.com'], smtp: { host: 'smtp.office365.com', port: 587, security: 'starttls' }, imap: tls('outlook.office365.com', 993) },
  { key: 'exmail', name: '腾讯企业邮', domains: [], smtp: tls('smtp.exmail.qq.com', 465), imap: tls('imap.exmail.qq.com', 993) },
  { key: 'qq', name: 'QQ 邮箱', domains: ['qq.com', 'foxmail.com'], smtp: tls('smtp.qq.com', 465), imap: tls('imap.qq.com', 993) },
  { key: '163', name: '网易 163', domains: ['163.com'], smtp: tls('smtp.163.com', 465), imap: tls('imap.163.com', 993) },
]

/** The preset that both servers are, if they are one. */
export function presetOf(smtp: ServerFields, imap: ServerFields): MailPreset | undefined {
  return mailPresets.find((preset) => preset.smtp.host === smtp.host && preset.imap.host === imap.host)
}

/** The provider that an address is at, as far as its domain tells. */
export function presetFor(address: string): MailPreset | undefined {
  const domain = address.split('@')[1]?.toLowerCase()
  return mailPresets.find((preset) => domain !== undefined && preset.domains.includes(domain))
}

/** Puts the servers of the provider into the fields; who signs in stays. */
export function fillPreset(preset: MailPreset, smtp: ServerFields, imap: ServerFields): void {
  Object.assign(smtp, preset.smtp)
  Object.assign(imap, preset.imap)
}
