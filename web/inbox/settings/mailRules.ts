// The rules of a mailbox as they are typed: signatures, sending, what becomes of mail.
import type { EmailSettings, Signature } from '../../shared/types'

export interface MailRuleFields {
  signature: string
  signatures: Signature[]
  undoSeconds: number
  perMinute: number | null
  alarmAfter: number
  sameSenderDays: number
  followUpAfterDays: number
  loopLimit: number
  /** One a line. */
  aliases: string
  acknowledge: { on: boolean; text_en: string; text_zh: string; may_decline: boolean }
}

export function rulesFrom(settings: EmailSettings | undefined): MailRuleFields {
  return {
    signature: settings?.signature ?? '', signatures: settings?.signatures.map((one) => ({ ...one })) ?? [], undoSeconds: settings?.undo_seconds ?? 10, perMinute: settings?.per_minute ?? null, alarmAfter: settings?.alarm_after_minutes ?? 15,
    sameSenderDays: settings?.same_sender_days ?? 0, followUpAfterDays: settings?.follow_up_after_days ?? 0, loopLimit: settings?.loop_limit ?? 40, aliases: settings?.aliases.join('\n') ?? '',
    acknowledge: { on: false, text_en: '', text_zh: '', may_decline: false, ...settings?.acknowledge },
  }
}

export function rulesBody(rules: MailRuleFields) {
  return {
    signature: rules.signature, signatures: rules.signatures.filter((one) => one.text.trim() !== ''), undo_seconds: rules.undoSeconds, per_minute: rules.perMinute ?? 0, alarm_after_minutes: rules.alarmAfter,
    same_sender_days: rules.sameSenderDays, follow_up_after_days: rules.followUpAfterDays, loop_limit: rules.loopLimit, aliases: rules.aliases.split(/[\s,;]+/).filter(Boolean), acknowledge: { ...rules.acknowledge },
  }
}
