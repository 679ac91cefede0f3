// An agent leaves: who takes over is asked for. The customer gets a tier and an agent of their own in the panel.
import { deliver } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'a customer gets a tier and a dedicated agent; the agent leaves and another takes over'

const MAIL = ['From: Wang Fang <wang@outside.example>', 'To: help@shop.example', 'Subject: Lamp', 'Message-ID: <leaving@outside.example>', '', 'When does it arrive?']

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  await admin.inbox('email', { sender_name: 'Lamp & Tea', smtp: null, imap: null, signature: '', undo_seconds: 0 }, 'help@shop.example')
  const [chen] = [await admin.agent('Chen Wei'), await admin.agent('Bo Larsen')]
  await admin.post('/tiers', { name: 'gold', rank: 2, dedicated_agent_id: null })
  await deliver(desk.smtp, 'wang@outside.example', 'help@shop.example', MAIL)
  const ticket = await expect.soon(async () => (await admin.tickets())[0], 'the ticket')
  await chen.post(`/tickets/${ticket.id}/messages`, { client_id: 'the-first-answer', visibility: 'public', text: 'Tomorrow.', seen_position: 1 })

  const page = await admin.open(browser, `/t/${ticket.number}`)
  const panel = page.getByRole('complementary', { name: 'Customer' })
  const pick = async (anchor, words) => {
    await panel.locator(`[data-anchor=${anchor}]`).click()
    await expect.visible(page.locator('[data-picker]'))
    await page.keyboard.type(words)
    await page.keyboard.press('Enter')
  }
  await pick('tier', 'gold')
  await expect.text(panel.locator('[data-anchor=tier]'), 'gold')
  await pick('dedicated', 'Chen')
  await expect.text(panel.locator('[data-anchor=dedicated]'), 'Chen Wei')
  await expect.accessible(page)

  const settings = await admin.open(browser, '/settings/agents')
  await settings.getByRole('list', { name: 'Agents' }).getByRole('button', { name: /Chen Wei/ }).click()
  await settings.getByRole('dialog').getByRole('button', { name: 'Deactivate…' }).click()
  const leaving = settings.getByRole('dialog', { name: 'Deactivate Chen Wei' })
  await expect.text(leaving, 'Assigned: 1. Owned: 1. Customers looked after: 1.')
  await leaving.getByLabel('Who takes over').selectOption({ label: 'Bo Larsen' })
  await expect.accessible(settings)
  await leaving.getByRole('button', { name: 'Deactivate', exact: true }).click()
  await expect.gone(leaving)
  const bo = (await admin.get('/agents')).items.find((one) => one.name === 'Bo Larsen').id
  const after = await expect.soon(async () => (await admin.tickets()).find((one) => one.owner_id === bo), 'the new owner')
  expect.equal(after.assignee_id, bo)
  expect.equal((await admin.get(`/customers/${ticket.customer.id}`)).dedicated_agent_id, bo)
}
