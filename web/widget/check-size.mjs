// Builds the widget in memory and fails when it has grown above what we promise a shop.
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const LARGEST_TOTAL = 20_000
const LARGEST_LOADER = 2_048

const { output } = await build({ configFile: 'vite.widget.config.ts', logLevel: 'error', build: { write: false } })

let total = 0
let failed = false
for (const file of output) {
  if (file.fileName.includes('demo-shop')) continue
  const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source)
  const zipped = gzipSync(bytes, { level: 9 }).length
  total += zipped
  console.log(`${file.fileName}: ${bytes.length} bytes, ${zipped} gzipped`)
  if (file.fileName === 'widget.js' && zipped > LARGEST_LOADER) failed = true
}
console.log(`widget in all: ${total} bytes gzipped of ${LARGEST_TOTAL}; the loader may have ${LARGEST_LOADER}`)
if (failed || total > LARGEST_TOTAL) {
  console.error('The widget is too large.')
  process.exit(1)
}
