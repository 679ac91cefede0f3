// Links and mentions are found; everything else stays as it was written.
import { expect, test } from 'vitest'
import { splitWords } from './splitWords'

test('a link loses the punctuation of its sentence', () => {
  expect(splitWords('See https://shop.example/a?b=1. Thanks')).toEqual([{ text: 'See ' }, { text: 'https://shop.example/a?b=1', href: 'https://shop.example/a?b=1' }, { text: '. Thanks' }])
})
test('a link between Chinese words ends with them', () => {
  expect(splitWords('请看https://shop.example/订单，谢谢').some((part) => part.href?.includes('，'))).toBe(false)
})
test('a mention follows Chinese directly, an address is none', () => {
  expect(splitWords('请看@王芳').at(-1)).toEqual({ text: '@王芳', mention: true })
  expect(splitWords('me@mail.example')).toEqual([{ text: 'me@mail.example' }])
})
test('a mention takes the whole of a name that is known', () => {
  expect(splitWords('@Emily Carter sees it', ['Emily', 'Emily Carter'])).toEqual([{ text: '@Emily Carter', mention: true }, { text: ' sees it' }])
  expect(splitWords('@王芳请看', ['王芳']).at(0)).toEqual({ text: '@王芳', mention: true })
})
test('only http links become links', () => expect(splitWords('javascript:alert(1)')).toEqual([{ text: 'javascript:alert(1)' }]))
