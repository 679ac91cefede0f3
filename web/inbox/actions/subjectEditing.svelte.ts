// Whether the subject of the open ticket is being edited, and where the focus was before.

class SubjectEditing {
  active = $state(false)
  private origin: Element | null = null

  start(): void {
    this.origin = document.activeElement
    this.active = true
  }

  stop(): void {
    this.active = false
    if (this.origin instanceof HTMLElement) this.origin.focus()
  }
}

export const subjectEditing = new SubjectEditing()
