import { expect, test } from 'vitest'
import { address } from './client'

test('a path is filled in and cannot be left by what is filled in', () => {
  expect(address('/customers/{customer}/identities/{identity}', { customer: 'a', identity: '../b?c' })).toBe('/customers/a/identities/..%2Fb%3Fc')
})

test('a query leaves out what is not said', () => {
  expect(address('/tickets', {}, { view: 'mine', team: undefined, tag: null, after: '', limit: 0 })).toBe('/tickets?view=mine&limit=0')
  expect(address('/tickets', {}, { after: null })).toBe('/tickets')
})
