// An answer that is refused, and one of which nobody knows whether it arrived: said on the message, and settled there.
import { deliver, openPostOffice } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'a refused answer is shown and sent again, an uncertain one is settled by a person'

const ADDRESS = 'help@shop.example'
const MAIL = ['From: Wang Fang <wang@outside.example>', `To: ${ADDRESS}`, 'Subject: Lamp', 'Message-ID: <1@outside.example>', '', 'Is it in stock?']

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const office = await openPostOffice()
  await admin.mailbox(ADDRESS, office.port)
  await deliver(desk.smtp, 'wang@outside.example', ADDRESS, MAIL)
  const ticket = await expect.soon(async () => (await admin.tickets())[0], 'the ticket')
  const page = await admin.open(browser, `/t/${ticket.number}`)
  const talk = page.getByRole('log')
  await expect.visible(talk.getByText('Is it in stock?'))
  const trouble = talk.getByRole('alert')
  const answer = async (words) => {
    await page.keyboard.press('r')
    await page.keyboard.type(words)
    await page.keyboard.press('Control+Enter')
    await page.keyboard.press('Escape')
  }

  office.manner.refuse = '550 5.1.1 no such user here'
  await answer('It is in stock.')
  await expect.text(trouble, 'It did not reach wang@outside.example.')
  await expect.text(trouble, 'This address does not exist.')
  await expect.text(trouble, '550 5.1.1 no such user here')
  await expect.visible(page.getByRole('option').getByText('not delivered').or(page.getByRole('option').getByLabel('not delivered')))
  await expect.accessible(page)
  expect.equal(office.mails.length, 0)
  office.manner.refuse = null
  await trouble.getByRole('button', { name: 'Send again' }).click()
  await expect.visible(talk.getByText('Sent', { exact: true }))
  await expect.gone(trouble)
  expect.equal(office.mails.length, 1)

  // The line breaks after the content left: it is never sent twice in silence.
  office.manner.hangsUp = true
  await answer('It leaves today.')
  await expect.text(trouble, 'It may have arrived.')
  await expect.soon(() => office.mails.length === 2, 'the content to arrive all the same')
  await page.reload()
  await expect.text(trouble, 'before sending twice')
  await trouble.getByRole('button', { name: 'Mark as sent' }).click()
  await expect.gone(trouble)
  expect.equal(office.mails.length, 2)

  await answer('It has left.')
  await expect.text(trouble, 'It may have arrived.')
  await trouble.getByRole('button', { name: 'Mark as not delivered' }).click()
  await expect.text(trouble, 'did not reach')
  office.manner.hangsUp = false
  const before = office.mails.length
  await trouble.getByRole('button', { name: 'Send again' }).click()
  await expect.gone(trouble)
  await expect.soon(() => office.mails.length === before + 1, 'the answer once more')
  const { messages } = await admin.get(`/tickets/${ticket.id}`)
  expect.deepEqual(messages.slice(1).map(({ delivery }) => delivery), ['sent', 'sent', 'sent'])
  office.close()
}
