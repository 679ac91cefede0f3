// Theme and density, remembered.
import { Stored } from './Stored.svelte'

export type Theme = 'light' | 'dark' | 'system'

export class Appearance {
  private readonly chosenTheme = new Stored<Theme>('shouwen.theme', 'system')
  private readonly chosenDensity = new Stored<'roomy' | 'tight'>('shouwen.density', 'roomy')
  private readonly system = matchMedia('(prefers-color-scheme: dark)')

  start(): void {
    this.system.addEventListener('change', () => this.paint())
    this.paint()
  }

  get theme(): Theme {
    return this.chosenTheme.current
  }
  set theme(theme: Theme) {
    this.chosenTheme.current = theme
    this.paint()
  }
  get density(): 'roomy' | 'tight' {
    return this.chosenDensity.current
  }
  set density(density: 'roomy' | 'tight') {
    this.chosenDensity.current = density
  }

  private paint(): void {
    const dark = this.theme === 'dark' || (this.theme === 'system' && this.system.matches)
    document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  }
}

export const appearance = new Appearance()
