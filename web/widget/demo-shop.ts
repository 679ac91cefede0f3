// The demo shop's own script: its language, a basket that only counts, and a button that opens the chat.
export {}

const wanted = new URLSearchParams(location.search).get('lang') ?? navigator.language
document.documentElement.lang = /^zh/i.test(wanted) ? 'zh' : 'en'

const count = document.querySelector('#basket b')!
for (const button of document.querySelectorAll('.buy'))
  button.addEventListener('click', () => (count.textContent = String(Number(count.textContent) + 1)))

document.querySelector('.ask')!.addEventListener('click', () => window.shouwen?.open())
