// A policy is changed: what it would do is seen first, and the open list of an agent tells the new times by itself.
import { deliver } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'a policy is previewed, applied, and seen at once by an agent; a message needs no reply'

const mail = (number) => ['From: Wang Fang <wang@outside.example>', 'To: help@shop.example', `Subject: Lamp ${number}`, `Message-ID: <promise-${number}@outside.example>`, '', 'When does it arrive?']

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  await admin.inbox('email', { sender_name: 'Lamp & Tea', smtp: null, imap: null, signature: '' }, 'help@shop.example')
  const agent = await admin.agent('Chen Wei')
  for (const number of [1, 2]) await deliver(desk.smtp, 'wang@outside.example', 'help@shop.example', mail(number))
  await expect.soon(async () => (await admin.tickets()).length === 2, 'the tickets')

  const list = await agent.open(browser)
  const chips = list.locator('[role=option] [data-due]')
  await expect.soon(async () => (await chips.count()) === 2, 'due chips')
  await expect.text(chips, /First response: due in (23 hours|1 day)/)

  const settings = await admin.open(browser, '/settings/sla')
  await settings.getByRole('button', { name: /Usual times/ }).click()
  const form = settings.getByRole('dialog').first()
  await form.getByLabel('First response within', { exact: true }).fill('3')
  await form.getByRole('button', { name: 'See what changes' }).click()
  const preview = settings.getByRole('dialog', { name: 'See what changes' })
  await expect.text(preview, '2 open tickets move')
  await expect.accessible(settings)
  await expect.text(chips, /First response: due in (23 hours|1 day)/)
  await preview.getByRole('button', { name: 'Apply' }).click()
  await expect.gone(form)
  await expect.text(settings.getByRole('main'), 'Done: 2 tickets have new due times.')

  await expect.text(chips, /First response: due in (2 hours|3 hours)/)
  // Soonest due first, and why.
  await list.keyboard.press('v')
  await expect.soon(() => list.url().endsWith('?order=due'), 'the order in the address')
  await expect.soon(async () => (await chips.count()) === 2, 'both, in the other order')
  await list.locator('[role=option]').first().click()
  await expect.visible(list.getByRole('log'))
  await list.keyboard.press('d')
  const why = list.getByRole('dialog', { name: 'Why is it due then?' })
  await expect.text(why, 'Policy: Usual times')
  await expect.text(why, 'Runs: the customer wrote')
  await expect.accessible(list)
  await list.keyboard.press('Escape')

  // Nobody is late for not answering "thanks"; what was said by mistake is said back.
  const waits = async () => (await admin.tickets()).filter(({ waiting_since }) => waiting_since).length
  await list.getByRole('button', { name: 'Needs no reply' }).click()
  await expect.soon(async () => (await waits()) === 1, 'nobody to wait for an answer there')
  await list.getByRole('button', { name: 'Needs a reply after all' }).click()
  await expect.soon(async () => (await waits()) === 2, 'the customer to wait again')
  await list.keyboard.press('Control+k')
  await list.keyboard.type('needs no reply')
  await list.keyboard.press('Enter')
  await expect.soon(async () => (await waits()) === 1, 'the same by the palette')
}
