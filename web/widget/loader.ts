// Draws the launcher on the shop's page, loads the panel into an iframe when it is wanted, and keeps the
// panel's data in the shop's own localStorage (first party). Imports nothing but its style.
import type { FromFrame, FromShop, Kept } from './messages'
import style from './loader.css?inline'

declare global {
  interface Window {
    shouwen?: { open(): void; close(): void }
  }
}

;(() => {
  if (window.shouwen) return
  const script = (document.currentScript ?? document.querySelector('script[src*="/widget.js"]')) as HTMLScriptElement
  const { key = '', locale = document.documentElement.lang || navigator.language, color = '#0f766e' } = script.dataset
  const { origin } = new URL(script.src)
  const prefix = 'shouwen:' + key
  const label = /^zh/i.test(locale) ? '在线客服' : 'Chat'
  const memory: Kept = {}

  const host = document.createElement('div')
  const root = host.attachShadow({ mode: 'open' })
  const button = document.createElement('button')
  const badge = document.createElement('b')
  const frame = document.createElement('iframe')
  const sheet = new CSSStyleSheet()
  let opener: Element | null

  const isOpen = () => button.ariaExpanded === 'true'

  const readKept = () => {
    const kept = { ...memory }
    try {
      for (const name in localStorage)
        if ((name + ':').startsWith(prefix + ':')) kept[name.slice(prefix.length)] = localStorage[name]
    } catch {}
    return kept
  }
  const keep = (name: string, value: string | null) => {
    if (value == null) delete memory[name]
    else memory[name] = value
    try {
      if (value == null) localStorage.removeItem(prefix + name)
      else localStorage[prefix + name] = value
    } catch {}
    paint()
  }
  const paint = () => host.style.setProperty('--color', readKept()[':color'] || color)

  const tell = () => {
    // Nothing is said before the frame was ready: an empty window is not the desk's.
    if (frame.className) {
      const page = { url: location.href, title: document.title }
      const state: FromShop = { kept: readKept(), locale, open: isOpen(), page }
      frame.contentWindow!.postMessage(state, origin)
    }
  }
  const load = () => {
    if (frame.src) return
    frame.src = origin + '/widget/frame?key=' + encodeURIComponent(key)
    root.append(frame)
  }
  const open = () => {
    if (isOpen()) return
    opener = document.activeElement
    button.ariaExpanded = 'true'
    load()
    tell()
    frame.focus()
  }
  const close = () => {
    if (!isOpen()) return
    button.ariaExpanded = 'false'
    tell()
    if (document.activeElement === host) {
      button.focus()
      if (opener !== host && opener !== document.body) (opener as HTMLElement).focus()
    }
  }

  sheet.replaceSync(style)
  root.adoptedStyleSheets = [sheet]
  button.ariaLabel = frame.title = label
  button.ariaExpanded = 'false'
  button.append(badge)
  button.onclick = () => (isOpen() ? close() : open())
  button.onkeydown = (event) => event.key === 'Escape' && close()
  root.append(button)
  paint()

  addEventListener('message', ({ source, origin: from, data }: MessageEvent<FromFrame>) => {
    if (source !== frame.contentWindow || from !== origin) return
    if ('ready' in data) {
      frame.className = 'ready'
      tell()
      if (isOpen()) frame.focus()
    }
    if ('name' in data) keep(data.name, data.value)
    if ('close' in data) close()
    if ('unread' in data) {
      badge.textContent = data.unread > 9 ? '9+' : String(data.unread || '')
      button.ariaLabel = data.unread ? `${label} (${data.unread})` : label
    }
  })
  addEventListener('storage', tell)

  // Outside of the body, because single-page shops replace that; put back if they replace more.
  const attach = () => host.isConnected || document.documentElement.append(host)
  attach()
  new MutationObserver(attach).observe(document.documentElement, { childList: true })

  window.shouwen = { open, close }
  if (readKept()[':talk']) load()
})()
