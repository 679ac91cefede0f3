// Mails of many programs look in the inbox as their senders laid them out: each is drawn as it came, with scripts and
// network off, and as the desk shows it, in the same width and with the same letters, and the pictures are compared.
// Where a folder of real mail lies beside the repository, or SHOUWEN_MAIL_CORPUS names one, its HTML is drawn too.
// SHOUWEN_LAYOUT_PICTURES names a folder for the pictures of those that differ most.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

import { deliver } from './support/mail.mjs'
import { htmlOf } from './support/mime.mjs'
import { administrator } from './support/people.mjs'
import { difference, picture } from './support/pictures.mjs'

export const name = 'mails keep their layout'
export const seconds = 900

const ADDRESS = 'help@shop.example'
const WIDTH = 676
const TALLEST = 2400
/** Shares of pixels: of each of our own, and what nine in ten real mails stay below. */
const OWN_LIMIT = 0.01
const REAL_LIMIT = 0.05
const here = new URL('.', import.meta.url).pathname
const pictures = new Map([
  ['plug@mail.example', { type: 'image/png', bytes: picture(120, 60, [37, 99, 235]) }],
  ['stamp@shop.example', { type: 'image/png', bytes: picture(60, 60, [190, 18, 60]) }],
])

function own() {
  const folder = join(here, 'layouts')
  return readdirSync(folder).sort().map((file) => ({ id: `own-${basename(file, '.html')}`, html: readFileSync(join(folder, file), 'utf8'), pictures }))
}

/** The main working tree, of which this may be a further one. */
function mainFolder() {
  const root = resolve(here, '../..')
  const link = existsSync(join(root, '.git')) && !existsSync(join(root, '.git/HEAD')) ? readFileSync(join(root, '.git'), 'utf8') : ''
  const within = link.match(/^gitdir: (.*)$/m)?.[1]
  return within ? resolve(root, within, '../../..') : root
}

function real() {
  const folder = process.env.SHOUWEN_MAIL_CORPUS ?? join(dirname(mainFolder()), 'shared/mail/messages')
  if (!existsSync(folder)) {
    console.log(`  ABSENT: no folder of real mail (${folder}): only our own mails are drawn`)
    return []
  }
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.eml')).sort()
  const mails = files.map((file) => ({ id: file.replace(/\.eml$/, '').replace(/[^a-z0-9]+/gi, '-'), ...htmlOf(readFileSync(join(folder, file))) }))
  const seen = new Set()
  return mails.filter(({ html }) => html?.trim() && html.length < 400_000 && !seen.has(html) && seen.add(html))
}

async function send(desk, { id, html, pictures }) {
  const from = `${id.slice(-50)}@outside.example`
  const lines = (bytes) => Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n').split('\r\n')
  const part = (head, bytes) => ['--part', ...head, 'Content-Transfer-Encoding: base64', '', ...lines(bytes)]
  const shown = [...pictures].flatMap(([cid, { type, bytes }]) => part([`Content-Type: ${type}`, `Content-ID: <${cid}>`], bytes))
  const head = [`From: Ann <${from}>`, `To: ${ADDRESS}`, `Subject: ${id}`, `Message-ID: <${id}@outside.example>`, 'MIME-Version: 1.0']
  await deliver(desk.smtp, from, ADDRESS, [...head, 'Content-Type: multipart/related; boundary=part', '', ...part(['Content-Type: text/html; charset=utf-8'], html), ...shown, '--part--'])
}

/** Every ticket by its subject. */
async function tickets(ask) {
  const found = new Map()
  let after = ''
  do {
    const page = await ask(`/api/v1/tickets?view=all&limit=100${after}`)
    for (const one of page.items) found.set(one.subject, one.id)
    after = page.next ? `&after=${encodeURIComponent(page.next)}` : ''
  } while (after)
  return found
}

/** What attributes of the body say counts for less than any style, and would lose to ours. */
const OLDER = [
  [/<body[^>]*\s(?:(?:left|top)margin|margin(?:width|height))/i, /margin:0;/],
  [/<body[^>]*\stext\s*=/i, /(?<=[;{])color:#[0-9a-f]+;/],
  [/<body[^>]*\sbgcolor\s*=/i, /(?<=[;{])background:#[0-9a-f]+/],
]

/** Pictures that lie elsewhere are loaded on neither side, and the mark of a broken one has a size that no layout gave it. */
const REMOTE = /(<img\b[^>]*?\s)src(?=\s*=\s*["']?\s*(?:https?:)?\/\/)/gi

/**
 * The mail as its sender made it, on the paper and with the letters of the inbox, and in the inbox's way of laying out
 * pages, whatever doctype it names: mail programs that show mails within their own pages keep none either, and what is
 * compared is what cleaning leaves of a mail.
 */
function asItCame({ html, pictures }, doctype, style) {
  const shown = html.replace(REMOTE, '$1data-remote-src').replace(/cid:([^"'\s>)]+)/gi, (whole, id) => {
    const found = pictures.get(decodeURIComponent(id.replace(/%(?![0-9a-f]{2})/gi, '%25')).replace(/&amp;/g, '&').toLowerCase())
    return found ? `data:${found.type};base64,${found.bytes.toString('base64')}` : whole
  })
  const plain = OLDER.reduce((style, [said, ours]) => (said.test(shown) ? style.replace(ours, '') : style), style)
  const own = shown.match(/^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?<!doctype[^>]*>/i)
  return `${doctype}<meta charset=utf-8><style>${plain}</style>${own ? shown.slice(own[0].length) : shown}`
}

/**
 * A picture of the page down to where its words and pictures end: a body as tall as its window is not a layout. Words
 * count by themselves, because cleaning leaves some without any element around them.
 */
async function draw(page) {
  const height = await page.evaluate(() => {
    const shown = [...(document.body?.querySelectorAll('*:not(.mail-body)') ?? [])]
    const words = document.createRange()
    const texts = document.createTreeWalker(document.body ?? document, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      if (!texts.currentNode.data.trim()) continue
      words.selectNodeContents(texts.currentNode)
      shown.push({ getBoundingClientRect: ((box) => () => box)(words.getBoundingClientRect()) })
    }
    return Math.ceil(Math.max(1, document.body?.innerText ? 20 : 1, ...shown.map((one) => one.getBoundingClientRect().bottom)))
  })
  await page.setViewportSize({ width: WIDTH, height: Math.min(TALLEST, height) })
  const drawn = await page.screenshot({ animations: 'disabled', caret: 'hide' })
  await page.setViewportSize({ width: WIDTH, height: 400 })
  return drawn
}

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  await admin.mailbox(ADDRESS, 9)
  const mails = [...own(), ...real()]
  for (const mail of mails) await send(desk, mail)
  const page = await admin.open(browser)
  const ask = (path) => page.evaluate(async (path) => (await fetch(path)).json(), path)
  let found = new Map()
  const read = async () => (found = await tickets(ask)).size >= mails.length
  await expect.soon(read, () => `every mail to be read: ${found.size} of ${mails.length}`, 400)

  const viewer = await page.context().newPage()
  const before = await (await browser.newContext({ javaScriptEnabled: true, serviceWorkers: 'block' })).newPage()
  await before.route('**', (route) => (/^(data|about):/.test(route.request().url()) ? route.continue() : route.abort()))
  await viewer.route('**', (route) => (route.request().url().startsWith(desk.url) ? route.continue() : route.abort()))
  const blank = await (await browser.newContext()).newPage()
  const drawn = []
  for (const mail of mails) {
    const { messages: [message] } = await ask(`/api/v1/tickets/${found.get(mail.id)}`)
    if (!message.has_html) continue
    const url = `${desk.url}/api/v1/messages/${message.id}/html`
    const shown = await (await page.context().request.get(url)).text()
    const [doctype, style] = [shown.match(/^<!doctype[^>]*>/i)[0], shown.match(/<style>(.*?)<\/style>/s)[1]]
    await viewer.setViewportSize({ width: WIDTH, height: 400 })
    await before.setViewportSize({ width: WIDTH, height: 400 })
    await viewer.goto(url)
    // A page that is written anew keeps the colours that the body before gave to links.
    await before.goto('about:blank')
    await before.setContent(withoutScripts(asItCame(mail, doctype, style)), { waitUntil: 'load' })
    const both = [await draw(before), await draw(viewer)]
    drawn.push({ id: mail.id, share: await difference(blank, ...both), both })
  }
  report(drawn)
  const ours = drawn.filter(({ id }) => id.startsWith('own-'))
  expect.ok(ours.length >= 12, `${ours.length} mails of our own were drawn`)
  expect.deepEqual(ours.filter(({ share }) => share > OWN_LIMIT).map(({ id, share }) => `${id} ${share.toFixed(3)}`), [])
  const others = drawn.filter(({ id }) => !id.startsWith('own-'))
  const apart = others.filter(({ share }) => share > REAL_LIMIT)
  expect.ok(apart.length <= others.length / 10, `${apart.length} of ${others.length} real mails lost their layout`)
}

/** Scripts are off in the desk's frame; here the browser still has to measure. */
function withoutScripts(html) {
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`
  return html.replace('<meta charset=utf-8>', `<meta charset=utf-8>${policy}`)
}

function report(drawn) {
  const worst = [...drawn].sort((one, other) => other.share - one.share)
  const middle = worst[Math.floor(worst.length / 2)]?.share ?? 0
  console.log(`  ${drawn.length} mails drawn, half of them within ${(middle * 100).toFixed(2)} % of their pixels, the worst:`)
  for (const { id, share } of worst.slice(0, 12)) console.log(`    ${(share * 100).toFixed(2).padStart(6)} %  ${id}`)
  const folder = process.env.SHOUWEN_LAYOUT_PICTURES
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  for (const { id, both: [came, shown] } of worst.slice(0, 40)) {
    writeFileSync(join(folder, `${id}-came.png`), came)
    writeFileSync(join(folder, `${id}-shown.png`), shown)
  }
  writeFileSync(join(folder, 'shares.txt'), worst.map(({ id, share }) => `${share.toFixed(4)} ${id}\n`).join(''))
}
