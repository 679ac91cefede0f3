// Turns keys into actions. No key acts while an input method composes, nor while one types, but for a few.
import type { Action } from './Action'

export interface Stroke {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  shiftKey: boolean
  altKey: boolean
  isComposing: boolean
  keyCode: number
  repeat?: boolean
  target: EventTarget | null
}

const SEQUENCE_WITHIN = 1_200

export class Keymap {
  /** The first key of a sequence, waiting for its second. */
  pending = $state<string | null>(null)
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly actions: () => Action[],
    private readonly mac: boolean,
    private readonly typingIn: (target: EventTarget | null) => boolean = isTyping,
    private readonly blocked: () => boolean = () => false,
  ) {}

  /** The action of this stroke, or null. Keeps track of sequences. */
  match(stroke: Stroke): Action | null {
    if (stroke.isComposing || stroke.keyCode === 229 || stroke.key === 'Process' || stroke.key === 'Dead') return null
    if (['Shift', 'Control', 'Meta', 'Alt', 'AltGraph', 'CapsLock'].includes(stroke.key)) return null
    const typing = this.typingIn(stroke.target)
    const name = this.nameOf(stroke)
    const full = this.pending ? `${this.pending} ${name}` : name
    this.clear()
    if (this.blocked()) return null
    const able = this.actions().filter((action) => (!typing || action.whileTyping) && (action.when?.() ?? true))
    const found = able.find((action) => action.keys?.includes(full))
    if (found) return found
    if (!typing && full === name && able.some((action) => action.keys?.some((keys) => keys.startsWith(`${name} `)))) {
      this.pending = name
      this.timer = setTimeout(() => this.clear(), SEQUENCE_WITHIN)
    }
    return null
  }

  handle = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return
    // Enter on a button or a link is the button's own.
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && event.target instanceof Element && event.target.closest('button, a, summary')) return
    const action = this.match(event)
    if (!action) return
    event.preventDefault()
    action.run()
  }

  private nameOf(stroke: Stroke): string {
    const mod = this.mac ? stroke.metaKey : stroke.ctrlKey
    const other = this.mac ? stroke.ctrlKey : stroke.metaKey
    if (other || stroke.altKey) return `other+${stroke.key}`
    const letter = stroke.key.length === 1
    // A sign such as ? already holds its Shift; a letter with Shift is another key.
    const key = letter && /[a-z]/i.test(stroke.key) ? stroke.key.toLowerCase() : stroke.key
    const shift = stroke.shiftKey && (!letter || /[a-z]/i.test(stroke.key))
    return `${mod ? 'mod+' : ''}${shift ? 'shift+' : ''}${key}`
  }

  private clear(): void {
    clearTimeout(this.timer)
    this.pending = null
  }
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range', 'color'].includes(target.type)
}
