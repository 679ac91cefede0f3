// A wire between a browser and the desk that can be cut, and that can lose what the desk says.
import { connect, createServer } from 'node:net'

/** A TCP proxy to `url`. `cut()` breaks every connection and lets none through until `mend()`. */
export async function layWire(url) {
  const { hostname, port } = new URL(url)
  const sockets = new Set()
  let whole = true
  let deaf = false

  const server = createServer((near) => {
    if (!whole) return near.destroy()
    const far = connect(Number(port), hostname)
    const join = (from, to, lost) => {
      sockets.add(from)
      from.on('data', (bytes) => lost() || to.write(bytes))
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
    join(near, far, () => false)
    join(far, near, () => deaf)
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  server.unref()

  const cut = () => {
    whole = false
    sockets.forEach((socket) => socket.destroy())
  }
  const mend = () => {
    whole = true
    deaf = false
  }
  /** What the browser says still arrives, the answers no longer. */
  const loseAnswers = () => {
    deaf = true
  }
  const close = () => {
    cut()
    server.close()
  }
  return { url: `http://127.0.0.1:${server.address().port}`, cut, mend, loseAnswers, close }
}
