// A ticket worked off without a mouse: by its keys, by the palette, and in Chinese by initials.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { deliver, openPostOffice } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'status, assignee, tags, files and every command by keyboard alone, in both languages'

const ADDRESS = 'help@shop.example'
const MAIL = ['From: Wang Fang <wang@outside.example>', `To: ${ADDRESS}`, 'Subject: Lamp', 'Message-ID: <1@outside.example>', '', 'Is it in stock?']

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const office = await openPostOffice()
  await admin.mailbox(ADDRESS, office.port)
  const colleague = await admin.agent('Chen Wei')
  const [refund, damaged] = [await admin.post('/tags', { name: 'refund', color: 'red' }), await admin.post('/tags', { name: 'damaged', color: 'amber' })]
  await deliver(desk.smtp, 'wang@outside.example', ADDRESS, MAIL)
  const ticket = await expect.soon(async () => (await admin.tickets())[0], 'the ticket')
  const current = async () => (await admin.get(`/tickets/${ticket.id}`)).ticket
  const becomes = (what, fits) => expect.soon(async () => fits(await current()), what)
  const { agents, statuses } = await admin.get('/bootstrap')
  const chen = agents.find(({ email }) => email === colleague.email).id
  const me = agents.find(({ email }) => email === admin.email).id
  expect.ok(statuses.some(({ category }) => category === 'on_hold'))

  const page = await admin.open(browser, `/t/${ticket.number}`)
  await expect.visible(page.getByRole('log').getByText('Is it in stock?'))
  const picker = page.locator('[data-picker]')
  const pick = async (key, words, ...then) => {
    await page.keyboard.press(key)
    await expect.visible(picker)
    await page.keyboard.type(words)
    await page.keyboard.press('Enter')
    for (const stroke of then) await page.keyboard.press(stroke)
    await expect.gone(picker)
  }
  await pick('s', 'on hold')
  // The customer is waiting: whoever stops the clock says why, and what was said stands in the conversation.
  const why = page.getByRole('dialog', { name: 'Why “On hold”?' })
  await expect.text(why, 'The customer has been waiting for an answer since')
  await expect.accessible(page)
  await page.keyboard.type('The maker is asked')
  await page.keyboard.press('Control+Enter')
  await expect.gone(why)
  await becomes('on hold', ({ category }) => category === 'on_hold')
  await expect.text(page.getByRole('log'), 'You set the status to On hold: The maker is asked')
  await pick('a', 'chen')
  await becomes('assigned to Chen Wei', ({ assignee_id }) => assignee_id === chen)
  await pick('l', 'refund', 'Escape')
  await becomes('tagged', ({ tag_ids }) => tag_ids.includes(refund.id))
  await page.keyboard.press('l')
  await expect.visible(picker)
  await page.keyboard.type('refund')
  await page.keyboard.press('Enter')
  for (const _ of 'refund') await page.keyboard.press('Backspace')
  await page.keyboard.type('damaged')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await becomes('another tag', ({ tag_ids }) => tag_ids.join() === damaged.id)
  await page.keyboard.press('e')
  await becomes('solved', ({ category }) => category === 'solved')
  await page.keyboard.press('e')
  await becomes('open again', ({ category }) => category === 'open')

  // Escape changes nothing, and no key acts while one types.
  const before = await current()
  await page.keyboard.press('s')
  await expect.visible(picker)
  await page.keyboard.press('Escape')
  await expect.gone(picker)
  await page.keyboard.press('r')
  await page.keyboard.type('sale, also late: else ')
  expect.equal(await picker.count(), 0)
  const fields = ({ status_id, assignee_id, priority, tag_ids, team_id, subject }) => ({ status_id, assignee_id, priority, tag_ids, team_id, subject })
  expect.deepEqual(fields(await current()), fields(before))

  // A file, by the palette.
  const file = join(desk.folder, 'offer.txt')
  writeFileSync(file, 'one lamp, 40 EUR')
  const command = async (words) => {
    await page.keyboard.press('Control+k')
    await expect.visible(page.getByRole('dialog'))
    await page.keyboard.type(words)
    await page.keyboard.press('Enter')
  }
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), command('attach')])
  await chooser.setFiles(file)
  await expect.visible(page.getByRole('region', { name: 'Composer' }).getByText('offer.txt'))
  await expect.soon(async () => (await page.locator('progress').count()) === 0, 'the file to be there')
  await page.keyboard.press('r')
  await page.keyboard.press('Control+Enter')
  const answer = await expect.soon(() => office.mails[0], 'the answer to leave')
  expect.match(answer.raw, /filename="?offer\.txt/)
  await page.keyboard.press('Escape')
  await command('waiting')
  await expect.soon(() => new URL(page.url()).pathname === '/view/waiting', 'the view of those that wait')
  await page.goto(`${desk.url}/t/${ticket.number}`)
  await expect.visible(page.getByRole('log'))
  await command('assign to me')
  await becomes('mine', ({ assignee_id }) => assignee_id === me)

  // What else the customer is known by: it is told what it looks like, or what somebody says it is.
  const known = async (value) => (await admin.get(`/tickets/${ticket.id}`)).customer.identities.find((one) => one.value === value)?.kind
  const tell = async (value, ...before) => {
    await page.getByRole('button', { name: 'Add email, phone or shop’s id' }).press('Enter')
    for (const stroke of before) await page.keyboard.press(stroke)
    await page.keyboard.type(value)
    await page.keyboard.press('Enter')
    await expect.soon(() => known(value), value)
  }
  await tell('138 0013 8000')
  expect.equal(await known('138 0013 8000'), 'phone')
  await tell('SHOP-42', 'Shift+Tab', 'S', 'Tab')
  expect.equal(await known('SHOP-42'), 'external')
  await page.keyboard.press('Escape')
  await page.keyboard.press('/')
  await expect.visible(page.getByRole('dialog'))
  await page.keyboard.type('SHOP-42')
  await expect.visible(page.getByRole('dialog').getByRole('option').filter({ hasText: 'Lamp' }))
  await page.keyboard.press('Escape')

  // In Chinese: titles, parts of them, and their initials.
  const chinese = await colleague.open(browser, `/t/${ticket.number}`, { locale: 'zh' })
  await expect.visible(chinese.getByRole('log'))
  const order = async (words, then) => {
    await chinese.keyboard.press('Control+k')
    await expect.visible(chinese.getByRole('dialog'))
    await chinese.keyboard.type(words)
    await chinese.keyboard.press('Enter')
    if (!then) return
    await expect.visible(chinese.locator('[data-picker]'))
    await chinese.keyboard.type(then)
    await chinese.keyboard.press('Enter')
    await expect.gone(chinese.locator('[data-picker]'))
  }
  await order('fpgw')
  await becomes('taken by Chen Wei', ({ assignee_id }) => assignee_id === chen)
  await order('szyxj', '紧急')
  await becomes('urgent', ({ priority }) => priority === 'urgent')
  await order('jj')
  await becomes('solved in Chinese', ({ category }) => category === 'solved')
  await order('设置状态', '处理中')
  await becomes('open in Chinese', ({ category }) => category === 'open')
  await order('qwqbgd')
  await expect.soon(() => new URL(chinese.url()).pathname === '/view/all', 'the view of all')
  await order('yw')
  await expect.visible(chinese.getByRole('heading', { name: 'All tickets' }))

  // Supervisors see who stopped a clock while a customer was waiting.
  await page.goto(`${desk.url}/board`)
  const pauses = page.getByRole('region', { name: 'Put aside while the customer waited' })
  await expect.text(pauses, 'The maker is asked')
  await expect.accessible(page)
  office.close()
}
