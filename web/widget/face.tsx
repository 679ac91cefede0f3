// A person's initials as a face: one character of a Chinese name, two letters of any other.
import { h } from 'preact'

export function Face({ name }: { name: string }) {
  return (
    <span class="face" aria-hidden="true">
      {initials(name)}
    </span>
  )
}

export function initials(name: string): string {
  const words = name.trim().split(/[\s·&/]+/)
  const first = [...(words[0] ?? '')][0] ?? ''
  if (/\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}/u.test(first)) return first
  const last = words.length > 1 ? ([...words.at(-1)!][0] ?? '') : ''
  return (first + last).toUpperCase()
}
