// Mail comes by SMTP into the open inbox, an answer leaves by SMTP, and the customer's next mail joins it.
import { deliver, openPostOffice } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'mail arrives live, its HTML runs nothing, and the thread holds'

const ADDRESS = 'help@shop.example'
const CUSTOMER = 'wang@outside.example'

const hostile = `<html><body><h2>My order</h2><p id="words">The lamp came <b>broken</b>.</p>
<script>top.broken = parent.broken = document.title = 'script ran'</script>
<img src="x" onerror="parent.broken = 'image ran'"><a href="javascript:parent.broken=1">press</a>
<form action="https://evil.example"><input name="password"></form><iframe srcdoc="<script>top.broken = 1</script>"></iframe>
</body></html>`

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const office = await openPostOffice()
  await admin.mailbox(ADDRESS, office.port, { undo_seconds: 5 })
  const send = (head, body) =>
    deliver(desk.smtp, CUSTOMER, ADDRESS, [`From: Wang Fang <${CUSTOMER}>`, `To: ${ADDRESS}`, ...head, 'MIME-Version: 1.0', '', ...body.split('\n')])

  const inbox = await admin.open(browser)
  await expect.visible(inbox.getByText('No tickets yet'))
  const dialogs = []
  inbox.on('dialog', (dialog) => dialogs.push(dialog.message()))
  await send(['Subject: Broken lamp', 'Message-ID: <one@outside.example>', 'Content-Type: text/html; charset=utf-8'], hostile)
  const row = inbox.getByRole('option')
  await expect.text(row, 'Broken lamp')
  await inbox.keyboard.press('j')
  await inbox.keyboard.press('Enter')

  const frame = inbox.frameLocator('iframe')
  await expect.text(frame.locator('body'), 'The lamp came broken.')
  expect.equal(await frame.locator('script, form, iframe, [onerror], [href^="javascript"]').count(), 0)
  const ran = await inbox.evaluate(() => [globalThis.broken, ...[...document.querySelectorAll('iframe')].map((one) => [one.contentWindow.broken, one.contentDocument.title, one.getAttribute('sandbox')])])
  expect.equal(ran[0], undefined)
  expect.equal(ran[1][0], undefined)
  expect.notEqual(ran[1][1], 'script ran')
  expect.doesNotMatch(ran[1][2], /allow-scripts/)
  expect.deepEqual(dialogs, [])

  await inbox.keyboard.press('r')
  await inbox.keyboard.type('We are sorry. A new one leaves today.')
  await inbox.keyboard.press('Control+Enter')
  await expect.visible(inbox.getByText(/Leaves in \d s/))
  const answer = await expect.soon(() => office.mails[0], 'the answer to leave')
  expect.deepEqual([answer.from, answer.to], [ADDRESS, [CUSTOMER]])
  expect.equal(answer.header('Subject'), 'Re: Broken lamp')
  expect.equal(answer.header('In-Reply-To'), '<one@outside.example>')
  expect.equal(answer.header('References'), '<one@outside.example>')
  expect.match(answer.raw, /We are sorry\. A new one leaves today\./)
  const talk = inbox.getByRole('log')
  await expect.visible(talk.getByText('Sent', { exact: true }))

  // The customer's answer joins, and is seen without asking.
  const id = answer.header('Message-ID')
  await send([`In-Reply-To: ${id}`, `References: <one@outside.example> ${id}`, 'Subject: Re: Broken lamp', 'Message-ID: <two@outside.example>', 'Content-Type: text/plain; charset=utf-8'], '谢谢！很快。\n\n> We are sorry.')
  await expect.text(talk, '谢谢！很快。')
  await expect.soon(async () => (await row.count()) === 1, 'one ticket in the list')
  const [ticket, ...others] = await admin.tickets()
  expect.equal(others.length, 0)
  const { messages } = await admin.get(`/tickets/${ticket.id}`)
  expect.deepEqual(messages.map(({ direction }) => direction), ['in', 'out', 'in'])
  expect.equal(office.mails.length, 1)

  // Somebody copied in whose address was typed last, and not confirmed.
  await inbox.keyboard.type('It has left.')
  await inbox.getByRole('button', { name: 'Cc', exact: true }).click()
  const copied = inbox.getByLabel('Cc: Add address')
  await copied.fill('li@outside.example')
  await copied.press('Control+Enter')
  await expect.soon(() => office.mails.slice(1).some(({ to }) => to.includes('li@outside.example')), 'the copy to leave')
  office.close()
}
