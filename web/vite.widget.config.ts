// Builds the chat widget into dist/widget: the loader, the panel in the frame, and the demo shop.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: 'widget',
  base: '/widget/',
  plugins: [{ name: 'bare-html', transformIndexHtml: (html) => html.replace(/<!--.*-->\n/g, '') }],
  // The classic runtime is some hundred bytes lighter than the automatic one.
  oxc: { jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' } },
  build: {
    outDir: '../dist/widget',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome125', 'safari18', 'firefox128'],
    // The content security policy allows neither inline scripts nor data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        loader: 'widget/loader.ts',
        frame: 'widget/frame.html',
        'demo-shop': 'widget/demo-shop.html',
      },
      output: {
        // The loader imports nothing, so that this module is a classic script as well.
        entryFileNames: ({ name }) => (name === 'loader' ? 'widget.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  test: { include: ['**/*.test.ts'] },
})
