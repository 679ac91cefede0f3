// Words that cross on a broken line: the agent is told before an answer goes out over what was not seen.
import { administrator } from './support/people.mjs'
import { openShop, visit } from './support/shop.mjs'
import { layWire } from './support/wire.mjs'

export const name = 'an answer written offline does not go out over a message that came meanwhile'

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const chat = await admin.chat()
  const wire = await layWire(desk.url)
  const shop = await openShop(desk.url, chat.widget_key)
  const visitor = await visit(browser, shop)
  await visitor.field.fill('One green lamp, please.')
  await visitor.field.press('Enter')
  const ticket = await expect.soon(async () => (await admin.tickets())[0], 'the ticket')

  const inbox = await admin.open(browser, `/t/${ticket.number}`, { through: wire.url })
  const talk = inbox.getByRole('log')
  await expect.text(talk, 'One green lamp, please.')
  wire.cut()
  await inbox.keyboard.press('r')
  await inbox.keyboard.type('A green one is on its way.')
  await inbox.keyboard.press('Control+Enter')
  await visitor.field.fill('No, a blue one!')
  await visitor.field.press('Enter')
  await expect.visible(visitor.panel.getByText('Sent', { exact: true }))
  wire.mend()

  await expect.text(talk, 'No, a blue one!')
  await expect.text(talk, 'Not sent: something new arrived first')
  expect.equal(await visitor.panel.getByText('on its way').count(), 0)
  await talk.getByRole('button', { name: 'Send all the same' }).click()
  await expect.visible(visitor.panel.getByText('A green one is on its way.'))
  await expect.gone(talk.getByText('Not sent', { exact: false }))
  const { messages } = await admin.get(`/tickets/${ticket.id}`)
  expect.deepEqual(messages.map(({ text }) => text), ['One green lamp, please.', 'No, a blue one!', 'A green one is on its way.'])
  wire.close()
  shop.close()
}
