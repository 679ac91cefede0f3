// A desk of its own for each story: the real server on free ports, its data in a temporary folder.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

const START_SECONDS = 60
const STOP_SECONDS = 15
const built = new URL('../../../target/debug/shouwen', import.meta.url).pathname
const program = resolve(process.env.SHOUWEN_BIN ?? built)

const running = new Set()
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/**
 * Starts the server; `sets` are keys of its configuration, `section.key=value`. The desk has `url`, `smtp` (host:port),
 * `lmtp` (a socket's path), `folder`, `output()`, `setup()` (the address where the first administrator is made), `stop()`.
 */
export async function startDesk(sets = []) {
  const folder = mkdtempSync(join(tmpdir(), 'shouwen-e2e-'))
  const config = join(folder, 'shouwen.toml')
  writeFileSync(config, configuration(folder))
  return start(folder, ['serve', '--config', config, ...sets.flatMap((set) => ['--set', set])])
}

/** Starts `shouwen demo`, and waits until it has printed all. */
export async function startDemo() {
  const folder = mkdtempSync(join(tmpdir(), 'shouwen-e2e-'))
  const anywhere = ['--listen', '127.0.0.1:0', '--smtp', '127.0.0.1:0']
  return start(folder, ['demo', '--folder', join(folder, 'demo'), ...anywhere], /^└/)
}

async function start(folder, words, last = /^listening/) {
  const child = spawn(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  const said = listen(child)
  try {
    const { http, smtp, lmtp } = (await said.line(/^listening (.*)$/)).match[1]
      .split(' ')
      .map((pair) => pair.split(/=(.*)/))
      .reduce((all, [name, value]) => ({ ...all, [name]: value }), {})
    await said.line(last)
    const setup = async () => (await said.line(/^setup (\S+)$/)).match[1]
    return { url: http, smtp, lmtp, folder, setup, output: said.all, stop: () => stop(child, folder) }
  } catch (error) {
    await stop(child, folder)
    throw error
  }
}

function configuration(folder) {
  return `
    [data]
    folder = ${JSON.stringify(join(folder, 'data'))}
    [http]
    listen = "127.0.0.1:0"
    [smtp]
    listen = "127.0.0.1:0"
    [workers]
    grace_seconds = 5
  `
}

/** Keeps every line of the server's, and finds the one that a pattern matches, said already or still to come. */
function listen(child) {
  const lines = []
  const waiting = new Set()
  const tell = (line) => {
    lines.push(line)
    waiting.forEach((look) => look())
  }
  createInterface({ input: child.stdout }).on('line', tell)
  createInterface({ input: child.stderr }).on('line', tell)
  child.on('error', (error) => tell(`cannot start ${program}: ${error.message}`))
  // 'close', not 'exit': by then all that it said was read.
  let ended = false
  child.on('close', () => {
    ended = true
    waiting.forEach((look) => look())
  })
  const all = () => lines.join('\n')
  const line = (pattern) =>
    new Promise((resolve, reject) => {
      const finish = (settle, value) => {
        clearTimeout(timer)
        waiting.delete(look)
        settle(value)
      }
      const refuse = (why) => finish(reject, new Error(`the server ${why} without saying ${pattern}:\n${all()}`))
      const look = () => {
        const match = lines.map((line) => line.match(pattern)).find(Boolean)
        if (match) finish(resolve, { match })
        else if (ended) refuse('ended')
      }
      const timer = setTimeout(() => refuse(`ran ${START_SECONDS} s`), START_SECONDS * 1000)
      waiting.add(look)
      look()
    })
  return { all, line }
}

async function stop(child, folder) {
  if (child.exitCode === null && child.signalCode === null && child.pid) {
    const ended = new Promise((resolve) => child.once('close', resolve))
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000)
    child.kill('SIGTERM')
    await ended
    clearTimeout(timer)
  }
  running.delete(child)
  rmSync(folder, { recursive: true, force: true })
}
