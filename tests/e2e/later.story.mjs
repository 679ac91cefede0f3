// An answer that can be taken back, and one that was to go later and does not because the customer wrote first.
import { deliver, openPostOffice } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'what is sent can be undone, and the customer’s own mail cancels what was to go later'

const ADDRESS = 'help@shop.example'
const CUSTOMER = 'wang@outside.example'

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const office = await openPostOffice()
  await admin.mailbox(ADDRESS, office.port, { undo_seconds: 30, signature: 'Yours, {{agent.name}}' })
  const send = (id, body, ...head) => deliver(desk.smtp, CUSTOMER, ADDRESS, [`From: Wang Fang <${CUSTOMER}>`, `To: ${ADDRESS}`, 'Subject: Broken lamp', `Message-ID: <${id}@outside.example>`, ...head, '', body])
  await send('one', 'The lamp came broken.')
  await expect.soon(async () => (await admin.tickets()).length === 1, 'the ticket')
  const [ticket] = await admin.tickets()

  const inbox = await admin.open(browser, `/t/${ticket.number}`)
  const talk = inbox.getByRole('log')
  const field = inbox.getByLabel('Reply', { exact: true }).last()
  await expect.text(talk, 'The lamp came broken.')
  await field.fill('Too early')
  await expect.text(inbox.getByRole('region', { name: 'Composer' }), 'Yours, Li Na')
  await inbox.keyboard.press('Control+Enter')
  await expect.visible(talk.getByText(/Leaves in \d+ s/))
  await talk.getByRole('button', { name: 'Undo' }).click()
  await expect.soon(async () => (await field.inputValue()) === 'Too early', 'the words to be back')
  await expect.gone(talk.getByText(/Leaves in/))
  expect.equal(office.mails.length, 0)

  // Tomorrow, unless the customer writes first.
  await field.fill('We will see tomorrow.')
  await inbox.getByRole('button', { name: 'Send later' }).click()
  await inbox.getByRole('button', { name: /Tomorrow morning/ }).click()
  await expect.visible(talk.getByText(/Goes out .*unless the customer writes first/))
  await expect.accessible(inbox)
  await send('two', 'Never mind, I repaired it.', 'In-Reply-To: <one@outside.example>')
  await expect.text(talk, 'I repaired it')
  await expect.visible(talk.getByText('Not sent: the customer wrote first.'))
  expect.equal(office.mails.length, 0)
  expect.equal((await admin.get(`/tickets/${ticket.id}`)).messages.length, 2)

  // It is not lost: edited, it goes after all, once.
  await talk.getByRole('button', { name: 'Edit' }).click()
  await expect.soon(async () => (await field.inputValue()) === 'We will see tomorrow.', 'the words to be back')
  await field.fill('Good to hear.')
  await inbox.getByRole('button', { name: 'Send later' }).click()
  await inbox.getByRole('button', { name: /In an hour/ }).click()
  await talk.getByRole('button', { name: 'Send now' }).click()
  const mail = await expect.soon(() => office.mails[0], 'the answer to leave')
  expect.match(mail.raw, /Good to hear\./)
  await expect.visible(talk.getByText('Sent', { exact: true }))
  expect.equal(office.mails.length, 1)
  office.close()
}
