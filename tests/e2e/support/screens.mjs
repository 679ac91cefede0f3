// Every screen of a running demo, and how one gets there: for pictures (tour.mjs) and for what each screen must hold.
import { expect } from './expect.mjs'
import { deliver } from './mail.mjs'

const DESK = 'support@lamp-tea.example'
const PASSWORD = process.env.SHOUWEN_PASSWORD ?? 'lamp-and-tea-demo'
const ADMINISTRATOR = 'admin@lamp-tea.example'

/** A browser of somebody with this width, language and theme; `state` is what an earlier one remembered. */
export async function look(browser, { width, locale, theme, state }) {
  const small = width < 500
  const context = await browser.newContext({ viewport: { width, height: small ? 844 : 900 }, locale: locale === 'zh' ? 'zh-CN' : 'en-GB', colorScheme: theme, reducedMotion: 'reduce', hasTouch: small, isMobile: small, storageState: state })
  await context.addInitScript(([mode, tongue]) => { localStorage.setItem('shouwen.theme', JSON.stringify(mode)); localStorage.setItem('shouwen.language', tongue) }, [theme, locale])
  return context
}

/** Signs the demo's administrator in; the cookies. */
export async function signIn(browser, url) {
  const context = await browser.newContext()
  const answer = await context.request.post(`${url}/api/v1/session`, { data: { email: ADMINISTRATOR, password: PASSWORD }, headers: { origin: url } })
  expect.ok(answer.ok(), `signing in: ${answer.status()}`)
  return { cookies: await context.cookies(), request: context.request }
}

/** Waits until nothing is on its way and all that is drawn stands still. */
export async function settle(page) {
  await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => {})
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))))
}

const flickers = ({ subject }) => subject.includes('flickers')

/** The newest ticket of a channel, as the list has it. */
async function newest(request, url, channel, fits = () => true) {
  const answer = await request.get(`${url}/api/v1/tickets?view=all&limit=100`)
  return (await answer.json()).items.find((ticket) => ticket.channel === channel && fits(ticket))
}

/** Mail for the mail room, for a doubtful place and of somebody who complains, once: what came before is known by its Message-ID. */
export async function writeIn({ url, smtp }, request) {
  const send = (from, id, subject, body, ...head) =>
    deliver(smtp, from, DESK, [`From: ${from}`, `To: ${DESK}`, `Subject: ${subject}`, `Message-ID: <${id}@tour.example>`, 'Content-Type: text/plain; charset=utf-8', ...head, '', body])
  await send('news@tour.example', 'tour-news', 'Spring lamps, now cheaper', 'Every lamp, every day.', 'Precedence: bulk', 'List-Unsubscribe: <https://tour.example/off>')
  await send('wang.fang@tour.example', 'tour-one', 'The lamp in the hall flickers', 'It flickers whenever it rains.')
  await expect.soon(() => newest(request, url, 'email', flickers), 'the mail to become a ticket')
  await send('wang.fang@tour.example', 'tour-two', 'Invoice for March', '另外，三月份的发票还没有收到。', 'In-Reply-To: <tour-one@tour.example>')
  const joined = async () => newest(request, url, 'email', (ticket) => flickers(ticket) && ticket.preview.includes('发票'))
  await expect.soon(joined, 'the second mail to join it')
  await send('zhao.min@tour.example', 'tour-shock', 'Shock', 'The lamp gave my child an electric shock! I want my 580 yuan back.')
  const shock = await expect.soon(() => newest(request, url, 'email', ({ subject }) => subject === 'Shock'), 'the complaint to become a ticket')
  if (!shock.case_state) await request.post(`${url}/api/v1/tickets/${shock.id}/case`, { headers: { origin: url } })
}

/** Name, `go(page)`, `out` for those who have not signed in, `returns` for the visitor of before. */
export function screensOf(url) {
  const ticket = (channel, fits) => async (page) => {
    const { number } = (await newest(page.request, url, channel, fits)) ?? expect.fail(`no such ticket by ${channel}`)
    await page.goto(`${url}/t/${number}`)
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
  const onDoubtful = ticket('email', flickers)
  const composing = (words) => async (page) => {
    await onDoubtful(page)
    await page.keyboard.press('r') // an earlier screen may have left a note there
    await page.locator('.composer textarea').fill(words)
  }
  const toMail = (path) => async (page) => {
    await page.goto(url + path)
    await page.getByRole('list').last().waitFor()
  }

  const opened = (path, find) => async (page) => {
    await page.goto(url + path)
    await find(page.getByRole('main')).click()
    await page.getByRole('dialog').first().waitFor()
  }
  /** With the customer's panel, which a narrow window keeps out of sight. */
  const beside = (before) => async (page) => {
    await before(page)
    if (page.viewportSize().width < 1200) await page.keyboard.press(']')
  }

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
    status: { go: inDialog(onMail, 's') },
    pause: {
      go: async (page) => {
        await inDialog(onDoubtful, 's')(page)
        await page.locator('[data-picker]').getByText(/^(On hold|暂缓)$/).first().click()
        await page.getByRole('dialog').first().waitFor()
      },
    },
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
    ...Object.fromEntries(['i', 'ii', 'iii', 'iv'].map((grade) => [`complaint-${grade}`, { go: beside(ticket('email', (one) => one.grade === grade && one.case_state)) }])),
    'customer-tier': {
      go: async (page) => {
        await beside(onMail)(page)
        await page.locator('[data-anchor=tier]').last().click()
        await page.locator('[data-picker]').waitFor()
      },
    },
    'grading-form': { go: opened('/settings/complaints', (main) => main.locator('h2 button').first()) },
    'team-form': { go: opened('/settings/teams', (main) => main.locator('ul button').first()) },
    'team-routing-form': { go: opened('/settings/assignment', (main) => main.locator('ul button').nth(1)) },
    'calendar-form': { go: opened('/settings/calendars', (main) => main.locator('li button').first()) },
    'leaving-form': {
      go: async (page) => {
        await opened('/settings/agents', (main) => main.getByRole('button', { name: /Emily Carter/ }))(page)
        await page.getByRole('dialog').locator('.danger').click()
        await page.getByRole('dialog').nth(1).waitFor()
      },
    },
    'why-me': { go: inDialog(onMail, 'q') },
    'policy-form': {
      go: async (page) => {
        await page.goto(`${url}/settings/sla`)
        await page.locator('main ol button').last().click()
        await page.getByRole('dialog').waitFor()
      },
    },
    notifications: { go: at('/notifications') },
    ...Object.fromEntries(['account', 'inboxes', 'agents', 'teams', 'roles', 'tags', 'statuses', 'keys', 'webhooks', 'domains', 'sla', 'calendars', 'complaints', 'assignment', 'macros'].map((section) => [`settings-${section}`, { go: at(`/settings/${section}`) }])),
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
        if (!(await panel.locator('.visitor .bubble').count())) {
          await field.fill('你好，这盏灯可以调光吗？')
          await field.press('Enter')
        }
        await panel.locator('.visitor .bubble:not(.pending)').first().waitFor()
      },
    },
    catcher: { out: true, go: at('/demo/mail') },
  }
  return Object.entries(screens).map(([name, screen]) => ({ name, ...screen }))
}
