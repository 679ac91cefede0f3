// Mail as the outside world speaks it: a client that hands mail to the desk, and a server that takes what leaves it.
import { connect, createServer } from 'node:net'
import { createInterface } from 'node:readline'

/** Hands one mail over by SMTP; `at` is host:port. Rejects when the server refuses a step. */
export async function deliver(at, from, to, lines) {
  const [host, port] = at.split(/:(?=\d+$)/)
  const socket = connect(Number(port), host)
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
  const heard = async () => {
    for (;;) {
      const { value, done } = await answers.next()
      if (done) throw new Error('the server hung up')
      if (/^[45]/.test(value)) throw new Error(value)
      if (value[3] !== '-') return
    }
  }
  try {
    await heard()
    const mail = lines.map((line) => line.replace(/^\./, '..')).join('\r\n')
    for (const step of ['EHLO outside.example', `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'DATA', `${mail}\r\n.`, 'QUIT']) {
      socket.write(`${step}\r\n`)
      await heard()
    }
  } finally {
    socket.destroy()
  }
}

/**
 * An SMTP server that keeps what it is given: `mails` of `{ from, to, raw, header(name) }`. Its `manner` can be changed:
 * `refuse` is its answer to every recipient, `hangsUp` that it takes the content and says nothing more.
 */
export async function openPostOffice() {
  const mails = []
  const manner = { refuse: null, hangsUp: false }
  const server = createServer((socket) => {
    let mail = { to: [] }
    let data = null
    const say = (words) => socket.write(`${words}\r\n`)
    const hear = (line) => {
      if (data) {
        if (line !== '.') return void data.push(line.replace(/^\.\./, '.'))
        mails.push(received(mail, data.join('\n')))
        mail = { to: [] }
        data = null
        return manner.hangsUp ? void socket.destroy() : say('250 taken')
      }
      const [, address = ''] = line.match(/<(.*?)>/) ?? []
      const verb = line.slice(0, 4).toUpperCase()
      if (verb === 'MAIL') mail.from = address
      if (verb === 'RCPT') mail.to.push(address)
      if (verb === 'DATA') {
        data = []
        return say('354 go on')
      }
      if (verb === 'RCPT' && manner.refuse) return say(manner.refuse)
      say(verb === 'QUIT' ? '221 bye' : '250 well')
      if (verb === 'QUIT') socket.end()
    }
    createInterface({ input: socket }).on('line', hear)
    socket.on('error', () => {})
    say('220 outside.example')
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  server.unref()
  return { port: server.address().port, mails, manner, close: () => server.close() }
}

function received(mail, raw) {
  const head = raw.slice(0, raw.indexOf('\n\n')).replace(/\n[ \t]+/g, ' ')
  const header = (name) => head.match(new RegExp(`^${name}: *(.*)$`, 'im'))?.[1] ?? null
  return { ...mail, raw, header }
}

/** A port on which nobody listens. */
export async function deadPort() {
  const server = createServer()
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address()
  await new Promise((closed) => server.close(closed))
  return port
}
