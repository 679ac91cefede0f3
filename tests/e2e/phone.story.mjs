// Calls, by keyboard alone: one that is written down, and one that rings.
import { administrator } from './support/people.mjs'

export const name = 'a call is logged, and a ringing one taken, without a mouse'

const NUMBER = '138 0013 8000'

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  await admin.inbox('phone')
  const key = await admin.post('/api-keys', { name: 'Telephone exchange', scopes: ['calls:write'] })
  const inbox = await admin.open(browser)
  await expect.visible(inbox.getByText('No tickets yet'))
  const keys = inbox.keyboard
  /** Tabs on until the focus is where it should be, as a person would. */
  const tabTo = async (what) => {
    for (let steps = 0; steps < 15; steps += 1) {
      if (await what.evaluate((element) => element === document.activeElement)) return
      await keys.press('Tab')
    }
    expect.fail(`Tab does not lead to ${what}`)
  }

  await keys.press('c')
  const form = inbox.getByRole('dialog')
  await expect.visible(form)
  await expect.soon(() => form.getByLabel('Number').evaluate((field) => field === document.activeElement), 'the cursor in the number')
  await keys.type(NUMBER)
  await expect.visible(form.getByText('Not known yet', { exact: false }))
  await tabTo(form.getByLabel('Name of the caller'))
  await keys.type('Wang Fang')
  await tabTo(form.getByLabel('What was said'))
  await keys.type('Wants to know whether the lamp can be dimmed.')
  await tabTo(form.getByLabel('Outcome'))
  await keys.press('ArrowDown')
  await tabTo(form.getByLabel('Duration (minutes)'))
  await keys.type('3')
  await keys.press('Control+Enter')

  await expect.gone(form)
  await expect.text(inbox.getByRole('log'), 'Wants to know whether the lamp can be dimmed.')
  await expect.text(inbox.getByRole('option'), 'Wang Fang')
  const [ticket] = await admin.tickets()
  expect.equal(ticket.channel, 'phone')
  const { messages } = await admin.get(`/tickets/${ticket.id}`)
  expect.deepEqual([messages[0].call.outcome, messages[0].call.duration_s], ['no_answer', 180])

  // The exchange reports a call; a card says who it is and what is open.
  await keys.press('Escape')
  const report = { external_id: 'call-1', state: 'ringing', number: NUMBER, direction: 'in' }
  const told = await fetch(`${desk.url}/api/v1/calls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(report),
  })
  expect.equal(told.status, 200, await told.text())
  const card = inbox.getByRole('region', { name: 'Ringing call' })
  await expect.text(card, 'Wang Fang')
  await expect.text(card, `#${ticket.number}`)
  await keys.press('Enter')
  await expect.visible(form)
  await expect.soon(async () => (await form.getByLabel('Number').inputValue()).replace(/\D/g, '').endsWith('13800138000'), 'the number filled in')
  await expect.soon(() => form.getByRole('radio', { name: 'Wang Fang' }).isChecked(), 'the customer chosen')
  await expect.soon(() => form.getByRole('radio', { name: `Add to #${ticket.number}` }).isChecked(), 'the ticket chosen')
  await tabTo(form.getByLabel('What was said'))
  await keys.type('Told her that it can.')
  await keys.press('Control+Enter')
  await expect.gone(form)
  await expect.text(inbox.getByRole('log'), 'Told her that it can.')
  expect.equal((await admin.tickets()).length, 1)
}
