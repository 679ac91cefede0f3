// One question with a list of answers (whom to assign, which status…), asked by key or by click.

export interface Choice {
  id: string | null
  label: string
  hint?: string
  color?: string
  initials?: string
  picked?: boolean
  /** More words it is found by, such as pinyin initials. */
  words?: string
}
export interface Question {
  title: string
  choices: Choice[]
  /** The element it opens beside; in the middle of the screen without one. */
  anchor?: string
  many?: boolean
  onPick: (picked: Choice) => void
  /** For many: called once with everything picked, when the question closes. */
  onDone?: (picked: Set<string>) => void
}

export class Picking {
  question = $state.raw<Question | null>(null)

  ask(question: Question): void {
    this.question = question
  }

  close(): void {
    this.question = null
  }
}

export const picking = new Picking()

/** Every typed word must be found in the label, the hint or the further words. */
export function matches(choice: Choice, typed: string): boolean {
  const text = `${choice.label} ${choice.hint ?? ''} ${choice.words ?? ''}`.toLocaleLowerCase()
  return typed.toLocaleLowerCase().split(/\s+/).every((word) => text.includes(word))
}
