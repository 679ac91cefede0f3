// People who work at a desk: they speak with it over HTTP, and open the inbox in a browser of their own.
import assert from 'node:assert/strict'

const PASSWORD = 'a lamp for every table'
const JSON_TYPE = { 'content-type': 'application/json' }

/** Calls `/api/v1` + path and gives status, JSON and the session's token when there is a new one. */
async function call(url, method, path, body, headers) {
  const options = { method, headers: { ...JSON_TYPE, ...headers }, body: body && JSON.stringify(body) }
  const answer = await fetch(`${url}/api/v1${path}`, options)
  const text = await answer.text()
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('shouwen_session='))
  return { status: answer.status, json: text ? JSON.parse(text) : null, token: cookie?.split(/[=;]/)[1] }
}

class Person {
  constructor(desk, name, email, token) {
    Object.assign(this, { desk, name, email, token, password: PASSWORD })
  }

  async call(method, path, body) {
    const { status, json } = await call(this.desk.url, method, path, body, { cookie: `shouwen_session=${this.token}` })
    assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(json)}`)
    return json
  }

  get = (path) => this.call('GET', path)
  post = (path, body) => this.call('POST', path, body)
  put = (path, body) => this.call('PUT', path, body)

  patch = (path, body) => this.call('PATCH', path, body)

  inbox(channel, settings = {}, address) {
    const names = { email: 'Help', chat: 'Shop', phone: 'Line' }
    return this.post('/inboxes', { name: names[channel], channel, address, settings })
  }

  /** A mailbox whose mail comes by SMTP to the desk and leaves, at once unless `settings` say so, by the SMTP server at `port`. */
  mailbox(address, port, settings = {}) {
    const smtp = { host: '127.0.0.1', port, security: 'none', username: null }
    return this.inbox('email', { sender_name: 'Lamp & Tea', smtp, imap: null, signature: '', undo_seconds: 0, ...settings }, address)
  }

  chat(settings = {}) {
    const usual = { color: '#0f766e', title: 'Lamp & Tea', greeting: 'How can we help?', allowed_origins: [], ask_email: false }
    return this.inbox('chat', { ...usual, ...settings })
  }

  /** Another person of the desk, signed in; `role` is the key of a built-in one. */
  async agent(name, role = 'agent') {
    const { roles } = await this.get('/bootstrap')
    const email = `${name.toLowerCase().replace(/\W/g, '.')}@shop.example`
    await this.post('/agents', { name, email, role_id: roles.find(({ key }) => key === role).id, team_ids: [], locale: 'en', password: PASSWORD })
    const { token, status, json } = await call(this.desk.url, 'POST', '/session', { email, password: PASSWORD })
    assert.equal(status, 200, JSON.stringify(json))
    return new Person(this.desk, name, email, token)
  }

  /** Every ticket, newest first; `only` when there is but one. */
  tickets = async () => (await this.get('/tickets?view=all')).items

  /** The inbox in a browser of the person's own; `through` is another address of the same desk, `touch` a phone's screen. */
  async open(browser, path = '/view/all', { through = this.desk.url, locale = 'en', theme = 'light', width = 1440, touch = false } = {}) {
    const screen = touch ? { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } : { viewport: { width, height: 900 } }
    const context = await browser.newContext({ ...screen, reducedMotion: 'reduce', locale })
    await context.addCookies([{ name: 'shouwen_session', value: this.token, url: through }])
    await context.addInitScript(choose, [theme, locale])
    const page = await context.newPage()
    await page.goto(through + path)
    return page
  }
}

function choose([theme, locale]) {
  localStorage.setItem('shouwen.theme', JSON.stringify(theme))
  localStorage.setItem('shouwen.language', locale)
}

/** The first person of a desk that has nobody yet. */
export async function administrator(desk) {
  const setup = new URL(await desk.setup())
  const person = { name: 'Li Na', email: 'li.na@shop.example', password: PASSWORD, locale: 'en' }
  const body = { token: setup.searchParams.get('token'), workspace_name: 'Lamp & Tea', ...person }
  const { status, json, token } = await call(desk.url, 'POST', '/setup', body)
  assert.equal(status, 201, JSON.stringify(json))
  return new Person(desk, person.name, person.email, token)
}
