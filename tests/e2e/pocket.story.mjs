// The desk on a phone, by touch: the list, a ticket, back, an answer, the customer, a call that is written down.
import { deliver, openPostOffice } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'on a phone one reads, answers and logs a call with a thumb'

const ADDRESS = 'help@shop.example'
const mail = (number) => ['From: Wang Fang <wang@outside.example>', `To: ${ADDRESS}`, `Subject: Question ${number} about a lamp with a rather long name`, `Message-ID: <${number}@outside.example>`, '', `Is lamp ${number} in stock? ${'It is for the hall. '.repeat(8)}`]

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const office = await openPostOffice()
  await admin.mailbox(ADDRESS, office.port)
  await admin.inbox('phone')
  for (const number of [1, 2]) await deliver(desk.smtp, `wang${number}@outside.example`, ADDRESS, mail(number))
  await expect.soon(async () => (await admin.tickets()).length === 2, 'two tickets')

  const page = await admin.open(browser, '/view/all', { touch: true })
  const rows = page.getByRole('option')
  const talk = page.getByRole('log')
  await expect.soon(async () => (await rows.count()) === 2, 'two rows')
  await expect.fits(page)

  await rows.filter({ hasText: 'Question 1' }).tap()
  await expect.visible(talk.getByText('Is lamp 1 in stock?'))
  expect.equal(await rows.first().isVisible(), false, 'one thing at a time')
  await expect.fits(page)
  await page.getByRole('button', { name: 'Back', exact: true }).tap()
  await expect.visible(rows)
  await rows.filter({ hasText: 'Question 2' }).tap()
  await expect.visible(talk.getByText('Is lamp 2 in stock?'))
  await page.goBack()
  await expect.visible(rows)
  await page.goForward()
  await expect.visible(talk.getByText('Is lamp 2 in stock?'))

  const composer = page.getByRole('region', { name: 'Composer' })
  const field = composer.getByRole('textbox', { name: 'Reply', exact: true })
  await field.tap()
  await field.pressSequentially('It is. ')
  await field.press('Enter')
  await field.pressSequentially('We keep one for you.')
  await expect.fits(page)
  expect.equal(office.mails.length, 0, 'Enter is a new line')
  await composer.getByRole('button', { name: 'Send', exact: true }).tap()
  const answer = await expect.soon(() => office.mails[0], 'the answer to leave')
  expect.match(answer.raw, /We keep one for you\./)
  await expect.visible(talk.getByText('Sent', { exact: true }))

  await page.getByRole('button', { name: 'Customer and case' }).tap()
  await expect.visible(page.getByText('wang@outside.example').last())
  await expect.fits(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Solve' }).tap()
  await expect.soon(async () => (await admin.tickets()).some(({ category }) => category === 'solved'), 'the ticket to be solved')

  await page.getByRole('button', { name: 'Back', exact: true }).tap()
  await page.getByRole('button', { name: 'Log a call' }).tap()
  const form = page.getByRole('dialog')
  await form.getByLabel('Number').fill('138 0013 8000')
  await form.getByLabel('What was said').fill('The parcel has not come.')
  await expect.fits(page)
  await form.getByRole('button', { name: 'Save call' }).tap()
  await expect.gone(form)
  await expect.soon(async () => (await admin.tickets()).some(({ channel }) => channel === 'phone'), 'the call')

  for (const path of ['/notifications', '/board', '/mail/waiting', '/settings', '/settings/roles', '/settings/inboxes']) {
    await page.goto(desk.url + path)
    await expect.visible(page.getByRole('heading').first())
    await expect.fits(page)
  }
  office.close()
}
