// Every known trick of hostile HTML comes as a mail and is opened in the page that shows mails: nothing runs, nothing
// leaves, and what is only layout stays. The tricks are read from a file named by SHOUWEN_XSS (a JSON object a line:
// id, html, kind); without it a handful of our own are used.
import { readFileSync } from 'node:fs'

import { deliver } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'hostile HTML runs nothing in the page of a mail, and its layout stays'

const ADDRESS = 'help@shop.example'
const own = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)>', '<a href="javascript:alert(1)">x</a>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>', '<math><mi xlink:href="data:x,<script>alert(1)</script>">', '<form action="//evil.example"><input autofocus onfocus=alert(1)>',
  '<p style="background:url(//evil.example/x)">x</p>', '<meta http-equiv=refresh content="0;url=//evil.example">', '<base href=//evil.example><img src=x>',
].map((html, number) => ({ id: `own-${number}`, html, kind: 'attack' }))
const layout = '<table width="400" bgcolor="#ffeedd"><tr><td style="color:rgb(200, 0, 0);text-align:center">Kept</td></tr></table>'

function vectors() {
  const file = process.env.SHOUWEN_XSS
  if (!file) return own
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return [...own, ...lines.map((line) => JSON.parse(line)).filter((one) => one.kind === 'attack')]
}

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  await admin.mailbox(ADDRESS, 9)
  const all = vectors()
  for (const { id, html } of all) {
    const body = Buffer.from(`${layout}${html}`).toString('base64').replace(/.{76}/g, '$&\r\n')
    const head = [`From: ${id.replace(/[^a-z0-9-]/gi, '-')} <${id.replace(/[^a-z0-9-]/gi, '-')}@outside.example>`, `To: ${ADDRESS}`, `Subject: ${id}`, `Message-ID: <${id.replace(/[^a-z0-9-]/gi, '-')}@outside.example>`]
    await deliver(desk.smtp, `${id.replace(/[^a-z0-9-]/gi, '-')}@outside.example`, ADDRESS, [...head, 'MIME-Version: 1.0', 'Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64', '', ...body.split('\r\n')])
  }
  const page = await admin.open(browser)
  const ask = (path) => page.evaluate(async (path) => (await fetch(path)).json(), path)
  const tickets = new Map()
  const load = async () => {
    let after = ''
    do {
      const found = await ask(`/api/v1/tickets?view=all&limit=100${after}`)
      for (const one of found.items) tickets.set(one.id, one.subject)
      after = found.next ? `&after=${encodeURIComponent(found.next)}` : ''
    } while (after)
    return tickets.size >= all.length
  }
  await expect.soon(load, () => `every mail to be read: ${tickets.size} of ${all.length}`, 90)

  const viewer = await page.context().newPage()
  const wrong = []
  viewer.on('dialog', (dialog) => { wrong.push(`dialog ${dialog.message()}`); void dialog.dismiss() })
  viewer.on('request', (request) => { if (!request.url().startsWith(desk.url) && !request.url().startsWith('data:')) wrong.push(`request ${request.url()}`) })
  viewer.on('framenavigated', (frame) => { if (frame.parentFrame() && !/^about:|\/html/.test(frame.url()) ) wrong.push(`frame ${frame.url()}`) })
  let shown = 0
  for (const [id, subject] of tickets) {
    const detail = await ask(`/api/v1/tickets/${id}`)
    const message = detail.messages[0]
    if (!message.has_html) continue
    const before = wrong.length
    await viewer.goto(`${desk.url}/api/v1/messages/${message.id}/html?images=true`)
    const kept = await viewer.evaluate(() => {
      const cell = document.querySelector('td')
      return { color: cell && getComputedStyle(cell).color, width: document.querySelector('table')?.getAttribute('width'), scripts: document.querySelectorAll('script, iframe, object, embed, form, base[href], [onerror], [onload]').length }
    })
    expect.deepEqual(kept, { color: 'rgb(200, 0, 0)', width: '400', scripts: 0 }, subject)
    expect.deepEqual(wrong.slice(before), [], subject)
    shown += 1
  }
  expect.ok(shown >= all.length * 0.9, `${shown} of ${all.length} mails have a page`)
  expect.deepEqual(wrong, [])
}
