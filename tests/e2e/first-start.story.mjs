// The first hour of a desk: its administrator, a mailbox that is tested, a colleague, and signing in again.
import { deadPort } from './support/mail.mjs'

export const name = 'a new desk is set up in the browser'

const EMAIL = 'li.na@shop.example'
const PASSWORD = 'a lamp for every table'

export async function run({ desk, browser, expect }) {
  const setup = await desk.setup()
  const page = await (await browser.newContext({ locale: 'en', reducedMotion: 'reduce', viewport: { width: 1440, height: 900 } })).newPage()
  await page.goto(setup)
  const fill = async (within, fields) => {
    for (const [label, value] of Object.entries(fields)) await within.getByLabel(label, { exact: true }).fill(value)
  }
  await fill(page, { 'Name of the shop or company': 'Lamp & Tea', 'Your name': 'Li Na', 'Your email': EMAIL, Password: PASSWORD })
  await page.getByRole('button', { name: 'Create and sign in' }).click()
  await expect.visible(page.getByText('No inbox yet'))

  // A mailbox whose server does not answer says so in words.
  const port = await deadPort()
  await page.getByRole('button', { name: 'Add inbox' }).first().click()
  await page.getByRole('button', { name: 'Email' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Address', { exact: true }).fill('help@shop.example')
  await fill(form, { Name: 'Help' })
  await form.getByLabel('Fetch from this server').uncheck()
  await form.getByLabel('Encryption').selectOption('none')
  await fill(form, { Server: '127.0.0.1', Port: String(port), 'User name': '' })
  await form.getByRole('button', { name: 'Save' }).click()
  await expect.gone(form)
  await page.getByRole('button', { name: 'Help' }).click()
  await form.getByRole('button', { name: 'Test connection' }).click()
  await expect.text(form.getByRole('status'), 'Nobody answers on this port. Check server and port.')
  await page.keyboard.press('Escape')
  await expect.gone(form)

  await page.getByRole('link', { name: 'Agents' }).click()
  await page.getByRole('button', { name: 'Invite agent' }).click()
  await fill(form, { Name: 'Chen Wei', Email: 'chen.wei@shop.example' })
  await form.getByLabel('First password').fill(PASSWORD)
  await form.getByRole('button', { name: 'Create' }).click()
  await expect.gone(form)
  await expect.visible(page.getByRole('main').getByText('Chen Wei'))

  // The token has done its work.
  await page.goto(setup)
  await expect.visible(page.getByText('This server is already set up.'))

  await page.goto(`${desk.url}/view/mine`)
  await expect.visible(page.getByText('Nothing on your desk'))
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByText('Sign out', { exact: true }).click()
  await expect.visible(page.getByRole('heading', { name: 'Sign in' }))
  await fill(page, { Email: 'chen.wei@shop.example', Password: 'not the password' })
  await page.keyboard.press('Enter')
  await expect.visible(page.getByText('Email and password do not match.'))
  await fill(page, { Password: PASSWORD })
  await page.keyboard.press('Enter')
  await expect.visible(page.getByText('Nothing on your desk'))
  await page.goto(`${desk.url}/settings/inboxes`)
  await expect.visible(page.getByText('Your role does not include this'))
}
