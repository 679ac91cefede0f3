// Every screen that agents live in, and the widget's panel, in both themes and both languages, as axe sees it.
import { deliver } from './support/mail.mjs'
import { administrator } from './support/people.mjs'
import { openShop, visit } from './support/shop.mjs'

export const name = 'axe finds nothing on the screens, light and dark, English and Chinese'

const MAIL = ['From: Wang Fang <wang@outside.example>', 'To: help@shop.example', 'Subject: Lamp', 'Message-ID: <1@outside.example>', 'Content-Type: text/html', '', '<p>Is it <b>in stock</b>?</p>']

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const smtp = { host: '127.0.0.1', port: 1, security: 'none', username: null }
  await admin.inbox('email', { sender_name: 'Lamp & Tea', smtp, imap: null, signature: '' }, 'help@shop.example')
  await admin.inbox('phone')
  const chat = await admin.chat({ ask_email: true })
  const shop = await openShop(desk.url, chat.widget_key)
  await deliver(desk.smtp, 'wang@outside.example', 'help@shop.example', MAIL)
  const ticket = await expect.soon(async () => (await admin.tickets())[0], 'the ticket')

  for (const [theme, locale] of [['light', 'en'], ['dark', 'zh']]) {
    const look = async (what, page) => {
      await expect.accessible(page).catch((error) => expect.fail(`${what}, ${theme}, ${locale}: ${error.message}`))
    }
    const stranger = await browser.newContext({ locale: locale === 'zh' ? 'zh-CN' : 'en', colorScheme: theme, reducedMotion: 'reduce' })
    const door = await stranger.newPage()
    await door.goto(`${desk.url}/login`)
    await expect.visible(door.locator('input[type=password]'))
    await look('login', door)

    const inbox = await admin.open(browser, `/t/${ticket.number}`, { theme, locale })
    await expect.visible(inbox.frameLocator('iframe').getByText('in stock'))
    await look('inbox', inbox)
    for (const [key, what] of [['Control+k', 'palette'], ['c', 'call form'], ['s', 'status picker'], ['m', 'merge'], ['!', 'spam'], ['?', 'keys']]) {
      await inbox.keyboard.press(key)
      const panel = inbox.locator('dialog[open], [data-picker]')
      await expect.visible(panel)
      await look(what, inbox)
      await inbox.keyboard.press('Escape')
      await expect.gone(panel)
    }
    for (const path of ['mail/waiting', 'mail/all', 'mail/senders', 'settings/domains']) {
      await inbox.goto(`${desk.url}/${path}`)
      await expect.visible(inbox.locator('h1'))
      await expect.gone(inbox.locator('[aria-busy=true]'))
      await look(path, inbox)
    }
    await inbox.goto(`${desk.url}/settings/inboxes`)
    await inbox.getByText('help@shop.example').click()
    await expect.visible(inbox.getByRole('dialog'))
    await look('the form of an inbox', inbox)
    await inbox.keyboard.press('Escape')
    await expect.gone(inbox.getByRole('dialog'))
    await look('settings', inbox)

    const visitor = await visit(browser, shop, { colorScheme: theme, locale: locale === 'zh' ? 'zh-CN' : 'en' })
    await visitor.field.fill('Hello')
    await visitor.field.press('Enter')
    await expect.gone(visitor.panel.locator('.pending'))
    await expect.visible(visitor.panel.locator('.ask'))
    const frame = visitor.page.frames().find((one) => one.url().includes('/widget/frame'))
    await look('the widget’s panel', frame)
    await Promise.all([stranger, inbox.context(), visitor.page.context()].map((context) => context.close()))
  }
  shop.close()
}
