// The words of the mail room: `m`, in the language spoken. Part of its own chunk.
import { language } from './language.svelte'
import { mailEn, type MailTexts } from './mail.en'
import { mailZh } from './mail.zh'

export const m: MailTexts = new Proxy({} as MailTexts, { get: (_, key) => (language.locale === 'zh' ? mailZh : mailEn)[key as keyof MailTexts] })
