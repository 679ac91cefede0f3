// Draws the launcher on the shop's page, loads the panel into an iframe when it is wanted, and keeps the
// panel's data in the shop's own localStorage (first party). Imports nothing but its style; every byte counts.
//   <script async src="https://desk.example/widget.js" data-key="…" data-locale="zh" data-color="#0f766e"></script>
// The language is else the page's, then the browser's; the colour is that of the first paint, until the inbox's
// own is known. The page may call shouwen.open() and shouwen.close().
import type { FromFrame, FromShop, Kept } from './messages'
import style from './loader.css?inline'

declare global {
  interface Window {
    shouwen?: { open(): void; close(): void }
  }
}

;(() => {
  if (window.shouwen) return
  const page = document.documentElement
  const { src, dataset } = document.currentScript as HTMLScriptElement
  const { key = '', locale = page.lang || navigator.language, color = '#0f766e' } = dataset
  const { origin } = new URL(src)
  const prefix = 'shouwen:' + key
  const label = /^zh/i.test(locale) ? '在线客服' : 'Chat'
  const elements = ['div', 'button', 'b', 'iframe'].map((name) => document.createElement(name))
  const [host, button, badge, frame] = elements as [HTMLElement, HTMLElement, HTMLElement, HTMLIFrameElement]
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  let isOpen = false
  let opener: HTMLElement
  let store: Record<string, string> = {}
  try {
    store = localStorage
  } catch {}

  const readKept = () => {
    const kept: Kept = {}
    for (const name in store)
      if ((name + ':').startsWith(prefix + ':')) kept[name.slice(prefix.length)] = store[name]!
    return kept
  }
  const paint = () => host.style.setProperty('--c', readKept()[':color'] || color)

  const tell = () => {
    // Nothing is said before the frame was ready: an empty window is not the desk's.
    if (!frame.className) return
    const { title } = document
    const state: FromShop = { kept: readKept(), locale, open: isOpen, page: { url: location.href, title } }
    frame.contentWindow!.postMessage(state, origin)
  }
  const load = () => {
    frame.src = origin + '/widget/frame?key=' + encodeURIComponent(key)
    root.append(frame)
  }
  // A phone's keyboard covers what is fixed to the bottom: keep to what can be seen.
  const fit = () => {
    const { height, offsetTop, scale } = visualViewport!
    frame.style.cssText = innerWidth < 480 && scale === 1 ? `top:${offsetTop}px;height:${height}px` : ''
  }
  const show = (open: boolean) => {
    if (open === isOpen) return
    isOpen = open
    button.ariaExpanded = String(open)
    if (open) {
      opener = document.activeElement as HTMLElement
      if (!frame.src) load()
      frame.focus()
    } else if (document.activeElement === host) {
      button.focus()
      opener.focus()
    }
    tell()
  }

  sheet.replaceSync(style)
  root.adoptedStyleSheets = [sheet]
  root.append(button)
  button.ariaLabel = frame.title = label
  button.ariaExpanded = 'false'
  button.onclick = () => show(!isOpen)
  // In braces: a handler that returns false would swallow every other key.
  button.onkeydown = (event) => {
    if (event.key === 'Escape') show(false)
  }
  paint()

  visualViewport!.onresize = visualViewport!.onscroll = fit
  addEventListener('storage', tell)
  addEventListener('message', ({ source, origin: from, data }: MessageEvent<FromFrame>) => {
    if (source !== frame.contentWindow || from !== origin) return
    if ('ready' in data) {
      frame.className = 'ready'
      tell()
      if (isOpen) frame.focus()
    } else if ('name' in data) {
      try {
        if (data.value == null) delete store[prefix + data.name]
        else store[prefix + data.name] = data.value
      } catch {}
      paint()
    } else if ('unread' in data) {
      badge.textContent = data.unread > 9 ? '9+' : String(data.unread)
      button.replaceChildren(...(data.unread ? [badge] : []))
      button.ariaLabel = label + (data.unread ? ` (${data.unread})` : '')
    } else show(false)
  })

  // Outside of the body, because single-page shops replace that; put back if they replace more.
  const attach = () => host.isConnected || page.append(host)
  attach()
  new MutationObserver(attach).observe(page, { childList: true })

  window.shouwen = { open: () => show(true), close: () => show(false) }
  if (readKept()[':talk']) load()
})()
