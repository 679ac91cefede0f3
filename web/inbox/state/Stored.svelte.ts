// A value remembered by this browser.

export class Stored<T> {
  private value: T

  constructor(
    private readonly key: string,
    fallback: T,
  ) {
    let kept = fallback
    try {
      const text = localStorage.getItem(key)
      if (text !== null) kept = JSON.parse(text) as T
    } catch {
      // Unreadable or not allowed: the fallback stands.
    }
    this.value = $state(kept)
  }

  get current(): T {
    return this.value
  }

  set current(next: T) {
    this.value = next
    try {
      localStorage.setItem(this.key, JSON.stringify(next))
    } catch {
      // Not remembered, still valid for this page.
    }
  }
}
