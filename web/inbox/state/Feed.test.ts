// The feed resumes, orders, forgets nothing and never gives up.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Backoff } from '../../shared/backoff'
import type { FeedOut, Frame } from '../../shared/types'
import { Feed, type FeedListener } from './Feed.svelte'

class FakeSocket {
  static OPEN = 1
  readyState = 0
  said: { type: string; [key: string]: unknown }[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  onerror: (() => void) | null = null
  send(text: string) {
    this.said.push(JSON.parse(text))
  }
  close() {
    this.readyState = 3
  }
  accept() {
    this.readyState = 1
    this.onopen?.()
  }
  tell(words: FeedOut) {
    this.onmessage?.({ data: JSON.stringify(words) })
  }
  break() {
    this.readyState = 3
    this.onclose?.()
  }
}

let sockets: FakeSocket[]
let heard: Record<'frames', Frame[]> & { resyncs: number; backs: number; refused: number }
let feed: Feed

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  sockets = []
  heard = { frames: [], resyncs: 0, backs: 0, refused: 0 }
  const listener: FeedListener = {
    frames: (frames) => heard.frames.push(...frames), resync: () => (heard.resyncs += 1), back: () => (heard.backs += 1), refused: () => (heard.refused += 1),
    presence: () => {}, visitor: () => {}, problem: () => {},
  }
  feed = new Feed(listener, () => {
    const socket = new FakeSocket()
    sockets.push(socket)
    return socket as unknown as WebSocket
  }, new Backoff(100, 1_000, () => 1))
})
afterEach(() => {
  feed.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const last = () => sockets.at(-1)!
function live(after: number | null = 5) {
  feed.start(after)
  last().accept()
  last().tell({ type: 'welcome', seq: after ?? 5 })
}

test('says hello with the number reached, and again with the newest after a loss', () => {
  live(5)
  expect(last().said[0]).toEqual({ type: 'hello', after: 5 })
  last().tell({ type: 'batch', seq: 9, frames: [] })
  last().break()
  expect(feed.state).toBe('lost')
  vi.advanceTimersByTime(100)
  last().accept()
  expect(last().said[0]).toEqual({ type: 'hello', after: 9 })
  last().tell({ type: 'welcome', seq: 9 })
  expect(feed.state).toBe('live')
  expect(heard.backs).toBe(1)
})

test('a batch older than the number reached is not applied again', () => {
  live(5)
  last().tell({ type: 'batch', seq: 8, frames: [{ kind: 'ticket_gone', ticket_id: 'a' }] })
  last().tell({ type: 'batch', seq: 7, frames: [{ kind: 'ticket_gone', ticket_id: 'b' }] })
  expect(heard.frames).toEqual([{ kind: 'ticket_gone', ticket_id: 'a' }])
  expect(feed.seq).toBe(8)
})

test('resync moves the number, asks for a refetch and stays live', () => {
  live(5)
  last().tell({ type: 'resync', seq: 40, reason: 'too far behind' })
  expect([heard.resyncs, feed.seq, feed.state]).toEqual([1, 40, 'live'])
})

test('tries for ever with growing waits, and asks about the session every third time', () => {
  feed.start(1)
  for (let tries = 0; tries < 30; tries += 1) {
    last().break()
    vi.advanceTimersByTime(1_000)
  }
  expect(sockets.length).toBe(31)
  expect(heard.refused).toBe(10)
})

test('the open ticket is opened again on the new connection', () => {
  live()
  feed.openTicket('t1')
  last().break()
  vi.advanceTimersByTime(100)
  last().accept()
  last().tell({ type: 'welcome', seq: 5 })
  expect(last().said.at(-1)).toEqual({ type: 'open', ticket: 't1' })
})

test('a silent line is pinged, and given up when it stays silent', () => {
  live()
  vi.advanceTimersByTime(25_000)
  expect(last().said.at(-1)).toEqual({ type: 'ping' })
  vi.advanceTimersByTime(8_000)
  expect(feed.state).toBe('lost')
})

test('an answer to the ping keeps the line', () => {
  live()
  vi.advanceTimersByTime(25_000)
  last().tell({ type: 'pong' })
  vi.advanceTimersByTime(8_000)
  expect(feed.state).toBe('live')
})

test('the network coming back connects without waiting', () => {
  live()
  last().break()
  const before = sockets.length
  feed.probe()
  expect(sockets.length).toBe(before + 1)
})

test('typing is said once while it does not change', () => {
  live()
  feed.typing('t1', 'reply')
  feed.typing('t1', 'reply')
  feed.typing('t1', null)
  expect(last().said.filter((words) => words.type === 'typing').length).toBe(2)
})

/** The lid was closed: no timer ran, and the clock went on. */
function sleep(hours: number) {
  vi.setSystemTime(Date.now() + hours * 3_600_000)
}

test('after the laptop slept a line that only looks alive is given up within seconds, and nothing is asked twice', () => {
  live(5)
  last().tell({ type: 'batch', seq: 9, frames: [] })
  sleep(8)
  vi.advanceTimersByTime(5_000)
  expect(last().said.at(-1)).toEqual({ type: 'ping' })
  vi.advanceTimersByTime(3_000)
  expect(feed.state).toBe('lost')
  vi.advanceTimersByTime(100)
  expect(sockets.length).toBe(2)
  last().accept()
  expect(last().said).toEqual([{ type: 'hello', after: 9 }])
  last().tell({ type: 'welcome', seq: 9 })
  last().tell({ type: 'batch', seq: 12, frames: [{ kind: 'ticket_gone', ticket_id: 'a' }] })
  expect([feed.state, feed.seq, heard.backs, heard.frames.length]).toEqual(['live', 12, 1, 1])
})

test('after the laptop slept a line that still answers is kept', () => {
  live()
  sleep(8)
  vi.advanceTimersByTime(5_000)
  last().tell({ type: 'pong' })
  vi.advanceTimersByTime(4_000)
  expect([feed.state, sockets.length]).toEqual(['live', 1])
})

test('a laptop that wakes where there is no network goes on trying until there is one', () => {
  live()
  sleep(1)
  vi.advanceTimersByTime(8_000)
  expect(feed.state).toBe('lost')
  for (let tries = 0; tries < 5; tries += 1) {
    vi.advanceTimersByTime(1_000)
    last().break()
    sleep(1)
  }
  vi.advanceTimersByTime(1_000)
  last().accept()
  last().tell({ type: 'welcome', seq: 5 })
  expect([feed.state, heard.backs]).toEqual(['live', 1])
})

test('what the server said before the sleep and comes late is not applied again', () => {
  live(5)
  const old = last()
  sleep(8)
  vi.advanceTimersByTime(8_100)
  last().accept()
  last().tell({ type: 'welcome', seq: 5 })
  old.tell({ type: 'batch', seq: 7, frames: [{ kind: 'ticket_gone', ticket_id: 'late' }] })
  last().tell({ type: 'batch', seq: 7, frames: [{ kind: 'ticket_gone', ticket_id: 'once' }] })
  expect(heard.frames).toEqual([{ kind: 'ticket_gone', ticket_id: 'once' }])
})
