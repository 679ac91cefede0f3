// What agents download first, gzipped, against a limit. Raising it needs a reason in the commit that does it.
// The widget, which is measured to the byte, has a check of its own: web/widget/check-size.mjs.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const dist = new URL('../web/dist/', import.meta.url).pathname
const limits = [
  { what: 'inbox, first load', folder: 'inbox', files: firstLoad, kilobytes: 100 },
]

/** The scripts and styles that index.html names itself: not what is loaded later. */
function firstLoad(folder) {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const named = [...page.matchAll(/<(?:script|link)\b[^>]*?\b(?:src|href)="([^"]+\.(?:js|css))"/g)]
  return named.map(([, address]) => join(folder, address.replace(/^\.?\//, '')))
}

function gzipped(files) {
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0)
}

let tooLarge = 0
for (const { what, folder, files, kilobytes } of limits) {
  if (!existsSync(join(dist, '..', folder))) {
    console.log(`ABSENT   ${what}: the tree has no web/${folder} yet`)
    continue
  }
  const found = existsSync(join(dist, folder)) ? files(join(dist, folder)) : []
  const size = gzipped(found) / 1000
  const fits = found.length > 0 && size <= kilobytes
  if (!fits) tooLarge += 1
  const verdict = fits ? 'fits    ' : found.length ? 'TOO LARGE' : 'NOTHING FOUND'
  console.log(`${verdict} ${what}: ${size.toFixed(1)} of ${kilobytes} KB in ${found.length} files`)
}
process.exit(tooLarge ? 1 : 0)
