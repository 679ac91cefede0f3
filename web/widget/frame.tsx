// The entry of the panel: hears the shop's page, opens the conversation and draws it.
import { h, render } from 'preact'
import type { Locale } from '../shared/types'
import { inkOn, normalColor } from './color'
import { Conversation } from './conversation'
import type { Socket } from './connection'
import { Files } from './files'
import { Host } from './host'
import type { FromShop } from './messages'
import { Panel } from './panel'
import { startReading } from './reading'
import { localeOf, wordsOf } from './words'
import './frame.css'

export interface Config {
  title: string
  color: string
  greeting: string
  locale: Locale
  online: boolean
  ask_email: boolean
}

const key = new URLSearchParams(location.search).get('key') ?? ''
const host = new Host(window)
let state: FromShop
let config: Config | null = null
let conversation: Conversation | undefined

host.hear((told) => {
  state = told
  if (conversation) conversation.keptElsewhere(told.kept)
  else begin()
  draw()
})

function begin(): void {
  const secure = location.protocol === 'https:' ? 'wss://' : 'ws://'
  conversation = new Conversation({
    key,
    locale: localeOf(state.locale),
    page: () => state.page,
    kept: state.kept,
    keep: (name, value) => host.keep(name, value),
    dial: () => new WebSocket(secure + location.host + '/api/widget/v1/socket') as Socket,
    clock: {
      now: () => Date.now(),
      after: (milliseconds, run) => setTimeout(run, milliseconds),
      cancel: (timer) => clearTimeout(timer as number),
    },
    random: () => Math.random(),
    newId,
  })
  const locale = localeOf(state.locale)
  const files = new Files(() => conversation!.admitted())
  startReading({ locale, words: wordsOf(locale), files, conversation })
  try {
    config = JSON.parse(state.kept[':config']!) as Config
  } catch {}
  wear(config?.color)
  document.documentElement.lang = state.locale
  conversation.subscribe(() => {
    host.unread(conversation!.unread)
    if (!fetched) void fetchConfig()
  })
  conversation.start()
  void fetchConfig()
  addEventListener('online', () => conversation!.wake())
  addEventListener('pageshow', () => conversation!.wake())
  document.addEventListener('visibilitychange', () => document.hidden || conversation!.wake())
}

let fetched = false
async function fetchConfig(): Promise<void> {
  fetched = true
  try {
    const response = await fetch('/api/widget/v1/config?key=' + encodeURIComponent(key))
    if (!response.ok) return
    config = (await response.json()) as Config
    host.keep(':config', JSON.stringify(config))
    host.keep(':color', wear(config.color))
    draw()
  } catch {
    fetched = false
  }
}

function wear(shopColor: string | undefined): string {
  const color = normalColor(shopColor)
  document.documentElement.style.setProperty('--brand', color)
  document.documentElement.style.setProperty('--ink', inkOn(color))
  return color
}

let drawn = false
function draw(): void {
  // Nothing is drawn, and no picture fetched, for a visitor who only passes by.
  drawn ||= state.open
  if (!drawn) return
  render(
    <Panel
      config={config}
      open={state.open}
      kept={state.kept}
      keep={(name, value) => host.keep(name, value)}
      close={() => host.close()}
    />,
    document.body,
  )
}

/** crypto.randomUUID exists only in secure contexts; elsewhere every blob's address ends in such an id. */
function newId(): string {
  if (crypto.randomUUID) return crypto.randomUUID()
  const address = URL.createObjectURL(new Blob())
  URL.revokeObjectURL(address)
  return address.slice(-36)
}
