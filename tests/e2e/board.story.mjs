// The supervisor's board follows what comes in, without being asked again.
import { deliver } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'the live board moves while mail comes in and agents come and go'

const mail = (number) => ['From: Wang Fang <wang@outside.example>', 'To: help@shop.example', `Subject: Lamp ${number}`, `Message-ID: <board-${number}@outside.example>`, '', 'When does it arrive?']

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  await admin.inbox('email', { sender_name: 'Lamp & Tea', smtp: null, imap: null, signature: '' }, 'help@shop.example')
  const boss = await admin.agent('Grace', 'supervisor')
  const chen = await admin.agent('Chen Wei')

  const board = await boss.open(browser, '/board')
  const queue = board.getByRole('link', { name: /Nobody’s yet/ })
  await expect.text(queue, /Nobody’s yet\s*0/)
  await expect.text(board.getByRole('main').getByRole('status'), 'Live')
  for (const number of [1, 2, 3]) {
    await deliver(desk.smtp, 'wang@outside.example', 'help@shop.example', mail(number))
    await expect.text(queue, new RegExp(`Nobody’s yet\\s*${number}`))
  }
  await expect.text(board.getByRole('main'), '#')
  await expect.accessible(board)

  // An agent comes, and takes one.
  const row = board.getByRole('row').filter({ hasText: 'Chen Wei' })
  await expect.text(row, 'Offline')
  await chen.open(browser)
  await expect.text(row, 'Online')
  const [ticket] = await admin.tickets()
  const id = (await chen.get('/session')).agent.id
  await admin.call('PATCH', `/tickets/${ticket.id}`, { edits: [{ field: 'assignee', old: null, new: id }] })
  await expect.text(queue, /Nobody’s yet\s*2/)
  // One click below: the tickets behind the figure.
  await queue.click()
  await expect.soon(async () => (await board.locator('[role=option]').count()) === 2, 'the two that nobody has')
}
