// What stories expect: node's strict assertions, and those that give a page time to get there.
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'

import { axeSource } from './packages.mjs'

const SECONDS = 15

/** Asks until the answer is truthy, and returns it. `what` says what for; a function is asked at the end. */
async function soon(question, what = 'it to become true', seconds = SECONDS) {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const answer = await question()
    if (answer) return answer
    if (performance.now() > end) assert.fail(`waited ${seconds} s for ${typeof what === 'function' ? what() : what}`)
    await pause(50)
  }
}

async function visible(locator) {
  await locator.first().waitFor({ state: 'visible', timeout: SECONDS * 1000 })
}

async function gone(locator) {
  await soon(async () => (await locator.count()) === 0 || !(await locator.first().isVisible()), `${locator} to go`)
}

/** `words` is a string that the text contains, or a pattern. */
async function text(locator, words) {
  const fits = (found) => (typeof words === 'string' ? found.includes(words) : words.test(found))
  let last
  const question = async () => fits((last = (await locator.first().textContent({ timeout: 1000 }).catch(() => '')) ?? ''))
  await soon(question, () => `${locator} to say ${words}; it says ${JSON.stringify(last)}`)
}

/** No violation of WCAG 2 A and AA that axe can find. */
async function accessible(page) {
  // evaluate, not a script tag: the page's content security policy forbids those, and should.
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], iframes: false }),
  )
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join('\n  ')}`)
  assert.ok(found.length === 0, `not accessible\n${found.join('\n')}`)
}

/** Nothing lies beyond the right edge of the screen; a phone's innerWidth grows with what is too wide. */
async function fits(page) {
  const room = page.viewportSize().width
  const [wide, widest] = await page.evaluate((room) => {
    const beyond = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > room + 1)
    return [document.scrollingElement.scrollWidth, beyond.slice(0, 3).map((one) => one.outerHTML.slice(0, 120))]
  }, room)
  assert.ok(wide <= room, `${wide} pixels wide on a screen of ${room}:\n  ${widest.join('\n  ')}`)
}

export const expect = { ...assert, soon, visible, gone, text, accessible, fits }
