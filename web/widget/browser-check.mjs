// Tries the built widget in a real browser, on a shop of another origin: `CHROMIUM=… node widget/browser-check.mjs`.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Stage, until } from './stage.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const stage = await Stage.raise()
const { mock } = stage
const only = process.argv[2]
let failures = 0

async function check(name, run) {
  if (only && !name.includes(only)) return
  stage.clear()
  const opened = stage.browser.contexts().length
  try {
    await run()
    console.log('ok    ' + name)
  } catch (error) {
    failures++
    console.log('FAIL  ' + name + '\n' + error.stack)
  }
  for (const context of stage.browser.contexts().slice(opened)) await context.close()
}

const bubbles = (panel) => panel.locator('.visitor .bubble').allInnerTexts()
const sends = () => mock.frames.filter(({ type }) => type === 'send')

await check('nothing but the loader is fetched before the first opening', async () => {
  const context = await stage.browser.newContext()
  const fetched = []
  context.on('request', (request) => fetched.push(new URL(request.url()).pathname))
  const { launcher } = await stage.enter(context, false)
  await launcher.waitFor()
  assert.deepEqual(fetched.filter((path) => path !== '/' && path !== '/favicon.ico'), ['/widget.js'])
})

await check('a message goes out, is acknowledged and seen', async () => {
  const { panel, field, errors, page } = await stage.visit()
  await field.fill('hello')
  await field.press('Shift+Enter')
  await field.pressSequentially('there')
  await field.press('Enter')
  await panel.getByText('Seen', { exact: true }).waitFor()
  assert.equal(sends()[0].text, 'hello\nthere')
  assert.equal(mock.frames[0].page.title, 'Shop')
  const kept = ['', ':color', ':config', ':seen', ':talk'].map((name) => 'shouwen:key' + name)
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).sort()), kept)
  assert.deepEqual(errors, [])
})

await check('Enter while an input method composes does not send', async () => {
  const { field, page, context } = await stage.visit()
  await field.focus()
  const session = await context.newCDPSession(page)
  const input = (method, what) => session.send('Input.' + method, what)
  await input('imeSetComposition', { text: 'nihao', selectionStart: 5, selectionEnd: 5 })
  const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 }
  await input('dispatchKeyEvent', { type: 'rawKeyDown', ...key })
  await input('insertText', { text: '你好' })
  assert.equal(await field.inputValue(), '你好')
  assert.equal(sends().length, 0)
  await field.press('Enter')
  await until('sent', () => sends()[0]?.text === '你好')
})

await check('a dropped line loses nothing and doubles nothing', async () => {
  const { panel, field } = await stage.visit()
  for (const text of ['/drop one', '/duplicate two', 'three']) {
    await field.fill(text)
    await field.press('Enter')
  }
  await until('all acknowledged', async () => (await panel.locator('.pending').count()) === 0)
  assert.deepEqual(await bubbles(panel), ['/drop one', '/duplicate two', 'three'])
  assert.equal(mock.first.messages.length, 3)
})

await check('a reload does not lose an unacknowledged message', async () => {
  const { panel, field, page } = await stage.visit()
  mock.silent = true
  await field.fill('first')
  await field.press('Enter')
  await until('sent', () => sends().length === 1)
  mock.silent = false
  await page.reload()
  await until('sent again', () => sends().length === 2)
  assert.equal(sends()[0].client_id, sends()[1].client_id)
  await page.locator('button[aria-expanded]').click()
  await until('acknowledged', async () => (await panel.locator('.bubble:not(.pending)').count()) === 1)
})

await check('two tabs show everything once and share what was seen', async () => {
  const first = await stage.visit()
  await first.field.fill('from the first')
  await first.field.press('Enter')
  await until('arrived', () => mock.first.messages.length === 1)
  const second = await stage.enter(first.context, false)
  mock.say(mock.first, 'an answer')
  await until('seen in the first', () => mock.frames.some(({ type, position }) => type === 'seen' && position === 2))
  await until('no badge in the second', async () => (await second.launcher.innerText()) === '')
  await second.launcher.click()
  assert.deepEqual(await bubbles(second.panel), ['from the first'])
  await second.field.fill('from the second')
  await second.field.press('Enter')
  await until('in both', async () => (await bubbles(first.panel)).length === 2)
  assert.deepEqual(await bubbles(second.panel), ['from the first', 'from the second'])
})

await check('unread answers are counted on the launcher until they are looked at', async () => {
  mock.say(mock.addVisitor('known'), 'one')
  mock.say(mock.first, 'two')
  const kept = { 'shouwen:key': 'known', 'shouwen:key:talk': '1' }
  const { launcher, panel } = await stage.visit({ kept, open: false })
  await until('a badge of two', async () => (await launcher.innerText()) === '2')
  assert.equal(await launcher.getAttribute('aria-label'), 'Chat (2)')
  await launcher.click()
  await panel.getByText('two', { exact: true }).waitFor()
  await until('no badge', async () => (await launcher.innerText()) === '')
})

await check('Escape closes, focus goes in and comes back', async () => {
  const { page, launcher, field } = await stage.visit({ open: false })
  const focused = () => page.evaluate(() => document.activeElement.shadowRoot?.activeElement.tagName ?? document.activeElement.id)
  await launcher.focus()
  await page.keyboard.press('Enter')
  await field.waitFor()
  await until('focus in the field', () => field.evaluate((area) => document.hasFocus() && document.activeElement === area))
  await page.keyboard.press('Escape')
  await until('closed', async () => (await launcher.getAttribute('aria-expanded')) === 'false')
  assert.equal(await focused(), 'BUTTON')
  await page.locator('#elsewhere').focus()
  await page.evaluate(() => window.shouwen.open())
  await until('focus in the field', () => field.evaluate((area) => document.hasFocus() && document.activeElement === area))
  await page.keyboard.press('Escape')
  await until('focus back', async () => (await focused()) === 'elsewhere')
})

await check('hostile styles, a replaced page and a second script do no harm', async () => {
  const style = '* { display: none !important; opacity: 0 !important; position: static !important } html, body { display: block !important }'
  const { page, launcher, field } = await stage.visit({ shop: { style } })
  await page.evaluate(() => {
    document.body = document.createElement('body')
    document.documentElement.lastElementChild.remove()
    const script = document.createElement('script')
    script.src = 'http://127.0.0.1:8091/widget.js'
    script.dataset.key = 'key'
    document.head.append(script)
  })
  await page.waitForTimeout(500)
  assert.equal(await launcher.count(), 1)
  const box = await launcher.boundingBox()
  assert.deepEqual([box.width, box.height], [56, 56])
  await field.waitFor()
})

await check('a shop with a strict policy and without storage still chats', async () => {
  const policy = "default-src 'none'; script-src http://127.0.0.1:8091; frame-src http://127.0.0.1:8091; require-trusted-types-for 'script'"
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">`
  stage.page = ''
  const context = await stage.browser.newContext()
  await context.addInitScript(() => {
    if (location.port === '8092') Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })
  })
  const { page } = await stage.visit({ shop: { head } })
  await page.context().close()
  const { launcher, panel, field } = await stage.enter(context)
  assert.equal((await launcher.boundingBox()).width, 56)
  await field.fill('no storage')
  await field.press('Enter')
  await panel.getByText('Seen', { exact: true }).waitFor()
})

await check('files: too large is told, a picture is shown, another is downloaded', async () => {
  const { page, panel, field, errors } = await stage.visit()
  const picker = panel.locator('input[type=file]')
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
  await picker.setInputFiles({ name: 'large.zip', mimeType: 'application/zip', buffer: Buffer.alloc(10_000_001) })
  await panel.getByText('Larger than 10 MB').waitFor()
  await panel.getByLabel('Delete large.zip').click()
  await picker.setInputFiles([
    { name: 'dot.png', mimeType: 'image/png', buffer: png },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') },
  ])
  await panel.locator('.send[aria-disabled=false]').click()
  await panel.locator('.picture img').waitFor()
  const download = page.waitForEvent('download')
  await panel.locator('.file').click()
  assert.equal((await download).suggestedFilename(), 'notes.txt')
  await panel.locator('.picture').click()
  await panel.locator('dialog[open] img').waitFor()
  await page.keyboard.press('Escape')
  await until('only the picture closed', async () => (await panel.locator('dialog[open]').count()) === 0)
  await field.waitFor({ state: 'visible' })
  assert.deepEqual(errors, [])
})

await check('a refusal is explained, can be tried again or edited', async () => {
  const { panel, field } = await stage.visit()
  await field.fill('/refuse 429')
  await field.press('Enter')
  await panel.getByText('Too many messages').waitFor()
  await panel.getByRole('button', { name: 'Try again' }).click()
  await until('sent again', () => sends().length === 2)
  await panel.getByRole('button', { name: 'Delete' }).click()
  await field.fill('/refuse 422 words')
  await field.press('Enter')
  await panel.getByRole('button', { name: 'Edit' }).click()
  assert.equal(await field.inputValue(), '/refuse 422 words')
})

await check('offline is told, writing goes on, sending queues', async () => {
  const { panel, field, context } = await stage.visit()
  await context.setOffline(true)
  mock.drop()
  await panel.getByText('You are offline').waitFor()
  await field.fill('written offline')
  await field.press('Enter')
  await context.setOffline(false)
  await until('arrived', () => mock.first.messages.length === 1)
})

await check('markup stays text and only web addresses are links', async () => {
  const { panel } = await stage.visit()
  await until('connected', () => mock.visitors.size === 1)
  mock.say(mock.first, '<img src=x onerror=alert(1)> javascript:alert(1) https://shop.example/a?b=1.')
  const link = panel.locator('.bubble a')
  await link.waitFor()
  assert.equal(await link.getAttribute('href'), 'https://shop.example/a?b=1')
  assert.equal(await link.getAttribute('rel'), 'noopener noreferrer nofollow')
  assert.equal(await panel.locator('.bubble img').count(), 0)
})

await check('reading further up is not disturbed and not counted as seen', async () => {
  const { panel, field } = await stage.visit()
  await field.fill('/long')
  await field.press('Enter')
  await panel.getByText('Line 119 ').waitFor()
  const log = panel.locator('.log')
  await log.evaluate((list) => (list.scrollTop = 100))
  await panel.locator('.to-end').waitFor()
  mock.say(mock.first, 'the newest')
  await panel.getByRole('button', { name: 'New messages' }).getByText('New messages').waitFor()
  assert.equal(await log.evaluate((list) => list.scrollTop), 100)
  await panel.locator('.to-end').click()
  await until('seen', () => mock.frames.some(({ type, position }) => type === 'seen' && position === 121))
})

for (const colorScheme of ['light', 'dark'])
  await check('axe finds nothing, ' + colorScheme, async () => {
    mock.config.ask_email = true
    const { panel, page, field } = await stage.visit({ colorScheme })
    for (const text of ['hello', '/refuse 422']) {
      await field.fill(text)
      await field.press('Enter')
    }
    await panel.locator('.ask').waitFor()
    await panel.locator('.failure').waitFor()
    for (const frame of page.frames()) {
      await frame.evaluate(axe)
      const { violations } = await frame.evaluate((color) => window.axe.run(color), { iframes: false })
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [])
    }
  })

await check('a visitor who comes back and does not open costs no pictures', async () => {
  const visitor = mock.addVisitor('known')
  mock.say(visitor, '', { attachments: [mock.addFile('dot.png', 'image/png', Buffer.alloc(10))] })
  const asked = []
  const { page, launcher, panel } = await stage.visit({ kept: { 'shouwen:key': 'known', 'shouwen:key:talk': '1' }, open: false })
  page.on('request', (request) => asked.push(request.url()))
  await until('a badge', async () => (await launcher.innerText()) === '1')
  assert.equal(await panel.locator('main').count(), 0)
  await launcher.click()
  await until('the picture is asked for', () => asked.some((url) => url.includes('/attachments/')))
})

await stage.strike()
process.exit(failures ? 1 : 0)
