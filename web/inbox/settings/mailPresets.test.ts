import { expect, test } from 'vitest'
import { fillPreset, mailPresets, presetFor, presetOf } from './mailPresets'
import { emptyServer } from './mailServerFields'

test('a preset fills both servers, keeps who signs in, and is known again', () => {
  for (const preset of mailPresets) {
    const smtp = { ...emptyServer(465), username: 'help' }
    const imap = { ...emptyServer(993), folder: 'Support' }
    fillPreset(preset, smtp, imap)
    expect(presetOf(smtp, imap)).toBe(preset)
    expect([smtp.username, imap.folder]).toEqual(['help', 'Support'])
  }
  expect(presetOf(emptyServer(465), emptyServer(993))).toBeUndefined()
})

test('an address at a provider names it, one of the shop itself does not', () => {
  expect(presetFor('shop@Gmail.com')?.key).toBe('gmail')
  expect(presetFor('help@shop.example')).toBeUndefined()
  expect(presetFor('help')).toBeUndefined()
})
