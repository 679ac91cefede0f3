// Files go both ways through the chat, and stay with those who may see them.
import { readFile } from 'node:fs/promises'

import { administrator } from './support/people.mjs'
import { openShop, visit } from './support/shop.mjs'

export const name = 'a customer sends a picture, the agent a file, and nobody else gets them'

const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const chat = await admin.chat()
  const shop = await openShop(desk.url, chat.widget_key)
  const inbox = await admin.open(browser)
  // The picture is there before the server has said who the visitor is.
  let greet
  const greeted = new Promise((resolve) => (greet = resolve))
  const slowly = (page) => page.routeWebSocket(/widget\/v1\/socket/, (socket) => greeted.then(() => void socket.connectToServer()))
  const visitor = await visit(browser, shop, { prepare: slowly })
  await visitor.panel.locator('input[type=file]').setInputFiles({ name: 'broken lamp.png', mimeType: 'image/png', buffer: PICTURE })
  await expect.visible(visitor.panel.getByText('broken lamp.png'))
  greet()
  await visitor.field.fill('It looks like this.')
  await visitor.panel.locator('.send[aria-disabled=false]').click()
  await expect.visible(visitor.panel.locator('.picture img'))

  await inbox.getByRole('option').click()
  const talk = inbox.getByRole('log')
  const picture = talk.locator('img')
  await expect.visible(picture)
  await expect.soon(() => picture.evaluate((image) => image.naturalWidth === 1), 'the picture to be drawn')

  await inbox.locator('#composer-files').setInputFiles({ name: '说明书.txt', mimeType: 'text/plain', buffer: Buffer.from('Screw it in.') })
  await inbox.keyboard.press('r')
  await inbox.keyboard.type('This is how it is mounted.')
  await expect.soon(() => inbox.getByRole('button', { name: 'Send', exact: true }).isEnabled(), 'the file to be uploaded')
  await inbox.keyboard.press('Control+Enter')
  const file = visitor.panel.locator('.file')
  await expect.text(file, '说明书.txt')
  const download = visitor.page.waitForEvent('download')
  await file.click()
  const taken = await download
  expect.equal(taken.suggestedFilename(), '说明书.txt')
  expect.equal(await readFile(await taken.path(), 'utf8'), 'Screw it in.')

  // A stranger who knows the addresses gets neither.
  const [ticket] = await admin.tickets()
  const { messages } = await admin.get(`/tickets/${ticket.id}`)
  const ids = messages.flatMap(({ attachments }) => attachments.map(({ id }) => id))
  expect.equal(ids.length, 2)
  for (const id of ids) {
    for (const path of [`/api/v1/attachments/${id}`, `/api/widget/v1/attachments/${id}`]) {
      expect.equal((await fetch(desk.url + path)).status, 401, path)
    }
  }
  shop.close()
}
