// Two agents on one ticket see each other, and what they change does not overwrite in silence.
import { deliver } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'two agents work on one ticket without treading on each other'

const MAIL = ['From: Wang Fang <wang@outside.example>', 'To: help@shop.example', 'Subject: Lamp', 'Message-ID: <1@outside.example>', '', 'Is it in stock?']

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  await admin.inbox('email', { sender_name: 'Lamp & Tea', smtp: null, imap: null, signature: '' }, 'help@shop.example')
  const other = await admin.agent('Chen Wei')
  await deliver(desk.smtp, 'wang@outside.example', 'help@shop.example', MAIL)
  const ticket = await expect.soon(async () => (await admin.tickets())[0], 'the ticket')
  const current = async () => (await admin.get(`/tickets/${ticket.id}`)).ticket

  const hers = await admin.open(browser, `/t/${ticket.number}`)
  const his = await other.open(browser, `/t/${ticket.number}`)
  await expect.visible(hers.getByText('Chen Wei also here'))
  await expect.visible(his.getByText('Li Na also here'))
  await his.keyboard.press('r')
  await his.keyboard.type('We look')
  await expect.visible(hers.getByText('Chen Wei is writing a reply'))
  await his.keyboard.press('Escape')

  // Different fields: both hold, and each sees the other's.
  const pick = async (page, key, words) => {
    await page.keyboard.press(key)
    await expect.visible(page.locator('[data-picker]'))
    await page.keyboard.type(words)
    await page.keyboard.press('Enter')
    await expect.gone(page.locator('[data-picker]'))
  }
  await Promise.all([pick(hers, 'p', 'Urgent'), his.keyboard.press('i')])
  await expect.soon(async () => {
    const { priority, assignee_id: assignee } = await current()
    return priority === 'urgent' && assignee
  }, 'both changes')
  await expect.visible(hers.locator('[data-anchor=assignee]', { hasText: 'Chen Wei' }))
  await expect.visible(his.locator('[data-anchor=priority]', { hasText: 'Urgent' }))

  // The same field, before the other's change was seen: the second is told, and decides.
  const path = new RegExp(`/api/v1/tickets/${ticket.id}$`)
  let letGo
  const held = new Promise((resolve) => (letGo = resolve))
  await his.route(path, async (route) => {
    if (route.request().method() === 'PATCH') await held
    await route.continue()
  })
  const asked = his.waitForRequest((request) => path.test(request.url()) && request.method() === 'PATCH')
  await pick(his, 'p', 'Low')
  await asked
  await pick(hers, 'p', 'High')
  await expect.soon(async () => (await current()).priority === 'high', 'her priority')
  letGo()
  await expect.visible(his.getByText('Li Na has meanwhile set Priority to “High”.'))
  expect.equal((await current()).priority, 'high')
  await his.getByRole('button', { name: 'Set “Low”' }).click()
  await expect.visible(hers.locator('[data-anchor=priority]', { hasText: 'Low' }))
  expect.equal((await current()).priority, 'low')
}
