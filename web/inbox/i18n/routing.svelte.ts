// The words of presence, ownership, assignment and the board: `r`, in the language spoken.
import { routingEn } from './routing.en'
import { routingZh } from './routing.zh'
import { spoken } from './spoken'

export const r = spoken(routingEn, routingZh)
