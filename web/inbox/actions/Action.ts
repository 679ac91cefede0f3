// One thing a person can do, with its name, its keys and when it makes sense.
import type { Texts } from '../i18n/en'

export type ActionName = keyof Texts['action']
export interface Action {
  name: ActionName
  group: keyof Texts['group']
  /** 'j', 'g i', 'mod+Enter', '?'. The first is the one shown. */
  keys?: string[]
  /** May fire while one types. */
  whileTyping?: boolean
  /** Kept out of the palette: moving about is for keys. */
  keyOnly?: boolean
  when?: () => boolean
  run: () => void
}

/** How a key is written on this machine. */
export function keyLabel(keys: string, mac: boolean): string[] {
  const names: Record<string, string> = { mod: mac ? '⌘' : 'Ctrl', shift: mac ? '⇧' : 'Shift', Enter: '↵', Escape: 'Esc', ArrowDown: '↓', ArrowUp: '↑' }
  return keys.split(' ').map((stroke) => stroke.split('+').map((part) => names[part] ?? (part.length === 1 && /[a-z]/.test(part) ? part.toUpperCase() : part)).join(mac ? '' : '+'))
}
