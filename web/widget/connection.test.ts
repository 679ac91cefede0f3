// The line: how long it waits, when it gives a socket up, and that it never gives up dialling.
import { expect, test } from 'vitest'
import { Connection, type Socket } from './connection'
import { FakeClock } from './fake-clock'

class Line implements Socket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  sent: string[] = []
  closed = false
  send(text: string) {
    this.sent.push(text)
  }
  close() {
    this.closed = true
  }
}

function lines(random = 1) {
  const clock = new FakeClock()
  const dialled: Line[] = []
  const dial = () => {
    dialled.push(new Line())
    return dialled.at(-1)!
  }
  const connection = new Connection(dial, clock, () => random, { opened() {}, received() {}, lost() {} })
  connection.start()
  return { clock, dialled, connection, last: () => dialled.at(-1)! }
}

/** The milliseconds from losing the line to the next dialling. */
function waits(count: number, random: number): number[] {
  const { clock, dialled, last } = lines(random)
  return Array.from({ length: count }, () => {
    const from = clock.now()
    const before = dialled.length
    last().onclose!()
    while (dialled.length === before) clock.advance(1)
    return clock.now() - from
  })
}

test('waits double up to half a minute and never end', () => {
  expect(waits(12, 1)).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000, 30000, 30000])
})

test('jitter takes up to half of each wait', () => {
  expect(waits(4, 0)).toEqual([250, 500, 1000, 2000])
})

test('a line that held for a while begins again with the shortest wait, one that broke at once does not', () => {
  const { clock, dialled, last } = lines()
  last().onclose!()
  clock.advance(500)
  last().onopen!()
  last().onclose!()
  clock.advance(999)
  expect(dialled).toHaveLength(2)
  clock.advance(1)
  last().onopen!()
  last().onmessage!({ data: '{"type":"pong"}' })
  clock.advance(10_000)
  last().onclose!()
  clock.advance(500)
  expect(dialled).toHaveLength(4)
})

test('silence is probed and an unanswered probe ends the socket', () => {
  const { clock, last } = lines()
  const line = last()
  line.onopen!()
  line.onmessage!({ data: '{"type":"resync"}' })
  clock.advance(15_000)
  expect(line.sent).toEqual(['{"type":"ping"}'])
  line.onmessage!({ data: '{"type":"pong"}' })
  clock.advance(15_000)
  expect(line.sent).toHaveLength(2)
  clock.advance(8_000)
  expect(line.closed).toBe(true)
})

test('a socket that never opens is given up', () => {
  const { clock, dialled } = lines()
  clock.advance(9_000)
  expect(dialled[0]!.closed).toBe(true)
  expect(dialled.length).toBeGreaterThan(1)
})

test('waking dials at once while waiting and probes while connected', () => {
  const { dialled, connection, last } = lines()
  for (let times = 0; times < 6; times++) {
    last().onclose!()
    connection.wake()
  }
  expect(dialled).toHaveLength(7)
  last().onopen!()
  connection.wake()
  expect(last().sent).toEqual(['{"type":"ping"}'])
  expect(dialled).toHaveLength(7)
})
