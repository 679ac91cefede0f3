// `shouwen demo` as it is first met: what it prints is true, its shop is believable, and an answer can be read.
export const name = 'the demo prints what holds, shows a busy shop, and catches its mail'
export const on = 'demo'

/** Every ticket of the desk, page by page. */
async function everyTicket(request, url) {
  const all = []
  for (let after = ''; ; ) {
    const answer = await request.get(`${url}/api/v1/tickets?view=all&limit=100${after}`)
    const { items, next } = await answer.json()
    all.push(...items)
    if (!next) return all
    after = `&after=${encodeURIComponent(next)}`
  }
}

export async function run({ desk, browser, expect }) {
  const printed = desk.output()
  const find = (pattern) => printed.match(pattern)?.[1] ?? expect.fail(`${pattern} is not in\n${printed}`)
  const [inbox, shop, catcher] = [/Inbox +(\S+)/, /Shop, widget +(\S+)/, /Mail catcher +(\S+)/].map(find)
  const password = find(/Password of everybody: (\S+)/)
  const logins = [...printed.matchAll(/^│ +(\S+@\S+) +\S+/gm)].map((match) => match[1])
  expect.equal(logins.length, 4, printed)

  const context = await browser.newContext({ locale: 'en', viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  for (const url of [inbox, shop, catcher]) expect.equal((await context.request.get(url)).status(), 200, url)
  for (const email of logins.toReversed()) {
    const answer = await context.request.post(`${desk.url}/api/v1/session`, { data: { email, password }, headers: { origin: desk.url } })
    expect.equal(answer.status(), 200, email)
  }
  const wrong = await context.request.post(`${desk.url}/api/v1/session`, { data: { email: logins[0], password: 'guessed' }, headers: { origin: desk.url } })
  expect.equal(wrong.status(), 401)

  // The last to sign in is the English agent; the whole shop is the administrator's to see.
  const all = await browser.newContext()
  await all.request.post(`${desk.url}/api/v1/session`, { data: { email: 'admin@lamp-tea.example', password }, headers: { origin: desk.url } })
  const tickets = await everyTicket(all.request, desk.url)
  expect.ok(tickets.length >= 180 && tickets.length <= 260, `${tickets.length} tickets`)
  for (const channel of ['email', 'chat', 'phone']) {
    const count = tickets.filter((ticket) => ticket.channel === channel).length
    expect.ok(count >= 20, `${count} by ${channel}`)
  }
  const chinese = tickets.filter(({ subject }) => /\p{Script=Han}/u.test(subject)).length
  expect.ok(chinese >= 50 && tickets.length - chinese >= 50, `${chinese} of ${tickets.length} in Chinese`)
  expect.ok(new Set(tickets.map(({ category }) => category)).size >= 4, 'in every state of life')

  // An answer can be read in the catcher, and its customer answers there.
  const page = await context.newPage()
  const mine = (await (await context.request.get(`${desk.url}/api/v1/tickets?view=open&limit=100`)).json()).items
  const asked = mine.find((ticket) => ticket.channel === 'email' && ticket.last_direction === 'in') ?? expect.fail('nobody waits')
  await page.goto(`${inbox}t/${asked.number}`)
  await expect.visible(page.getByRole('log'))
  await page.keyboard.press('r')
  await page.keyboard.type('We have looked into it: a new lamp leaves today.')
  await page.keyboard.press('Control+Enter')
  const mails = await context.newPage()
  await expect.soon(async () => {
    await mails.goto(catcher)
    return (await mails.locator('body').textContent()).includes('a new lamp leaves today')
  }, 'the answer in the catcher', 30)

  // The shop's page carries the widget, and a visitor reaches the desk by it.
  const visitor = await (await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 860 } })).newPage()
  await visitor.goto(shop)
  await visitor.locator('button[aria-expanded]').last().click()
  const panel = visitor.frameLocator('iframe')
  await panel.locator('textarea').fill('Does the green lamp come with a bulb?')
  await panel.locator('textarea').press('Enter')
  const arrived = async () => (await everyTicket(all.request, desk.url)).some(({ preview }) => preview.includes('come with a bulb'))
  await expect.soon(arrived, 'the visitor’s question on the desk')
}
