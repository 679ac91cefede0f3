// Pictures of every screen of a running demo, to be looked at: node tests/e2e/tour.mjs FOLDER [part of a screen's name].
// Three widths, both languages, both themes. Start `shouwen demo` first; SHOUWEN_URL and SHOUWEN_SMTP say where it is.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { chromium } from './support/packages.mjs'
import { look, screensOf, settle, signIn, writeIn } from './support/screens.mjs'

const [folder, part = ''] = process.argv.slice(2)
if (!folder) {
  console.error('usage: node tests/e2e/tour.mjs FOLDER [part of a screen’s name]')
  process.exit(2)
}
const url = process.env.SHOUWEN_URL ?? 'http://127.0.0.1:8080'
const smtp = process.env.SHOUWEN_SMTP ?? '127.0.0.1:2525'
const widths = process.env.WIDTHS?.split(',').map(Number) ?? [390, 1024, 1600]
mkdirSync(folder, { recursive: true })

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] })
const { cookies, request } = await signIn(browser, url)
await writeIn({ url, smtp }, request)
let [missed, visitor] = [0, undefined]
for (const width of widths)
  for (const [locale, theme] of [['en', 'light'], ['zh', 'light'], ['en', 'dark'], ['zh', 'dark']]) {
    for (const { name, go, out, returns } of screensOf(url).filter((one) => one.name.includes(part))) {
      const context = await look(browser, { width, locale, theme, state: returns ? visitor : undefined })
      if (!out) await context.addCookies(cookies)
      const page = await context.newPage()
      page.setDefaultTimeout(8_000)
      try {
        await go(page)
        await settle(page)
        await page.screenshot({ path: join(folder, `${name}-${width}-${locale}-${theme}.png`) })
        if (returns) visitor ??= await context.storageState()
      } catch (error) {
        missed += 1
        console.log(`no picture of ${name} at ${width}, ${locale}, ${theme}: ${error.message.split('\n')[0]}`)
      }
      await context.close()
    }
  }
await browser.close()
console.log(missed ? `${missed} screens could not be reached` : 'every screen was reached')
process.exit(missed ? 1 : 0)
