// A shop's page with the widget on it, on a site of its own: "localhost" and "127.0.0.1" are two sites to a browser.
import { createServer } from 'node:http'

const page = (desk, key) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Green lamp</title>
<main><h1>Green lamp</h1><p>Glass, 40 cm, made by hand.</p></main>
<script async src="${desk}/widget.js" data-key="${key}"></script></html>`

/** Serves the page; `desk` is where the script comes from. */
export async function openShop(desk, key) {
  const server = createServer((_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(desk, key))
  })
  await new Promise((ready) => server.listen(0, 'localhost', ready))
  server.unref()
  return { url: `http://localhost:${server.address().port}/lamp`, close: () => server.close() }
}

/** What a browser that blocks third-party cookies does to a frame of another site: no storage of any kind. */
function forgetInFrames() {
  if (globalThis.self === globalThis.top) return
  const refuse = () => {
    throw new DOMException('Access is denied for this document.', 'SecurityError')
  }
  for (const store of ['localStorage', 'sessionStorage', 'indexedDB']) Object.defineProperty(globalThis, store, { get: refuse })
  Object.defineProperty(document, 'cookie', { get: refuse, set: refuse })
}

/** A visitor's browser on the shop's page, with the panel open. The browser gives third parties nothing to remember. */
export async function visit(browser, shop, { colorScheme = 'light', locale = 'en', open = true, prepare = async () => {} } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, colorScheme, locale, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const browserItself = await context.newCDPSession(page)
  const refuse = { enableThirdPartyCookieRestriction: true, disableThirdPartyCookieMetadata: true, disableThirdPartyCookieHeuristics: true }
  await browserItself.send('Network.setCookieControls', refuse)
  await context.addInitScript(forgetInFrames)
  await prepare(page)
  await page.goto(shop.url)
  return enter(page, open)
}

/** The parts of the widget on a page that shows it. */
export async function enter(page, open = true) {
  const launcher = page.locator('button[aria-expanded]')
  await launcher.waitFor()
  if (open && (await launcher.getAttribute('aria-expanded')) === 'false') await launcher.click()
  const panel = page.frameLocator('iframe')
  return { page, launcher, panel, field: panel.locator('textarea') }
}
