// Screens of settings that were never clicked: grading, leads, business hours from a file, policies as a supervisor sees them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { administrator } from './support/people.mjs'

export const name = 'grading is changed, a team is led, hours are imported, and a supervisor tries a policy out'

const ICS = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//shop//days//EN',
  ...['20270101 New Year', '20271224 Stocktaking'].flatMap((line, number) => {
    const [date, ...words] = line.split(' ')
    return ['BEGIN:VEVENT', `UID:${number}@shop.example`, `DTSTART;VALUE=DATE:${date}`, `SUMMARY:${words.join(' ')}`, 'END:VEVENT']
  }), 'END:VCALENDAR', ''].join('\r\n')

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const boss = await admin.agent('Grace', 'supervisor')

  // Thresholds of grading, first wrong, in the reader's own language.
  const chinese = await admin.open(browser, '/settings/complaints', { locale: 'zh' })
  await chinese.getByRole('button', { name: '编辑' }).click()
  const rules = chinese.getByRole('dialog')
  await rules.getByLabel('大额').fill('9000')
  await rules.getByLabel('特大金额').fill('800')
  await rules.getByRole('button', { name: '保存' }).click()
  await expect.text(rules.getByRole('alert'), '特大金额：特大金额不得低于大额，且都不得小于 0。')
  await rules.getByLabel('特大金额').fill('80000')
  await rules.getByLabel('重复投诉').fill('45')
  await rules.getByLabel('高等级客户').fill('gold，钻石')
  await rules.getByLabel('严重性 1、影响面 1 的等级').selectOption('iii')
  await expect.accessible(chinese)
  await rules.getByRole('button', { name: '保存' }).click()
  await expect.gone(rules)
  await expect.text(chinese.getByRole('main'), '80,000')
  const { grading } = await admin.get('/grades')
  expect.deepEqual([grading.amount_large, grading.amount_huge, grading.repeat_days, grading.high_tiers, grading.matrix[0][0]], [900_000, 8_000_000, 45, ['gold', '钻石'], 'iii'])

  // A team and who leads it.
  const teams = await admin.open(browser, '/settings/teams')
  await teams.getByRole('button', { name: 'Add team' }).first().click()
  const team = teams.getByRole('dialog')
  await team.getByLabel('Name').fill('Complaints')
  await team.getByLabel('Team lead').selectOption({ label: 'Grace' })
  await team.getByRole('button', { name: 'Save' }).click()
  await expect.gone(team)
  await expect.text(teams.getByRole('list', { name: 'Teams' }), 'led by Grace')

  // Business hours: saved, then days taken from a file.
  const calendars = await admin.open(browser, '/settings/calendars')
  await calendars.getByRole('button', { name: 'Add calendar' }).first().click()
  const hours = calendars.getByRole('dialog')
  await hours.getByLabel('Name', { exact: true }).first().fill('Office')
  await hours.getByLabel('Time zone').fill('Asia/Shanghai')
  await hours.getByRole('button', { name: 'Save' }).click()
  await expect.gone(hours)
  await calendars.getByRole('button', { name: /Office/ }).click()
  const file = join(desk.folder, 'days.ics')
  writeFileSync(file, ICS)
  await hours.locator('input[type=file]').setInputFiles(file)
  await expect.gone(hours)
  await expect.text(calendars.locator('body'), '2 days imported')
  const [office] = (await admin.get('/calendars')).items
  expect.deepEqual(office.days.map(({ date, name }) => [date, name]), [['2027-01-01', 'New Year'], ['2027-12-24', 'Stocktaking']])

  // A supervisor reads the policies and tries them out, and changes nothing.
  await admin.post('/sla-policies', { name: 'Office hours', conditions: [], calendar_id: office.id, first_response_s: 4 * 3600, next_response_s: null, resolution_s: null, pause_on_hold: false, levels: [], notify_calendar_id: null })
  const sla = await boss.open(browser, '/settings/sla')
  await sla.getByRole('button', { name: /Office hours/ }).first().click()
  const policy = sla.getByRole('dialog')
  expect.equal(await policy.getByLabel('First response within', { exact: true }).isDisabled(), true)
  expect.equal(await policy.getByRole('button', { name: 'See what changes' }).count(), 0)
  await policy.getByText('Try it').click()
  await policy.getByRole('button', { name: 'When is it due?' }).click()
  await expect.text(policy, /A ticket that comes .* is due .*Mon/)
  await expect.accessible(sla)
  await policy.getByRole('button', { name: 'Close' }).last().click()
  await expect.gone(policy)
}
