// Every screen of the demo, on a desktop and on a phone, in both languages and themes: axe finds nothing, and nothing
// lies beyond the edge of the screen. SCREENS, a pattern, picks some of them.
import { look, screensOf, settle, signIn, writeIn } from './support/screens.mjs'

export const name = 'every screen is accessible and fits, wide and narrow, English and Chinese, light and dark'
export const on = 'demo'
export const seconds = 900

const wanted = new RegExp(process.env.SCREENS ?? '')
const LOOKS = [
  { width: 1440, locale: 'en', theme: 'light' },
  { width: 390, locale: 'zh', theme: 'dark' },
  { width: 1440, locale: 'zh', theme: 'dark' },
  { width: 390, locale: 'en', theme: 'light' },
]

export async function run({ desk, browser, expect }) {
  const { cookies, request } = await signIn(browser, desk.url)
  await writeIn(desk, request)
  const walk = async (one) => {
    const wrong = []
    const [inside, outside] = [await look(browser, one), await look(browser, one)]
    await inside.addCookies(cookies)
    for (const { name: screen, go, out } of screensOf(desk.url).filter((one) => wanted.test(one.name))) {
      const page = await (out ? outside : inside).newPage()
      page.setDefaultTimeout(10_000)
      try {
        await go(page)
        await settle(page)
        await expect.fits(page)
        await expect.accessible(page)
        const widget = page.frames().find((frame) => frame.url().includes('/widget/frame'))
        if (widget) await expect.accessible(widget)
      } catch (error) {
        wrong.push(`${screen} (${one.width}, ${one.locale}, ${one.theme}): ${error.message}`)
      }
      await page.close()
    }
    await Promise.all([inside, outside].map((context) => context.close()))
    return wrong
  }
  // Two at a time: a page mostly waits.
  const wrong = []
  for (const pair of [LOOKS.slice(0, 2), LOOKS.slice(2)]) wrong.push(...(await Promise.all(pair.map(walk))).flat())
  expect.ok(wrong.length === 0, `${wrong.length} screens\n${wrong.join('\n')}`)
}
