// Keys act, but never on somebody who types or composes.
import { expect, test, vi } from 'vitest'
import type { Action } from './Action'
import { Keymap, type Stroke } from './Keymap.svelte'

const stroke = (key: string, fields: Partial<Stroke> = {}): Stroke => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, isComposing: false, keyCode: 0, target: null, ...fields })
const action = (name: Action['name'], keys: string[], fields: Partial<Action> = {}): Action => ({ name, group: 'app', keys, run: () => {}, ...fields })
const actions = [
  action('reply', ['r']), action('goMine', ['g m']), action('send', ['mod+Enter'], { whileTyping: true }), action('sendNext', ['mod+shift+Enter'], { whileTyping: true }),
  action('help', ['?']), action('back', ['Escape'], { whileTyping: true }), action('solve', ['e'], { when: () => false }),
]
const make = ({ mac = false, typing = false, blocked = false } = {}) => new Keymap(() => actions, mac, () => typing, () => blocked)
const name = (keymap: Keymap, ...strokes: Stroke[]) => strokes.map((one) => keymap.match(one)?.name ?? null).at(-1)

test('a key finds its action', () => expect(name(make(), stroke('r'))).toBe('reply'))
test('a sequence needs both keys', () => expect(name(make(), stroke('g'), stroke('m'))).toBe('goMine'))
test('a sequence broken by another key does nothing', () => expect(name(make(), stroke('g'), stroke('r'))).toBe(null))

test('a sequence is forgotten after a while', () => {
  vi.useFakeTimers()
  const keymap = make()
  keymap.match(stroke('g'))
  vi.advanceTimersByTime(2_000)
  expect(keymap.match(stroke('m'))).toBe(null)
  vi.useRealTimers()
})

test('no key acts while an input method composes', () => {
  const typing = make({ typing: true })
  expect(name(typing, stroke('Enter', { ctrlKey: true, isComposing: true }))).toBe(null)
  expect(name(typing, stroke('Enter', { ctrlKey: true, keyCode: 229 }))).toBe(null)
  expect(name(typing, stroke('Escape', { isComposing: true }))).toBe(null)
  expect(name(make(), stroke('Process'))).toBe(null)
})

test('letters do nothing in a field, Escape and Ctrl+Enter do', () => {
  const typing = make({ typing: true })
  expect(name(typing, stroke('r'))).toBe(null)
  expect(name(typing, stroke('g'), stroke('m'))).toBe(null)
  expect(name(typing, stroke('Escape'))).toBe('back')
  expect(name(typing, stroke('Enter', { ctrlKey: true }))).toBe('send')
  expect(name(typing, stroke('Enter', { ctrlKey: true, shiftKey: true }))).toBe('sendNext')
})

test('a sign that needs Shift is found by the sign', () => expect(name(make(), stroke('?', { shiftKey: true }))).toBe('help'))
test('a letter with Ctrl or Alt is another key', () => {
  expect(name(make(), stroke('r', { ctrlKey: true }))).toBe(null)
  expect(name(make(), stroke('r', { altKey: true }))).toBe(null)
})
test('on a Mac the command key takes the place of Ctrl', () => {
  expect(name(make({ mac: true }), stroke('Enter', { metaKey: true }))).toBe('send')
  expect(name(make({ mac: true }), stroke('Enter', { ctrlKey: true }))).toBe(null)
})
test('an action out of place does not run', () => expect(name(make(), stroke('e'))).toBe(null))
test('an open dialog keeps the keys to itself', () => expect(name(make({ blocked: true }), stroke('r'))).toBe(null))
