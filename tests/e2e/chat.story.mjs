// A customer and an agent talk through the widget and the inbox, and the line breaks while both write.
import { administrator } from './support/people.mjs'
import { enter, openShop, visit } from './support/shop.mjs'
import { layWire } from './support/wire.mjs'

export const name = 'a chat from the shop’s page survives a broken line, whole and in order'

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const chat = await admin.chat()
  const [near, far] = [await layWire(desk.url), await layWire(desk.url)]
  const shop = await openShop(far.url, chat.widget_key)

  const inbox = await admin.open(browser, '/view/all', { through: near.url })
  await expect.visible(inbox.getByText('No tickets yet'))
  const visitor = await visit(browser, shop)
  await visitor.field.pressSequentially('Is the green lamp ')
  await visitor.field.pressSequentially('in stock?')
  await visitor.field.press('Enter')

  // The ticket comes by itself.
  const row = inbox.getByRole('option')
  await expect.text(row, 'Is the green lamp in stock?')
  await row.click()
  const talk = inbox.getByRole('log')
  await expect.text(talk, 'Is the green lamp in stock?')

  await visitor.field.pressSequentially('Or the ')
  await expect.visible(talk.getByText('Customer is typing…'))
  await visitor.field.pressSequentially('blue one?')
  await visitor.field.press('Enter')
  await expect.text(talk, 'Or the blue one?')
  await expect.gone(talk.getByText('Customer is typing…'))

  // By keyboard alone.
  await inbox.keyboard.press('r')
  await inbox.keyboard.type('Both are. ')
  await expect.visible(visitor.panel.getByText('Li Na is typing'))
  await inbox.keyboard.type('Which one may we send?')
  await inbox.keyboard.press('Control+Enter')
  await expect.visible(visitor.panel.getByText('Both are. Which one may we send?'))
  await expect.gone(visitor.panel.getByText('Li Na is typing'))
  await expect.visible(visitor.panel.getByText('Seen', { exact: true }))
  await expect.visible(talk.getByText('Seen', { exact: true }))

  const [ticket] = await admin.tickets()
  const kept = async () => (await admin.get(`/tickets/${ticket.id}`)).messages.map(({ text }) => text)
  const said = ['Is the green lamp in stock?', 'Or the blue one?', 'Both are. Which one may we send?']
  await expect.soon(async () => (await kept()).join() === said.join(), 'three messages')

  // What the visitor sends arrives, but the answer that it did is lost, and then the line with it.
  far.loseAnswers()
  await visitor.field.fill('The green one.')
  await visitor.field.press('Enter')
  await expect.soon(async () => (await kept()).includes('The green one.'), 'the message whose answer is lost')
  await expect.text(talk, 'The green one.')
  far.cut()
  await expect.visible(visitor.panel.getByText('Connecting again …'))
  await visitor.field.fill('And a bulb.')
  await visitor.field.press('Enter')

  // The same happens to the agent, in the middle of a word.
  await inbox.keyboard.type('The green one it ')
  near.loseAnswers()
  await inbox.keyboard.type('is.')
  await inbox.keyboard.press('Control+Enter')
  await expect.soon(async () => (await kept()).includes('The green one it is.'), 'the answer whose answer is lost')
  near.cut()
  await expect.visible(inbox.getByText('No connection. Go on working', { exact: false }))
  await inbox.keyboard.type('It leaves today.')
  await inbox.keyboard.press('Control+Enter')
  await expect.text(inbox.getByRole('status').filter({ hasText: 'wait' }), 'to be sent')

  // The agent's line is back first, then the visitor's.
  near.mend()
  await expect.soon(async () => (await kept()).includes('It leaves today.'), 'what waited at the agent')
  far.mend()
  await expect.soon(async () => (await kept()).includes('And a bulb.'), 'what waited at the visitor', 40)

  const all = [...said, 'The green one.', 'The green one it is.', 'It leaves today.', 'And a bulb.']
  expect.deepEqual(await kept(), all)
  const shown = (place) => place.locator('.bubble:not(.greeting .bubble)').allInnerTexts()
  const agrees = async (place) => (await shown(place)).map((text) => text.trim()).join('|') === all.join('|')
  await expect.soon(() => agrees(visitor.panel), async () => `all at the visitor: ${await shown(visitor.panel)}`)
  await expect.soon(() => agrees(talk), async () => `all at the agent: ${await shown(talk)}`)
  await expect.gone(visitor.panel.getByText('Connecting again …'))
  await expect.gone(inbox.getByText('No connection. Go on working', { exact: false }))

  // The visitor comes back; no cookie was needed for it.
  await visitor.page.reload()
  const again = await enter(visitor.page)
  await expect.soon(() => agrees(again.panel), 'the whole conversation after a reload')
  expect.deepEqual(await visitor.page.context().cookies(), [])
  await again.field.fill('Thank you!')
  await again.field.press('Enter')
  await expect.text(talk, 'Thank you!')
  expect.equal((await admin.tickets()).length, 1)
  near.close()
  far.close()
  shop.close()
}
