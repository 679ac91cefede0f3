// Amounts are read as people type them and never rounded in silence.
import { expect, test } from 'vitest'
import { limitText, moneyField, moneyText, readMoney } from './money'

test.each([
  ['58', 5_800], ['58.5', 5_850], ['1,280.50', 128_050], ['¥ 58', 5_800], ['５８．５０', 5_850], ['58元', 5_800], ['0', 0],
  ['58.505', null], ['-58', null], ['58,5', null], ['abc', null], ['', null], ['9999999999999', null],
])('%s is read as %s', (typed, minor) => {
  expect(readMoney(typed, 'CNY')).toBe(minor)
})
test('a currency without decimals has none', () => {
  expect([readMoney('580', 'JPY'), readMoney('580.5', 'JPY'), moneyField(580, 'JPY')]).toEqual([580, null, '580'])
})
test('an unknown currency is still shown', () => {
  expect([moneyText(5_800, 'CNY', 'zh-CN'), moneyText(5_800, 'not one', 'en-GB')]).toEqual(['¥58.00', '58.00 not one'])
})
test('a limit names cents only where it has some', () => {
  expect([limitText(500_000, 'CNY', 'zh-CN'), limitText(500_050, 'CNY', 'zh-CN'), limitText(5_000, 'JPY', 'zh-CN')]).toEqual(['¥5,000', '¥5,000.50', '¥5,000'])
})
