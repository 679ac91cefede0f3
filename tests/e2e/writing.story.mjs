// What one writes is kept through a reload, can be taken back for a moment, and reaches a colleague who is mentioned.
import { deliver, openPostOffice } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'a draft survives, a sent mail can be undone, a mention reaches its colleague'

const ADDRESS = 'help@shop.example'
const MAIL = ['From: Wang Fang <wang@outside.example>', `To: ${ADDRESS}`, 'Subject: Lamp', 'Message-ID: <1@outside.example>', '', 'Is it in stock?']

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const office = await openPostOffice()
  await admin.mailbox(ADDRESS, office.port, { undo_seconds: 5 })
  const colleague = await admin.agent('Chen Wei')
  await deliver(desk.smtp, 'wang@outside.example', ADDRESS, MAIL)
  const ticket = await expect.soon(async () => (await admin.tickets())[0], 'the ticket')

  const his = await colleague.open(browser, '/view/mine')
  const hers = await admin.open(browser, `/t/${ticket.number}`)
  const composer = hers.getByRole('region', { name: 'Composer' })
  const field = composer.getByRole('textbox', { name: 'Reply', exact: true })
  await expect.visible(field)
  await hers.keyboard.press('r')
  await hers.keyboard.type('It is. We keep one')
  await expect.visible(composer.getByText('Draft saved'))
  await hers.reload()
  await expect.soon(async () => (await field.inputValue()) === 'It is. We keep one', 'the draft after a reload')

  // Taken back within seconds, changed, and sent: one mail leaves.
  await hers.keyboard.press('r')
  await hers.keyboard.press('Control+End')
  await hers.keyboard.type(' for yuo.')
  await hers.keyboard.press('Control+Enter')
  await hers.getByRole('log').getByRole('button', { name: 'Undo' }).click()
  await expect.soon(async () => (await field.inputValue()) === 'It is. We keep one for yuo.', 'the text back in the composer')
  await field.fill('It is. We keep one for you.')
  await hers.keyboard.press('Control+Enter')
  await expect.visible(hers.getByRole('log').getByText('Sent', { exact: true }))
  expect.equal(office.mails.length, 1)
  expect.match(office.mails[0].raw, /We keep one for you\./)
  expect.equal(await field.inputValue(), '')

  // A note for a colleague, which the customer never sees.
  await hers.keyboard.press('Escape')
  await hers.keyboard.press('n')
  await hers.keyboard.type('@Chen')
  await expect.visible(hers.getByRole('option', { name: 'Chen Wei' }))
  await hers.keyboard.press('Enter')
  await hers.keyboard.type('please put one aside.')
  await hers.keyboard.press('Control+Enter')
  await expect.visible(hers.getByRole('log').locator('.mention', { hasText: '@Chen Wei' }))
  await expect.visible(his.getByRole('link', { name: 'Notifications' }).getByText('1'))
  await his.keyboard.press('g')
  await his.keyboard.press('n')
  await his.getByText('Li Na mentioned you').click()
  await expect.text(his.getByRole('log'), 'please put one aside.')
  expect.equal(office.mails.length, 1)
  office.close()
}
