// The words of saved replies: `m`, in the language spoken.
import { macrosEn } from './macros.en'
import { macrosZh } from './macros.zh'
import { spoken } from './spoken'

export const m = spoken(macrosEn, macrosZh)
