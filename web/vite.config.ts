// Builds the agents' inbox into dist/inbox; the widget has a config of its own beside this one.
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const server = process.env.SHOUWEN_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: 'inbox',
  base: '/',
  plugins: [svelte()],
  build: {
    outDir: '../dist/inbox',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows neither inline scripts nor data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: { proxy: { '/api': { target: server, ws: true } } },
  test: {
    dir: '.',
    include: ['inbox/**/*.test.ts', 'shared/**/*.test.ts'],
    environment: './testing/browserless.ts',
  },
})
