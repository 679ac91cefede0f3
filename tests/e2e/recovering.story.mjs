// Mail of a machine waits for a person, who recovers it; a blocked sender's mail waits too, and is not lost.
import { deliver, openPostOffice } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'a mail that was kept back is recovered, and a blocked sender waits'

const ADDRESS = 'help@shop.example'

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const office = await openPostOffice()
  await admin.mailbox(ADDRESS, office.port)
  const send = (from, subject, ...head) => deliver(desk.smtp, from, ADDRESS, [`From: ${from}`, `To: ${ADDRESS}`, `Subject: ${subject}`, `Message-ID: <${subject.length}@outside.example>`, ...head, '', `About ${subject}.`])
  await send('news@outside.example', 'Spring lamps, now cheaper', 'List-Unsubscribe: <https://outside.example/off>', 'Precedence: bulk')

  const inbox = await admin.open(browser, '/mail')
  const list = inbox.getByRole('list', { name: 'Mails' })
  await expect.soon(async () => {
    if (await list.count()) return (await list.textContent()).includes('Spring lamps')
    await inbox.getByRole('button', { name: 'Refresh' }).click()
    return false
  }, 'the newsletter to be kept back')
  await expect.text(list, 'A newsletter or mailing list')
  expect.equal((await admin.tickets()).length, 0)
  await list.getByRole('link').first().click()
  const pane = inbox.getByRole('complementary')
  await expect.text(pane, 'Nobody sees it in a ticket until somebody recovers it.')
  await expect.accessible(inbox)
  await pane.getByRole('button', { name: 'Recover' }).click()
  await expect.visible(inbox.getByText(/Recovered as #/))
  const [ticket] = await admin.tickets()
  expect.equal(ticket.subject, 'Spring lamps, now cheaper')
  await expect.text(pane, 'In a ticket')

  // Blocked from now on: the next one waits, with its cause.
  await inbox.getByRole('link', { name: 'Senders' }).click()
  await inbox.getByRole('button', { name: 'Block a sender' }).click()
  await inbox.getByLabel('Address or domain').fill('outside.example')
  await inbox.getByRole('button', { name: 'Save' }).click()
  await expect.visible(inbox.getByText('outside.example', { exact: true }))
  await send('li@outside.example', 'I am no machine')
  await inbox.getByRole('link', { name: /Waiting/ }).click()
  await expect.soon(async () => {
    if ((await list.count()) && (await list.textContent()).includes('Its sender is blocked')) return true
    await inbox.getByRole('button', { name: 'Refresh' }).click()
    return false
  }, 'the blocked mail to wait')
  expect.equal((await admin.tickets()).length, 1)
  office.close()
}
