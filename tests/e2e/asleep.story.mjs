// A laptop whose lid was closed: what came meanwhile is there when it is opened, once and in order, and what was
// being written is kept.
import { deliver } from './support/mail.mjs'
import { administrator } from './support/people.mjs'
import { layWire } from './support/wire.mjs'

export const name = 'after the laptop slept everything is there, once and in order'

const ADDRESS = 'help@shop.example'

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  await admin.inbox('email', { sender_name: '', smtp: null, imap: null, signature: '' }, ADDRESS)
  const colleague = await admin.agent('Chen Wei')
  const send = (id, subject, ...head) =>
    deliver(desk.smtp, 'wang@outside.example', ADDRESS, ['From: Wang Fang <wang@outside.example>', `To: ${ADDRESS}`, `Subject: ${subject}`, `Message-ID: <${id}@outside.example>`, ...head, '', `This is ${id}.`])
  const has = (count) => expect.soon(async () => (await admin.tickets()).length === count, `${count} tickets`)
  await send('one', 'First lamp')
  await has(1)
  const [ticket] = await admin.tickets()
  const wire = await layWire(desk.url)
  const page = await admin.open(browser, '/view/all', { through: wire.url })
  await page.getByRole('option').first().click()
  const talk = page.getByRole('log')
  await expect.text(talk, 'This is one.')
  await page.keyboard.press('r')
  await page.keyboard.type('We will look into ')
  const browserItself = await page.context().newCDPSession(page)
  const lid = (state) => browserItself.send('Page.setWebLifecycleState', { state })

  // Asleep, and the network goes, as it does.
  await lid('frozen')
  wire.cut()
  await send('two', 'Re: First lamp', 'In-Reply-To: <one@outside.example>')
  await send('three', 'Second lamp', 'From: somebody@else.example')
  await has(2)
  const note = { client_id: 'note-while-asleep', visibility: 'note', text: 'I know her.', seen_position: 9 }
  await colleague.post(`/tickets/${ticket.id}/messages`, note)
  wire.mend()
  await lid('active')

  await expect.text(talk, 'I know her.')
  const said = async () => (await talk.locator('.bubble').allInnerTexts()).map((text) => text.match(/This is \w+|I know her/)?.[0]).filter(Boolean)
  await expect.soon(async () => (await said()).join() === 'This is one,This is two,I know her', async () => `all in order: ${await said()}`)
  await expect.visible(page.getByText('1 new').or(page.getByRole('option').filter({ hasText: 'Second lamp' })))
  const field = page.getByRole('region', { name: 'Composer' }).getByRole('textbox', { name: 'Reply', exact: true })
  expect.equal(await field.inputValue(), 'We will look into ')
  await page.keyboard.type('it.')
  expect.equal(await field.inputValue(), 'We will look into it.')

  // Asleep again, for so short that the line holds: nothing comes twice.
  await lid('frozen')
  await colleague.post(`/tickets/${ticket.id}/messages`, { ...note, client_id: 'note-two', text: 'This is four.' })
  await lid('active')
  await expect.text(talk, 'This is four.')
  await expect.soon(async () => (await said()).join() === 'This is one,This is two,I know her,This is four', async () => `nothing twice: ${await said()}`)
  wire.close()
}
