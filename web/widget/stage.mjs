// A browser, a desk that misbehaves and a shop of another origin to try the widget in. Needs a build.
// The browser is the one named by CHROMIUM.
import { createServer } from 'node:http'
import { chromium } from 'playwright-core'
import { Mock } from './mock.mjs'

const DESK = 8091
const SHOP = 8092

const shopPage = ({ style = '', head = '', attributes = '' }) => `<!doctype html>
<html lang="en"><head><meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title>${head}
<style>${style}</style>
<script async src="http://127.0.0.1:${DESK}/widget.js" data-key="key" ${attributes}></script></head>
<body><main><h1>A shop</h1><button id="elsewhere">Elsewhere</button></main></body></html>`

export class Stage {
  page = shopPage({})

  static async raise() {
    const stage = new Stage()
    stage.mock = new Mock()
    await stage.mock.listen(DESK)
    stage.shop = createServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' })
      response.end(stage.page)
    })
    await new Promise((resolve) => stage.shop.listen(SHOP, resolve))
    const quiet = ['quic', 'gpu', 'background-networking', 'component-update', 'sync'].map((what) => '--disable-' + what)
    const args = ['--no-sandbox', '--no-first-run', ...quiet]
    stage.browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args })
    return stage
  }

  /** A visitor's browser at the shop; `kept` is what an earlier visit has left there. */
  async visit({ shop = {}, kept = {}, open = true, ...options } = {}) {
    this.page = shopPage(shop)
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
    await context.addInitScript((kept) => {
      if (location.port === '8092')
        try {
          if (!localStorage.length) Object.assign(localStorage, kept)
        } catch {}
    }, kept)
    return this.enter(context, open)
  }

  async enter(context, open = true) {
    const page = await context.newPage()
    const errors = []
    page.on('pageerror', (error) => errors.push(String(error)))
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    await page.goto(`http://localhost:${SHOP}/`)
    const launcher = page.locator('button[aria-expanded]')
    await launcher.waitFor()
    const panel = page.frameLocator('iframe')
    if (open) {
      await launcher.click()
      await panel.locator('textarea').waitFor()
    }
    return { context, page, launcher, panel, errors, field: panel.locator('textarea') }
  }

  async strike() {
    await this.browser.close()
    this.shop.close()
    this.shop.closeAllConnections()
    this.mock.server.close()
    this.mock.server.closeAllConnections()
  }

  /** Forgets every visitor and setting. */
  clear() {
    const { config, visitors, files } = this.mock
    this.mock.drop()
    visitors.clear()
    files.clear()
    this.mock.frames.length = 0
    this.mock.silent = false
    Object.assign(config, { title: 'Lamp & Tea', greeting: '', online: true, ask_email: false, color: '#0f766e' })
  }
}

export async function until(what, happens) {
  for (let times = 0; times < 150; times++) {
    if (await happens()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('never: ' + what)
}
