// Takes pictures of the widget to be looked at: `CHROMIUM=… node widget/pictures.mjs <folder>`.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync, crc32 } from 'node:zlib'
import { Stage } from './stage.mjs'

const folder = process.argv[2]
mkdirSync(folder, { recursive: true })
const stage = await Stage.raise()
const { mock } = stage

const lines = {
  en: [
    ['visitor', 'Hi! My lamp arrived with a broken shade. Order 2026-11-104233.'],
    ['agent', 'Oh no, I am sorry about that. Could you send me a picture of the shade and of the box?'],
    ['agent', 'You find how to return it at https://lampandtea.example/returns?order=2026-11-104233 as well.'],
    ['visitor', 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsmitgliedschaftsausweis'],
    ['visitor', 'PICTURE'],
    ['system', 'Mei Lin has joined the conversation.'],
    ['agent', 'Thank you. A new shade leaves today and will be with you on Tuesday; you need not send anything back.'],
    ['visitor', 'Great, thanks a lot!'],
  ],
  zh: [
    ['visitor', '你好，我买的台灯到货了，但是灯罩碎了。订单号 2026-11-104233。'],
    ['agent', '非常抱歉给您带来不便！麻烦您拍一张灯罩和外包装的照片发给我，好吗？'],
    ['agent', '退换说明也可以看这里：https://lampandtea.example/returns，按第二步操作即可。'],
    ['visitor', '好的，马上发。'],
    ['visitor', 'PICTURE'],
    ['system', '客服梅琳已加入对话。'],
    ['agent', '收到，谢谢您。新的灯罩今天就会寄出，预计星期二送达，碎的那个不用寄回来了，请小心碎片。'],
    ['visitor', '太好了，谢谢！'],
  ],
}

function picture() {
  const [width, height] = [320, 240]
  const rows = Buffer.alloc((width * 3 + 1) * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const inside = Math.abs(x - 160) < 40 + y / 3 && y > 60 && y < 180
      rows.set(inside ? [240, 190 - y / 4, 110] : [90 + y / 4, 110, 120 - y / 4], y * (width * 3 + 1) + 1 + x * 3)
    }
  const chunk = (type, bytes) => {
    const body = Buffer.concat([Buffer.from(type), bytes])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(bytes.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2], 8)
  const mark = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
  return Buffer.concat([mark, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

function tell(locale) {
  const visitor = mock.addVisitor('known')
  const start = Date.now() - 26 * 3_600_000
  const files = [
    mock.addFile('broken-shade.png', 'image/png', picture()),
    mock.addFile('发票 invoice-2026-11-104233-with-a-very-long-name-indeed.pdf', 'application/pdf', Buffer.alloc(245_000)),
  ]
  lines[locale].forEach(([from, text], index) => {
    const at = new Date(start + index * 40_000 + (index > 4 ? 25.5 * 3_600_000 : 0)).toISOString()
    const name = from === 'visitor' ? null : locale === 'zh' ? '梅琳' : 'Mei Lin'
    const attached = text === 'PICTURE' ? { text: '', attachments: files } : {}
    mock.say(visitor, text, { from, name, at, ...attached })
  })
  return visitor
}

async function shoot(name, { locale, width, dark, before = () => {}, after = async () => {}, kept = {}, shop = {} }) {
  stage.clear()
  Object.assign(mock.config, { title: locale === 'zh' ? '灯与茶' : 'Lamp & Tea' })
  Object.assign(mock.config, { greeting: locale === 'zh' ? '您好！灯具、茶叶、物流，都可以问我们。' : 'Hello! Ask us about lamps, tea, or your parcel.' })
  await before()
  const scene = await stage.visit({
    kept: { 'shouwen:key': 'known', ...kept },
    shop: { style: dark ? 'body{background:#222;color:#ddd}' : '', attributes: `data-locale="${locale}"`, ...shop },
    viewport: { width, height: width < 480 ? 844 : 800 },
    colorScheme: dark ? 'dark' : 'light',
    hasTouch: width < 480,
    isMobile: width < 480,
    deviceScaleFactor: width < 480 ? 2 : 1,
  })
  await scene.page.waitForTimeout(500)
  await after(scene)
  await scene.page.waitForTimeout(400)
  const clip = width < 480 ? undefined : { x: width - 480, y: 40, width: 480, height: 760 }
  await scene.page.screenshot({ path: join(folder, name + '.png'), clip })
  await scene.context.close()
}

for (const locale of ['en', 'zh'])
  for (const width of [390, 1600])
    for (const dark of [false, true]) {
      const name = [locale, width, dark ? 'dark' : 'light'].join('-')
      await shoot(name, { locale, width, dark, before: () => (tell(locale).agentSeen = 8) })
    }

const failing = async ({ field, panel }) => {
  for (const text of ['/refuse 429 Are you still there?', '/refuse 422 And this?']) {
    await field.fill(text)
    await field.press('Enter')
  }
  await panel.locator('.failure').nth(1).waitFor()
}
await shoot('failed-en', { locale: 'en', width: 390, before: () => tell('en'), after: failing })
await shoot('failed-zh-dark', { locale: 'zh', width: 1600, dark: true, before: () => tell('zh'), after: failing })
await shoot('empty-en', { locale: 'en', width: 1600 })
await shoot('empty-zh-away', { locale: 'zh', width: 390, before: () => Object.assign(mock.config, { online: false, ask_email: true }) })
await shoot('offline-typing', {
  locale: 'zh', width: 1600, before: () => tell('zh'),
  after: async ({ context, field, page }) => {
    mock.tell(mock.first, { type: 'agent', typing: true, name: '梅琳', online: true })
    await page.waitForTimeout(200)
    await context.setOffline(true)
    mock.drop()
    await field.fill('断网时写的一句话')
    await field.press('Enter')
    await page.waitForTimeout(1_700)
  },
})
await shoot('typing-ask', {
  locale: 'en', width: 1600,
  before: () => { tell('en'); mock.config.ask_email = true },
  after: async () => mock.tell(mock.first, { type: 'agent', typing: true, name: 'Mei Lin', online: true }),
})
await shoot('tray-yellow', {
  locale: 'en', width: 390, before: () => { tell('en'); mock.config.color = '#ffd400' },
  after: async ({ panel, field }) => {
    await panel.locator('input[type=file]').setInputFiles([
      { name: 'box.png', mimeType: 'image/png', buffer: picture() },
      { name: 'a-film-of-the-unpacking.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(10_000_001) },
    ])
    await field.fill('Here are the pictures.\nThe box was already torn\nwhen it came.')
  },
})
await shoot('white-dark', { locale: 'en', width: 1600, dark: true, before: () => { tell('en'); mock.config.color = '#ffffff' } })
await shoot('black-dark', { locale: 'en', width: 1600, dark: true, before: () => { tell('en'); mock.config.color = '#000000' } })
await shoot('white-light', { locale: 'en', width: 1600, before: () => { tell('en'); mock.config.color = '#ffffff' } })
await shoot('long-scrolled', {
  locale: 'en', width: 1600,
  before: () => { const visitor = tell('en'); for (let line = 0; line < 100; line++) mock.say(visitor, 'Line ' + line, { name: 'Wolfeschlegelsteinhausenbergerdorff Hubert Blaine the Third of the House of Bergedorf' }) },
  after: async ({ panel }) => { await panel.locator('.log').evaluate((list) => (list.scrollTop = 900)); await panel.locator('.to-end').waitFor(); mock.say(mock.first, 'new') },
})
await stage.strike()
