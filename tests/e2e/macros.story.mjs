// Saved replies by keyboard alone: written in the settings, found by pinyin, put in at the caret, taken back, sent.
import { deliver } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'an agent puts a saved reply in at the caret by keys alone, undoes it, and sends it with what it changes'

const MAIL = ['From: Wang Fang <wang@outside.example>', 'To: help@shop.example', 'Subject: Lamp', 'Message-ID: <lamp@outside.example>', 'Content-Type: text/plain; charset=utf-8', '', 'The lamp arrived broken.']

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const agent = await admin.agent('Chen Wei')
  const tag = await admin.post('/tags', { name: 'damage', color: 'red' })
  const { statuses } = await admin.get('/bootstrap')
  const waiting = statuses.find(({ category }) => category === 'waiting').id
  await admin.inbox('email', { sender_name: 'Lamp & Tea', smtp: null, imap: null, signature: '' }, 'help@shop.example')
  await admin.post('/macros', {
    name: '致歉补发', audience: 'everyone', shortcut: 'bf',
    texts: [{ locale: 'en', text: 'Dear {{customer.name}},\nwe are sorry that it arrived broken. A new one leaves today.' }, { locale: 'zh', text: '非常抱歉，今天补发。' }],
    changes: { status_id: waiting, add_tag_ids: [tag.id] },
  })
  await deliver(desk.smtp, 'wang@outside.example', 'help@shop.example', MAIL)
  const ticket = await expect.soon(async () => (await admin.tickets())[0], 'the ticket')

  const page = await agent.open(browser, `/t/${ticket.number}`)
  await expect.visible(page.getByRole('log'))
  const field = page.locator('#composer-text')
  await page.keyboard.press('r')
  await page.keyboard.type('P.S. Chen')
  await page.keyboard.press('Home')
  // A semicolon that begins a word opens the list; it is found by its initials, and Esc leaves what was typed.
  await page.keyboard.type(';')
  const list = page.getByRole('dialog', { name: 'Saved replies' })
  await expect.visible(list)
  await page.keyboard.type('zqb')
  await expect.text(list.getByRole('option'), '致歉补发')
  await expect.text(list, 'Dear Wang Fang,')
  await expect.text(list, 'Waiting for customer')
  await expect.accessible(page)
  await page.keyboard.press('Enter')
  await expect.gone(list)
  const words = 'Dear Wang Fang,\nwe are sorry that it arrived broken. A new one leaves today.'
  await expect.soon(async () => (await field.inputValue()) === `${words}P.S. Chen`, 'the words at the caret')
  const now = async () => (await admin.get(`/tickets/${ticket.id}`)).ticket
  await expect.soon(async () => (await now()).category === 'waiting', 'the status')
  expect.deepEqual((await now()).tag_ids, [tag.id])

  // Ctrl+Z is the field's own; the notice takes everything back.
  await page.keyboard.press('Control+z')
  await expect.soon(async () => (await field.inputValue()) === ';P.S. Chen', 'what was typed')
  await page.keyboard.press('Control+Shift+z')
  await expect.soon(async () => (await field.inputValue()) === `${words}P.S. Chen`, 'the words again')
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect.soon(async () => (await now()).category === 'new', 'the status of before')
  await expect.soon(async () => (await now()).tag_ids.length === 0, 'the tags of before')

  // From outside of the field the key does the same; what is sent holds the words.
  await field.fill('')
  await page.keyboard.press('Escape')
  await page.keyboard.press(';')
  await expect.visible(list)
  await page.keyboard.type('bf')
  await page.keyboard.press('Enter')
  await expect.soon(async () => (await field.inputValue()) === words, 'the words')
  await page.keyboard.press('Control+Enter')
  await expect.text(page.getByRole('log'), 'A new one leaves today.')

  // Written by an administrator, in the settings.
  const hers = await admin.open(browser, '/settings/macros', { width: 390, theme: 'dark', locale: 'zh' })
  await hers.getByRole('button', { name: '新建', exact: true }).click()
  const form = hers.getByRole('dialog')
  await form.getByLabel('名称', { exact: true }).fill('催促物流')
  await form.getByLabel('中文内容').fill('{{customer.name|您}}，您好：已为您催促。')
  await form.getByRole('button', { name: '预览' }).first().click()
  await expect.text(form, '王芳，您好：已为您催促。')
  await expect.accessible(hers)
  await form.getByRole('button', { name: '保存', exact: true }).click()
  await expect.gone(form)
  await hers.getByRole('button', { name: '上移“催促物流”' }).click()
  await expect.soon(async () => (await admin.get('/macros')).items[0].name === '催促物流', 'the order')
  await expect.accessible(hers)
}
