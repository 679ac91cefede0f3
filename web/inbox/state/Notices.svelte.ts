// Short notices at the bottom of the screen: done, undone, refused.

export interface Notice { id: number; text: string; tone: 'plain' | 'wrong'; action?: { label: string; run: () => void }; until: number }

export class Notices {
  items = $state.raw<Notice[]>([])
  private counted = 0

  tell(text: string, options: { tone?: Notice['tone']; action?: Notice['action']; for?: number } = {}): number {
    const id = ++this.counted
    const length = options.for ?? (options.tone === 'wrong' ? 9_000 : 4_000)
    this.items = [...this.items.slice(-2), { id, text, tone: options.tone ?? 'plain', action: options.action, until: Date.now() + length }]
    setTimeout(() => this.dismiss(id), length)
    return id
  }

  dismiss(id: number): void {
    this.items = this.items.filter((item) => item.id !== id)
  }
}

export const notices = new Notices()
