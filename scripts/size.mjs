// What visitors and agents download first, gzipped, against a limit for each. Raising a limit needs a reason
// in the commit that does it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const dist = new URL('../web/dist/', import.meta.url).pathname
const limits = [
  { what: 'inbox, first load', folder: 'inbox', files: firstLoad, kilobytes: 150 },
  { what: 'widget, everything', folder: 'widget', files: scriptsAndStyles, kilobytes: 15 },
]

/** The scripts and styles that index.html names itself: not what is loaded later. */
function firstLoad(folder) {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const named = [...page.matchAll(/<(?:script|link)\b[^>]*?\b(?:src|href)="([^"]+\.(?:js|css))"/g)]
  return named.map(([, address]) => join(folder, address.replace(/^\.?\//, '')))
}

function scriptsAndStyles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => ['.js', '.css'].includes(extname(name)))
    .map((name) => join(folder, name))
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
