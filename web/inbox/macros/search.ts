// Which saved replies are meant by what is typed: by shortcut, name, words in any of their languages, pinyin initials.
import type { OfferedMacro } from '../../shared/types'
import { initialsOf } from '../i18n/initialsOf'

type Sought = Pick<OfferedMacro, 'name' | 'shortcut' | 'texts'>

/** The best first, those that fit alike in the order they came in. Every word must fit somewhere. */
export function find<T extends Sought>(all: T[], typed: string): T[] {
  const words = typed.trim().toLocaleLowerCase()
  if (!words) return all
  const ranked = all.map((one) => ({ one, rank: rank(one, words) })).filter(({ rank }) => rank > 0)
  return ranked.sort((a, b) => b.rank - a.rank).map(({ one }) => one)
}

/** The first line that says something of its own: greetings are alike in all of them. */
export function gist(text: string): string {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean)
  return (lines.length > 1 && /[,，:：!！]$/.test(lines[0]!) ? lines[1] : lines[0]) ?? ''
}

function rank(one: Sought, words: string): number {
  const name = one.name.toLocaleLowerCase()
  const shortcut = one.shortcut.toLocaleLowerCase()
  if (shortcut && shortcut === words) return 6
  if (shortcut.startsWith(words)) return 5
  if (name.startsWith(words)) return 4
  const initials = initialsOf(one.name)
  if (name.includes(words) || initials.startsWith(words)) return 3
  if (initials.includes(words)) return 2
  const all = `${name} ${shortcut} ${one.texts.map(({ text }) => text.toLocaleLowerCase()).join(' ')}`
  return words.split(/\s+/).every((word) => all.includes(word)) ? 1 : 0
}
