// A mail that is another matter becomes a ticket of its own, two tickets become one, and both can be undone.
import { deliver, openPostOffice } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'split and merge with one click, and back with another'

const ADDRESS = 'help@shop.example'

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const office = await openPostOffice()
  await admin.mailbox(ADDRESS, office.port)
  const send = (from, id, subject, body, ...head) =>
    deliver(desk.smtp, from, ADDRESS, [`From: ${from}`, `To: ${ADDRESS}`, `Subject: ${subject}`, `Message-ID: <${id}@outside.example>`, ...head, '', body])
  await send('wang@outside.example', 'one', 'Broken lamp', 'The lamp came broken.')
  await expect.soon(async () => (await admin.tickets()).length === 1, 'the first ticket')
  await send('wang@outside.example', 'two', 'Invoice for March', 'By the way, where is my invoice?', 'In-Reply-To: <one@outside.example>')
  const [first] = await admin.tickets()
  await expect.soon(async () => (await admin.get(`/tickets/${first.id}`)).messages.length === 2, 'the second mail to join')

  const inbox = await admin.open(browser, `/t/${first.number}`)
  const talk = inbox.getByRole('log')
  await expect.text(talk, 'where is my invoice')
  // Its subject is another one: why it is here is said without being asked.
  await expect.text(talk, 'Its In-Reply-To names')
  await expect.text(talk, 'Its subject is not the ticket’s')
  await inbox.getByRole('button', { name: 'Another matter' }).last().click()
  await expect.visible(inbox.getByText(/A ticket of its own now/))
  await expect.soon(async () => !(await talk.textContent()).includes('where is my invoice'), 'the mail to leave')
  const tickets = await admin.tickets()
  expect.equal(tickets.length, 2)
  const second = tickets.find((ticket) => ticket.id !== first.id)
  expect.equal(second.subject, 'Invoice for March')

  await inbox.locator('.notices').getByRole('button', { name: 'Undo' }).click()
  await expect.text(talk, 'where is my invoice')
  await expect.soon(async () => (await admin.get(`/tickets/${first.id}`)).messages.length === 2, 'both mails to be together again')

  // The other way round: the same matter written by another customer, merged by number.
  await send('li@outside.example', 'three', 'The same lamp', 'I write for Wang, whose lamp is broken.')
  await expect.soon(async () => (await admin.tickets()).some((ticket) => ticket.subject === 'The same lamp'), 'the third mail')
  const third = (await admin.tickets()).find((ticket) => ticket.subject === 'The same lamp')
  await inbox.goto(`${desk.url}/t/${third.number}`)
  await expect.text(talk, 'I write for Wang')
  await inbox.keyboard.press('m')
  await inbox.getByRole('dialog').getByRole('combobox').fill(first.number)
  await expect.visible(inbox.getByRole('option', { name: /Broken lamp/ }))
  await inbox.keyboard.press('Enter')
  await expect.text(talk, 'The lamp came broken.')
  await expect.text(talk, 'I write for Wang')
  expect.equal(new URL(inbox.url()).pathname, `/t/${first.number}`)
  await expect.accessible(inbox)

  await inbox.locator('.notices').getByRole('button', { name: 'Undo' }).click()
  await expect.soon(() => new URL(inbox.url()).pathname === `/t/${third.number}`, 'the merged ticket to be back')
  await expect.text(talk, 'I write for Wang')
  await expect.soon(async () => (await admin.get(`/tickets/${third.id}`)).messages.length === 1, 'the mail to be back in its ticket')

  // One mail alone belongs to that ticket: it goes there, and comes back.
  await inbox.goto(`${desk.url}/t/${first.number}`)
  await expect.text(talk, 'where is my invoice')
  await inbox.getByRole('button', { name: 'Belongs to another ticket…' }).last().click()
  await inbox.getByRole('dialog').getByRole('combobox').fill(third.number)
  await expect.visible(inbox.getByRole('option', { name: /The same lamp/ }))
  await inbox.keyboard.press('Enter')
  await expect.visible(inbox.getByText(`Moved to #${third.number}`))
  const textsOf = async (id) => (await admin.get(`/tickets/${id}`)).messages.map(({ text }) => text)
  expect.deepEqual([(await textsOf(first.id)).length, (await textsOf(third.id)).length], [1, 2])
  await inbox.locator('.notices').getByRole('button', { name: 'Undo' }).last().click()
  await expect.soon(async () => (await textsOf(first.id)).length === 2, 'the mail to be back')
  await expect.text(talk, 'where is my invoice')
  expect.equal((await textsOf(third.id)).length, 1)
  office.close()
}
