// A forgotten password by the link in a mail, and out of every browser at once.
import { openPostOffice } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'a password is reset by mail, and one signs out everywhere'

const PASSWORD = 'another lamp for the hall'

export async function prepare() {
  const office = await openPostOffice()
  const mail = { smtp_host: '127.0.0.1', smtp_port: office.port, smtp_security: 'none', from: 'Desk <desk@shop.example>' }
  return { office, sets: Object.entries(mail).map(([key, value]) => `mail.${key}=${value}`) }
}

export async function run({ desk, browser, expect, prepared: { office } }) {
  const admin = await administrator(desk)
  const elsewhere = await admin.open(browser)
  await expect.visible(elsewhere.getByText('No tickets yet'))
  const page = await (await browser.newContext({ locale: 'en', reducedMotion: 'reduce' })).newPage()
  await page.goto(`${desk.url}/login`)
  await page.getByText('Forgot the password?').click()
  await page.getByLabel('Email').fill('nobody@shop.example')
  await page.getByRole('button', { name: 'Send link' }).click()
  const sent = page.getByRole('status').filter({ hasText: 'If an account with this address exists' })
  await expect.visible(sent)
  await page.goto(`${desk.url}/reset`)
  await page.getByLabel('Email').fill(admin.email)
  await page.keyboard.press('Enter')
  await expect.visible(sent)
  const mail = await expect.soon(() => office.mails[0], 'the mail')
  expect.deepEqual([mail.from, mail.to, office.mails.length], ['desk@shop.example', [admin.email], 1])
  const link = mail.raw.replace(/=\n/g, '').replaceAll('=3D', '=').match(/http\S+\/reset\?token=\S+/)[0]
  expect.ok(link.startsWith(desk.url), link)

  await page.goto(link)
  await page.getByLabel('New password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Save password' }).click()
  await expect.visible(page.getByText('Your password is changed.'))
  await expect.visible(elsewhere.getByText('Your session has ended.', { exact: false }))
  await page.goto(link)
  await page.getByLabel('New password', { exact: true }).fill('and yet another lamp')
  await page.getByRole('button', { name: 'Save password' }).click()
  await expect.visible(page.getByText('This link is no longer valid. Ask for a new one.'))

  const signIn = async (where, password) => {
    await where.getByLabel('Email').fill(admin.email)
    await where.getByLabel('Password', { exact: true }).fill(password)
    await where.keyboard.press('Enter')
  }
  await page.goto(`${desk.url}/login`)
  await signIn(page, admin.password)
  await expect.visible(page.getByText('Email and password do not match.'))
  await signIn(page, PASSWORD)
  await expect.visible(page.getByRole('navigation', { name: 'Main' }))

  // A second browser, and out of both at once.
  const second = await (await browser.newContext({ locale: 'en', reducedMotion: 'reduce' })).newPage()
  await second.goto(`${desk.url}/login`)
  await signIn(second, PASSWORD)
  await expect.visible(second.getByRole('navigation', { name: 'Main' }))
  await page.goto(`${desk.url}/settings/account`)
  await expect.visible(page.getByText('this device'))
  await page.getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect.visible(page.getByRole('heading', { name: 'Sign in' }))
  await expect.visible(second.getByText('Your session has ended.', { exact: false }))
  await second.reload()
  await expect.visible(second.getByRole('heading', { name: 'Sign in' }))
  office.close()
}
