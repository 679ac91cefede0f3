// Pictures of every screen of a running demo, to be looked at: node tests/e2e/tour.mjs FOLDER [part of a screen's name].
// Three widths, both languages, both themes. Start `shouwen demo` first; SHOUWEN_URL and SHOUWEN_SMTP say where it is.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { deliver } from './support/mail.mjs'
import { chromium } from './support/packages.mjs'

const [folder, part = ''] = process.argv.slice(2)
if (!folder) {
  console.error('usage: node tests/e2e/tour.mjs FOLDER [part of a screen’s name]')
  process.exit(2)
}
const url = process.env.SHOUWEN_URL ?? 'http://127.0.0.1:8080'
const smtp = process.env.SHOUWEN_SMTP ?? '127.0.0.1:2525'
const DESK = 'support@lamp-tea.example'
const PASSWORD = process.env.SHOUWEN_PASSWORD ?? 'lamp-and-tea-demo'
const ADMINISTRATOR = 'admin@lamp-tea.example'
const widths = process.env.WIDTHS?.split(',').map(Number) ?? [390, 1024, 1600]
mkdirSync(folder, { recursive: true })

/** The number of the newest ticket of a channel, as the list has it. */
async function newest(page, channel, fits = () => true) {
  const answer = await page.request.get(`${url}/api/v1/tickets?view=all&limit=100`)
  return (await answer.json()).items.find((ticket) => ticket.channel === channel && fits(ticket))?.number
}

const ticket = (channel, fits) => async (page) => {
  await page.goto(`${url}/t/${await newest(page, channel, fits)}`)
  await page.getByRole('log').waitFor()
}
const at = (path) => (page) => page.goto(url + path)
const press = (...keys) => async (page) => {
  for (const key of keys) await page.keyboard.press(key)
}
const inDialog = (before, ...keys) => async (page) => {
  await before(page)
  await settle(page)
  await press(...keys)(page)
  await page.locator('dialog[open], [data-picker]').first().waitFor()
}
const onMail = ticket('email', ({ last_direction: last }) => last === 'in')

/** Mail for the mail room and for a doubtful place, once: what came before is known by its Message-ID. */
async function writeIn() {
  const send = (from, id, subject, body, ...head) =>
    deliver(smtp, from, DESK, [`From: ${from}`, `To: ${DESK}`, `Subject: ${subject}`, `Message-ID: <${id}@tour.example>`, 'Content-Type: text/plain; charset=utf-8', ...head, '', body])
  await send('news@tour.example', 'tour-news', 'Spring lamps, now cheaper', 'Every lamp, every day.', 'Precedence: bulk', 'List-Unsubscribe: <https://tour.example/off>')
  await send('wang.fang@tour.example', 'tour-one', 'The lamp in the hall flickers', 'It flickers whenever it rains.')
  await new Promise((done) => setTimeout(done, 2_000))
  await send('wang.fang@tour.example', 'tour-two', 'Invoice for March', '另外，三月份的发票还没有收到。', 'In-Reply-To: <tour-one@tour.example>')
}
const onDoubtful = ticket('email', ({ subject }) => subject.includes('flickers'))
const composing = (words) => async (page) => {
  await onDoubtful(page)
  await page.locator('.composer textarea').fill(words)
}
const toMail = (path) => async (page) => {
  await page.goto(url + path)
  await page.getByRole('list').last().waitFor()
}

let visitor

/** Every screen: how one gets there. `out` is for those who have not signed in, `returns` for the visitor of before. */
const screens = {
  login: { out: true, go: at('/login') },
  reset: { out: true, go: at('/reset') },
  setup: { out: true, go: at('/setup?token=none') },
  list: { go: at('/view/all') },
  'list-mine': { go: at('/view/mine') },
  'list-empty': { go: at('/view/mentions') },
  mail: { go: onMail },
  'mail-answered': { go: ticket('email', ({ last_direction: last }) => last === 'out') },
  chat: { go: ticket('chat') },
  phone: { go: ticket('phone') },
  failed: { go: ticket('email', ({ failed }) => failed) },
  reply: {
    go: async (page) => {
      await onMail(page)
      await page.locator('.composer textarea').fill('您好，非常抱歉给您带来不便。新的台灯今天寄出，预计两天内送到。\n\nWe are sorry, and send a new one today.')
    },
  },
  note: {
    go: async (page) => {
      await onMail(page)
      await page.keyboard.press('n')
      await page.keyboard.type('@')
    },
  },
  palette: { go: inDialog(onMail, 'Control+k') },
  assign: { go: inDialog(onMail, 'a') },
  tags: { go: inDialog(onMail, 'l') },
  'saved-replies': { go: inDialog(onMail, ';') },
  find: { go: inDialog(at('/view/all'), '/') },
  keys: { go: inDialog(at('/view/all'), '?') },
  call: { go: inDialog(at('/view/all'), 'c') },
  compose: { go: inDialog(at('/view/all'), 'w') },
  board: { go: at('/board') },
  'list-due': { go: at('/view/all?order=due') },
  why: { go: inDialog(ticket('email', ({ sla }) => sla?.clocks.length), 'd') },
  complaint: { go: ticket('email', ({ case_state: state }) => state) },
  'why-me': { go: inDialog(onMail, 'q') },
  'policy-form': {
    go: async (page) => {
      await page.goto(`${url}/settings/sla`)
      await page.locator('main ol button').last().click()
      await page.getByRole('dialog').waitFor()
    },
  },
  notifications: { go: at('/notifications') },
  ...Object.fromEntries(['account', 'inboxes', 'agents', 'teams', 'roles', 'tags', 'statuses', 'keys', 'domains', 'sla', 'calendars', 'complaints', 'assignment', 'macros'].map((section) => [`settings-${section}`, { go: at(`/settings/${section}`) }])),
  'inbox-form': {
    go: async (page) => {
      await page.goto(`${url}/settings/inboxes`)
      await page.getByRole('main').getByText('@lamp-tea.example').first().click()
      await page.getByRole('dialog').waitFor()
    },
  },
  'mail-waiting': { go: toMail('/mail/waiting') },
  'mail-all': { go: toMail('/mail/all') },
  'mail-record': {
    go: async (page) => {
      await toMail('/mail/waiting')(page)
      await page.locator('a[href^="/mail/waiting/"]').first().click()
      await page.getByRole('complementary').last().waitFor()
    },
  },
  'mail-senders': { go: at('/mail/senders') },
  'mail-sender-form': {
    go: async (page) => {
      await at('/mail/senders')(page)
      await page.locator('.tools button').first().click()
      await page.getByRole('dialog').waitFor()
    },
  },
  'why-here': { go: onDoubtful },
  'why-merge': { go: inDialog(onDoubtful, 'm') },
  'why-spam': { go: inDialog(onDoubtful, '!') },
  'later-menu': {
    go: async (page) => {
      await composing('您好，发票已经开好。')(page)
      await page.locator('#composer-later').click()
    },
  },
  'later-warning': {
    go: async (page) => {
      await composing('您好，发票已经开好。')(page)
      await page.locator('.composer input[type=email]').first().fill('boss@elsewhere.example')
      await page.locator('.composer textarea').click()
    },
  },
  'gone': { go: at('/t/99999999') },
  shop: { out: true, go: at('/demo/shop') },
  widget: {
    out: true,
    returns: true,
    go: async (page) => {
      await page.goto(`${url}/demo/shop`)
      await page.locator('button[aria-expanded]').last().click()
      const panel = page.frameLocator('iframe')
      const field = panel.locator('textarea')
      if (!visitor) {
        await field.fill('你好，这盏灯可以调光吗？')
        await field.press('Enter')
      }
      await panel.locator('.visitor .bubble:not(.pending)').first().waitFor()
      visitor ??= await page.context().storageState()
    },
  },
  catcher: { out: true, go: at('/demo/mail') },
}

/** Waits until nothing is on its way and all that is drawn stands still. */
async function settle(page) {
  await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => {})
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))))
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] })
const signedIn = await browser.newContext()
await signedIn.request.post(`${url}/api/v1/session`, { data: { email: ADMINISTRATOR, password: PASSWORD }, headers: { origin: url } })
const cookies = await signedIn.cookies()
await writeIn()
let missed = 0
for (const width of widths)
  for (const [locale, theme] of [['en', 'light'], ['zh', 'light'], ['en', 'dark'], ['zh', 'dark']]) {
    const look = { viewport: { width, height: width < 500 ? 844 : 900 }, locale: locale === 'zh' ? 'zh-CN' : 'en-GB', colorScheme: theme, reducedMotion: 'reduce', hasTouch: width < 500, isMobile: width < 500 }
    for (const [name, { go, out, returns }] of Object.entries(screens).filter(([one]) => one.includes(part))) {
      const context = await browser.newContext({ ...look, storageState: returns ? visitor : undefined })
      if (!out) await context.addCookies(cookies)
      await context.addInitScript(([mode, tongue]) => { localStorage.setItem('shouwen.theme', JSON.stringify(mode)); localStorage.setItem('shouwen.language', tongue) }, [theme, locale])
      const page = await context.newPage()
      page.setDefaultTimeout(8_000)
      try {
        await go(page)
        await settle(page)
        await page.screenshot({ path: join(folder, `${name}-${width}-${locale}-${theme}.png`) })
      } catch (error) {
        missed += 1
        console.log(`no picture of ${name} at ${width}, ${locale}, ${theme}: ${error.message.split('\n')[0]}`)
      }
      await context.close()
    }
  }
await browser.close()
console.log(missed ? `${missed} screens could not be reached` : 'every screen was reached')
process.exit(missed ? 1 : 0)
