// A complaint from its suggested grade to a compensation that somebody else has to approve.
import { deliver } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'an agent grades a complaint and asks for more than may be granted; somebody else approves'

const MAIL = [
  'From: Wang Fang <wang@outside.example>', 'To: help@shop.example', 'Subject: Shock', 'Message-ID: <shock@outside.example>', 'Content-Type: text/plain; charset=utf-8', '',
  'The lamp gave my child an electric shock! I will report you to 12315 and to the newspaper. I want my 580 yuan back.',
]

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  await admin.inbox('email', { sender_name: 'Lamp & Tea', smtp: null, imap: null, signature: '' }, 'help@shop.example')
  const agent = await admin.agent('Chen Wei')
  await deliver(desk.smtp, 'wang@outside.example', 'help@shop.example', MAIL)
  const ticket = await expect.soon(async () => (await admin.tickets())[0], 'the ticket')

  const his = await agent.open(browser, `/t/${ticket.number}`)
  await expect.visible(his.getByRole('log'))
  await his.keyboard.press('y')
  await expect.visible(his.locator('[data-picker]'))
  await his.keyboard.type('Complaint')
  await his.keyboard.press('Enter')
  const panel = his.getByRole('region', { name: 'Complaint' })
  await expect.text(panel, 'Suggested')
  await expect.text(panel, 'an authority is mentioned: “')
  await panel.getByRole('button', { name: 'Confirm' }).click()
  await expect.text(panel, 'Confirmed')
  await expect.accessible(his)

  await panel.getByRole('button', { name: 'Grant or request…' }).click()
  const form = his.getByRole('dialog')
  await form.getByLabel('Amount').fill('999999')
  await expect.text(form, 'somebody who may approve decides')
  await form.getByLabel('Reason').fill('The child was hurt.')
  await form.getByRole('button', { name: 'Submit' }).click()
  await expect.gone(form)
  await expect.text(panel, 'Waits for approval')

  const hers = await admin.open(browser, `/t/${ticket.number}`)
  const case_ = hers.getByRole('region', { name: 'Complaint' })
  await case_.getByRole('button', { name: 'Approve' }).click()
  const decision = hers.getByRole('dialog')
  await decision.getByLabel('Reason').fill('Agreed with the owner of the shop.')
  await decision.getByRole('button', { name: 'Approve' }).click()
  await expect.gone(decision)
  await expect.text(case_, 'Approved')
  // The agent's open panel tells it by itself.
  await expect.text(panel, 'Approved')
  const view = await admin.get(`/tickets/${ticket.id}/case`)
  expect.deepEqual(view.case.compensations.map(({ state, amount }) => [state, amount.minor]), [['approved', 99_999_900]])
}
