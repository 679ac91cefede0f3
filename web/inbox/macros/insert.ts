// Puts words into a text field as if they were typed, so that the field's own undo takes them back.

/** Replaces what stands from one place to another; the caret is behind the words then. */
export function insert(area: HTMLTextAreaElement, words: string, from: number, to: number): void {
  area.focus()
  area.setSelectionRange(from, to)
  // The one way that keeps the browser's list of undos; old as it is, every browser has it.
  if (words === '' || document.execCommand('insertText', false, words)) return
  area.setRangeText(words, from, to, 'end')
  area.dispatchEvent(new InputEvent('input', { bubbles: true }))
}

/** The semicolon right before the caret that was typed to open the list: at the start of a line or behind a space. */
export function semicolonBefore(text: string, caret: number): number | null {
  return /(?:^|\s)[;；]$/u.test(text.slice(0, caret)) ? caret - 1 : null
}
