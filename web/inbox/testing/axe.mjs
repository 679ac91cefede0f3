// Walks the screens with axe. BASE is a running server holding some tickets, EMAIL and PASSWORD an administrator's.
// Exits 1 when anything serious is found.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const base = process.env.BASE ?? 'http://127.0.0.1:8080'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
let found = 0

async function check(page, name) {
  // Motion settles first, or colours are read half-way.
  await page.waitForTimeout(250)
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], iframes: false }))
  for (const one of violations) {
    const grave = one.impact === 'serious' || one.impact === 'critical'
    if (grave) found += one.nodes.length
    console.log(`${name}: ${grave ? '' : '(minor) '}${one.id}: ${one.help}`)
    for (const node of one.nodes.slice(0, 3)) console.log(`    ${node.target.join(' ')}  ${node.any[0]?.message ?? ''}`)
  }
}

for (const [theme, locale, width] of [['light', 'en', 1600], ['dark', 'zh', 1600], ['light', 'zh', 390]]) {
  const context = await browser.newContext({ viewport: { width, height: 900 } })
  if (process.env.EMAIL) await context.request.post(`${base}/api/v1/session`, { data: { email: process.env.EMAIL, password: process.env.PASSWORD }, headers: { origin: base } })
  await context.addInitScript(([theme, locale]) => { localStorage.setItem('shouwen.theme', JSON.stringify(theme)); localStorage.setItem('shouwen.language', locale) }, [theme, locale])
  const page = await context.newPage()
  const name = (screen) => `${screen} (${theme}, ${locale}, ${width})`
  await page.goto(`${base}/view/all`)
  await page.waitForTimeout(700)
  await check(page, name('list'))
  await page.locator('[role=option]').first().click()
  await page.waitForTimeout(700)
  await check(page, name('ticket'))
  await page.keyboard.press('n')
  await check(page, name('note'))
  await page.keyboard.press('Escape')
  for (const [key, screen] of [['Control+k', 'palette'], ['a', 'picker'], ['l', 'tags'], ['c', 'call'], ['w', 'new ticket'], ['/', 'find'], ['?', 'keys']]) {
    await page.keyboard.press(key)
    await page.waitForTimeout(350)
    await check(page, name(screen))
    await page.keyboard.press('Escape')
    await page.waitForTimeout(100)
  }
  for (const path of ['notifications', 'settings/account', 'settings/inboxes', 'settings/agents', 'settings/teams', 'settings/roles', 'settings/tags', 'settings/statuses', 'settings/keys', 'settings/sla', 'settings/calendars', 'settings/complaints', 'settings/assignment', 'board', 'reset', 'setup?token=x']) {
    await page.goto(`${base}/${path}`)
    await page.waitForTimeout(500)
    await check(page, name(path))
  }
  await page.goto(`${base}/settings/inboxes`)
  await page.waitForTimeout(400)
  const row = page.locator('main ul button').first()
  if (await row.count()) {
    await row.click()
    await check(page, name('inbox form'))
  }
  await context.close()
}
await browser.close()
console.log(found ? `${found} serious` : 'nothing serious')
process.exit(found ? 1 : 0)
