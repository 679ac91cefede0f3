// A test environment in which Svelte's state compiles as it does for a browser, without a browser.
import type { Environment } from 'vitest/runtime'

export default <Environment>{
  name: 'browserless',
  viteEnvironment: 'client',
  setup: () => ({ teardown() {} }),
}
