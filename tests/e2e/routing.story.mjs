// Who gets what: set up by clicking, given out by itself, explained, handed back, and its ownership offered.
import { deliver } from './support/mail.mjs'
import { administrator } from './support/people.mjs'

export const name = 'routing is set up, gives a ticket out and says why; its agent goes away; the ownership is offered and accepted'

const mail = (number) => ['From: Wang Fang <wang@outside.example>', 'To: help@shop.example', `Subject: Lamp ${number}`, `Message-ID: <routing-${number}@outside.example>`, '', 'When does it arrive?']

async function choosePresence(page, words) {
  const menu = page.locator('#me-menu')
  if (!(await menu.isVisible())) await page.locator('button[popovertarget=me-menu]').click()
  await menu.getByRole('button', { name: words }).click()
  await page.keyboard.press('Escape')
}

export async function run({ desk, browser, expect }) {
  const admin = await administrator(desk)
  const [chen, bo] = [await admin.agent('Chen Wei'), await admin.agent('Bo Larsen')]
  const ids = Object.fromEntries((await admin.get('/agents')).items.map((one) => [one.name, one.id]))
  const team = await admin.post('/teams', { name: 'Help', agent_ids: [ids['Chen Wei'], ids['Bo Larsen']] })
  await admin.post('/inboxes', { name: 'Help', channel: 'email', address: 'help@shop.example', team_id: team.id, settings: { sender_name: 'Lamp & Tea', smtp: null, imap: null, signature: '', undo_seconds: 0 } })

  // The settings: a skill, a tier with its agent, what an agent takes, and the team that assigns by itself.
  const settings = await admin.open(browser, '/settings/assignment')
  const dialog = settings.getByRole('dialog')
  const save = async () => {
    await dialog.getByRole('button', { name: /^(Save|Create)$/ }).click()
    await expect.gone(dialog)
  }
  await settings.getByRole('button', { name: 'Add skill' }).click()
  await dialog.getByLabel('Name').fill('Lamps')
  await save()
  await settings.getByRole('button', { name: 'Add tier' }).click()
  await dialog.getByLabel('Name').fill('gold')
  await dialog.getByLabel('Rank').fill('2')
  await dialog.getByLabel('Dedicated agent').selectOption({ label: 'Bo Larsen' })
  await save()
  await settings.getByRole('main').getByRole('button', { name: /^(.*)Chen Wei/ }).click()
  await dialog.getByLabel('Capacity').fill('5')
  await dialog.getByLabel('Lamps').check()
  await dialog.getByLabel('Works in shifts').check()
  await dialog.getByLabel('Time zone').fill('Mars/Olympus')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect.text(dialog.getByRole('alert'), 'Shift: There is no such time zone. Enter one such as Asia/Shanghai.')
  await dialog.getByLabel('Works in shifts').uncheck()
  await save()
  await settings.getByRole('main').getByRole('button', { name: 'Help', exact: true }).click()
  await dialog.getByLabel('Assign by itself').check()
  await expect.accessible(settings)
  await save()

  // Only Chen is here: the ticket is Chen's, and the desk says why.
  const his = await chen.open(browser, '/view/mine')
  await expect.visible(his.locator('button[popovertarget=me-menu][aria-label*="Online"]'))
  await deliver(desk.smtp, 'wang@outside.example', 'help@shop.example', mail(1))
  await his.locator('[role=option]').first().click()
  await expect.visible(his.getByRole('log'))
  await his.keyboard.press('q')
  const why = his.getByRole('dialog', { name: 'Why me?' })
  await expect.text(why, 'Routing gave it to Chen Wei')
  await expect.text(why, 'was the only one who could take it')
  await expect.text(why, /Bo Larsen is (offline|away)/i)
  await expect.accessible(his)
  await his.keyboard.press('Escape')

  // Chen answers first, so Chen owns it; away keeps it, handing back gives it to the next who comes.
  const [ticket] = await admin.tickets()
  await chen.post(`/tickets/${ticket.id}/messages`, { client_id: 'the-first-answer', visibility: 'public', text: 'Tomorrow.', seen_position: 1 })
  await chen.call('PATCH', `/tickets/${ticket.id}`, { edits: [{ field: 'status', old: (await admin.tickets())[0].status_id, new: (await admin.get('/bootstrap')).statuses.find(({ category }) => category === 'open').id }] })
  await choosePresence(his, /^Away ?You keep/)
  await expect.soon(async () => (await admin.get('/presence')).items.some((one) => one.agent_id === ids['Chen Wei'] && one.presence === 'away'), 'Chen to be away')
  expect.equal((await admin.tickets())[0].assignee_id, ids['Chen Wei'])
  const hers = await bo.open(browser, '/view/mine')
  await expect.visible(hers.locator('button[popovertarget=me-menu][aria-label*="Online"]'))
  await choosePresence(his, /^Away, hand tickets back/)
  await expect.soon(async () => (await admin.tickets())[0].assignee_id === ids['Bo Larsen'], 'Bo to get it')
  expect.equal((await admin.tickets())[0].owner_id, ids['Chen Wei'], 'the owner stays')
  await hers.locator('[role=option]').first().click()
  await expect.visible(hers.getByRole('log'))

  // The owner offers the ownership; the other accepts it where it is shown.
  await his.goto(`${desk.url}/t/${ticket.number}`)
  await his.getByRole('button', { name: 'Offer ownership…' }).click()
  const offer = his.getByRole('dialog')
  await offer.getByLabel('Offer ownership to').selectOption(ids['Bo Larsen'])
  await offer.getByLabel('Why, or what to know').fill('You know the carrier.')
  await offer.getByRole('button', { name: 'Offer ownership…' }).click()
  await expect.gone(offer)
  await expect.text(hers.getByRole('complementary', { name: 'Customer' }), 'Chen Wei offers you the ownership')
  await expect.text(hers.getByRole('complementary', { name: 'Customer' }), 'You know the carrier.')
  await hers.getByRole('button', { name: 'Accept' }).click()
  await expect.soon(async () => (await admin.tickets())[0].owner_id === ids['Bo Larsen'], 'the new owner')

  // A ticket of no team waits until somebody lets the desk give those out too.
  await admin.inbox('email', { sender_name: 'Lamp & Tea', smtp: null, imap: null, signature: '' }, 'info@shop.example')
  await deliver(desk.smtp, 'wang@outside.example', 'info@shop.example', mail(2))
  const loose = async () => (await admin.tickets()).find(({ subject }) => subject === 'Lamp 2')
  await expect.soon(loose, 'the ticket without a team')
  expect.equal((await loose()).assignee_id, null)
  await settings.getByRole('main').getByRole('button', { name: 'Tickets without a team' }).click()
  await dialog.getByLabel('Assign by itself').check()
  await save()
  await expect.soon(async () => (await loose()).assignee_id !== null, 'one of those who are here to get it')
}
