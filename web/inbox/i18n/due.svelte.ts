// The words of due times: `d`, in the language spoken.
import { dueEn } from './due.en'
import { dueZh } from './due.zh'
import { spoken } from './spoken'

export const d = spoken(dueEn, dueZh)
