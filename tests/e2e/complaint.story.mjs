// A complaint from its suggested grade to a compensation that a supervisor has to approve, and to its printed report.
import { deliver } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'an agent grades a complaint and asks for more than may be granted; a supervisor approves, and the report is printed'

const MAIL = [
  'From: Wang Fang <wang@outside.example>', 'To: help@shop.example', 'Subject: Shock', 'Message-ID: <shock@outside.example>', 'Content-Type: text/plain; charset=utf-8', '',
  'The lamp gave my child an electric shock! I will report you to 12315 and to the newspaper. I want my 580 yuan back.',
]

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  await admin.inbox('email', { sender_name: 'Lamp & Tea', smtp: null, imap: null, signature: '' }, 'help@shop.example')
  const agent = await admin.agent('Chen Wei')
  const boss = await admin.agent('Grace', 'supervisor')

  // Who must take the gravest cases, and within which time.
  const settings = await admin.open(browser, '/settings/complaints')
  await settings.getByRole('button', { name: /gravest/ }).click()
  const rule = settings.getByRole('dialog')
  const minutes = rule.getByLabel('Goes on after')
  await minutes.first().fill('0')
  await rule.getByRole('button', { name: 'Save' }).click()
  await expect.visible(rule.getByRole('alert'))
  await minutes.first().fill('45')
  await rule.getByLabel('Who 1').selectOption({ label: 'A supervisor' })
  await rule.getByLabel('Hours of level 1').selectOption({ label: 'around the clock' })
  await expect.accessible(settings)
  await rule.getByRole('button', { name: 'Save' }).click()
  await expect.gone(rule)
  const { ladder } = (await admin.get('/grades')).rules.find(({ grade }) => grade === 'i')
  expect.deepEqual(ladder[0], { role: 'supervisor', after_minutes: 45, hours: 'always' })

  await deliver(desk.smtp, 'wang@outside.example', 'help@shop.example', MAIL)
  const ticket = await expect.soon(async () => (await admin.tickets())[0], 'the ticket')

  const his = await agent.open(browser, `/t/${ticket.number}`)
  await expect.visible(his.getByRole('log'))
  await his.keyboard.press('y')
  await expect.visible(his.locator('[data-picker]'))
  await his.keyboard.type('Complaint')
  await his.keyboard.press('Enter')
  const panel = his.getByRole('region', { name: 'Complaint' })
  await expect.text(panel, 'Suggested')
  await expect.text(panel, 'an authority is mentioned: “')
  await panel.getByRole('button', { name: 'Confirm' }).click()
  await expect.text(panel, 'Confirmed')
  await expect.text(panel, 'A supervisor must take it')
  await expect.text(panel, /4[45] min/)
  await expect.accessible(his)

  await panel.getByRole('button', { name: 'Grant or request…' }).click()
  const form = his.getByRole('dialog')
  await form.getByLabel('Amount').fill('580')
  await expect.text(form, 'somebody who may approve decides')
  await form.getByLabel('Reason').fill('The child was hurt.')
  await form.getByRole('button', { name: 'Submit' }).click()
  await expect.gone(form)
  await expect.text(panel, 'Waits for approval')

  const hers = await boss.open(browser, `/t/${ticket.number}`)
  const case_ = hers.getByRole('region', { name: 'Complaint' })
  await case_.getByRole('button', { name: 'Approve' }).click()
  const decision = hers.getByRole('dialog')
  await decision.getByLabel('Reason').fill('Agreed: she is right.')
  await decision.getByRole('button', { name: 'Approve' }).click()
  await expect.gone(decision)
  await expect.text(case_, 'Approved')
  // The agent's open panel tells it by itself.
  await expect.text(panel, 'Approved')
  const view = await admin.get(`/tickets/${ticket.id}/case`)
  expect.deepEqual(view.case.compensations.map(({ state, amount }) => [state, amount.minor]), [['approved', 58_000]])
  // What stands against closing it is named.
  await panel.getByRole('button', { name: 'Close the case' }).click()
  await expect.text(his.getByRole('dialog'), /required items? of the checklist open/)
  await his.keyboard.press('Escape')
  await expect.gone(his.getByRole('dialog'))

  // The message that proves it is found again, however far back.
  await panel.getByRole('button', { name: 'Add evidence' }).click()
  const evidence = his.getByRole('dialog')
  await evidence.getByLabel('Name').fill('Her first mail')
  await evidence.getByRole('button', { name: 'Save' }).click()
  await expect.gone(evidence)
  const note = (number) => ({ client_id: `a-long-note-${number}`, visibility: 'note', text: `Note ${number}\n${'more words\n'.repeat(12)}`, seen_position: 999 })
  for (let number = 1; number <= 60; number += 1) await agent.post(`/tickets/${ticket.id}/messages`, note(number))
  await his.reload()
  await expect.text(his.getByRole('log'), 'Note 60')
  const first = his.locator('[data-message]').filter({ hasText: 'electric shock' })
  expect.equal(await first.count(), 0, 'it is beyond what is loaded')
  await panel.getByRole('button', { name: 'Her first mail', exact: true }).click()
  await expect.visible(first)
  await expect.soon(() => first.evaluate((one) => one.classList.contains('marked') && one.getBoundingClientRect().top > 0 && one.getBoundingClientRect().bottom < innerHeight), 'the message in sight, marked')

  // The report, in both languages, as it is printed.
  for (const [lang, words] of [['en', 'Complaint report'], ['zh', '投诉结案报告']]) {
    const report = await his.context().newPage()
    await report.goto(`${desk.url}/api/v1/tickets/${ticket.id}/case/report?lang=${lang}`)
    await expect.text(report.locator('body'), words)
    await report.emulateMedia({ media: 'print' })
    const pdf = await report.pdf({ format: 'A4' })
    expect.equal(pdf.subarray(0, 5).toString(), '%PDF-')
    expect.ok(pdf.length > 5_000, `a page with words on it, not ${pdf.length} bytes`)
    await report.close()
  }
}
