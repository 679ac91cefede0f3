// Runs the stories that need a browser: every *.story.mjs here, or those whose file name contains an argument.
// A story exports `name` and `run({ desk, browser, expect, prepared })`, and gets a desk of its own. It may export, too:
// `prepare()`, which gives `prepared`, whose `sets` are keys of the desk's configuration; `on = 'demo'`: it is told on
// the one demo that such stories share; `seconds`: how long it may take. Ends with "N passed, N failed"; a failed story
// leaves its pages and the server's output in tests/e2e/results.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startDemo, startDesk } from './support/desk.mjs'
import { expect } from './support/expect.mjs'
import { chromium } from './support/packages.mjs'

const here = new URL('.', import.meta.url).pathname
const results = join(here, 'results')
const STORY_SECONDS = 120

process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))

function storyFiles(wanted) {
  const files = readdirSync(here).filter((file) => file.endsWith('.story.mjs')).sort()
  return wanted.length ? files.filter((file) => wanted.some((part) => file.includes(part))) : files
}

function launch() {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
  args.push('--disable-background-networking', '--disable-component-update', '--disable-sync')
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args })
}

/** Rejects when the story takes longer than it should. */
async function inTime(work, seconds = STORY_SECONDS) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${seconds} s`)), seconds * 1000)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** What a person would want to see of a failed story. */
async function keepTraces(file, browser, desk, error) {
  mkdirSync(results, { recursive: true })
  const base = join(results, file.replace('.story.mjs', ''))
  writeFileSync(`${base}.txt`, `${error.stack}\n\n${desk?.output() ?? 'the server did not start'}\n`)
  const pages = browser.contexts().flatMap((context) => context.pages())
  for (const [number, page] of pages.entries()) {
    await page.screenshot({ path: `${base}-${number + 1}.png`, timeout: 10_000 }).catch((failure) => {
      console.log(`  no picture of ${page.url()}: ${failure.message}`)
    })
  }
}

let demo
/** Started for the first story that is told on it. */
const sharedDemo = () => (demo ??= startDemo())

async function tell(file, browser) {
  const began = performance.now()
  let name = file
  let desk
  const verdict = (word) => console.log(`${word} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  try {
    const story = await import(join(here, file))
    name = `${file}: ${story.name}`
    const prepared = await story.prepare?.()
    desk = story.on === 'demo' ? await sharedDemo() : await startDesk(prepared?.sets)
    await inTime(story.run({ desk, browser, expect, prepared }), story.seconds)
    verdict('ok    ')
    return true
  } catch (error) {
    verdict('FAILED')
    console.log(error.stack.replace(/^/gm, '  '))
    await keepTraces(file, browser, desk, error)
    return false
  } finally {
    await Promise.all(browser.contexts().map((context) => context.close()))
    if (desk && desk !== (await demo)) await desk.stop()
  }
}

const files = storyFiles(process.argv.slice(2))
rmSync(results, { recursive: true, force: true })
let failed = 0
const browser = await launch()
for (const file of files) {
  if (!(await tell(file, browser))) failed += 1
}
await browser.close()
await (await demo)?.stop()
if (files.length === 0) console.log('FAILED there is no such story')
console.log(`${files.length - failed} passed, ${failed} failed`)
process.exit(failed || files.length === 0 ? 1 : 0)
