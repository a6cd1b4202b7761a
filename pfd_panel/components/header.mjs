const MARK = '<svg width="22" height="22" viewBox="0 0 24 24" fill="none" stroke="var(--p-accent)" stroke-width="2.2" ' +
  'stroke-linejoin="round" stroke-linecap="round" aria-hidden="true"><path d="M2 12h4l3-8 5 16 3-8h5"/></svg>'
const keep = (name, value) => { document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax` }
const text = (tag, words, cls) => { const t = document.createElement(tag); t.textContent = words; if (cls) t.className = cls; return t }

// who is logged in, and the way out; answers with what to do when the header goes
function personMenu(name, top) {
  const menu = document.createElement('details')
  menu.className = 'person'
  const shown = text('summary', '', 'who')
  shown.setAttribute('aria-label', `Logged in as ${name}`)
  shown.append(text('span', 'account_circle', 'icon'), text('span', name, 'name'))
  const entries = document.createElement('div')
  entries.className = 'entries'
  const account = text('a', 'Account')
  account.href = '/account'
  const out = text('button', 'Log out')
  out.type = 'button'
  out.addEventListener('click', async () => {
    out.disabled = true
    const token = document.querySelector('meta[name="pfd-csrf"]')?.content ?? ''
    await fetch('/logout', {method: 'POST', headers: {'x-csrf-token': token}, redirect: 'manual'}).catch(() => {})
    window.location.assign('/login')
  })
  entries.append(account, out)
  menu.append(shown, entries)
  top.append(menu)
  const close = (event) => {
    if (event.type === 'keydown' ? event.key === 'Escape' : !event.composedPath().includes(menu)) menu.open = false
  }
  for (const kind of ['click', 'keydown']) document.addEventListener(kind, close, true)
  return () => { for (const kind of ['click', 'keydown']) document.removeEventListener(kind, close, true) }
}

export function render({model, el}) {
  const top = document.createElement('div')
  top.className = 'top'
  const brand = document.createElement('a')
  brand.className = 'brand'
  brand.href = '/'
  brand.innerHTML = MARK
  brand.append(text('span', 'PFD Panel', 'words'))
  brand.setAttribute('aria-label', 'PFD Panel, home')
  const crumbs = document.createElement('nav')
  crumbs.className = 'crumbs'
  crumbs.setAttribute('aria-label', 'Breadcrumb')
  const trail = () => {
    crumbs.replaceChildren()
    for (const [words, href] of model.crumbs) {
      crumbs.append('/ ')
      if (href) { const a = text('a', words); a.href = href; crumbs.append(a, ' ') } else crumbs.append(words, ' ')
    }
  }
  const find = document.createElement('div')
  find.className = 'find'
  const input = document.createElement('input')
  Object.assign(input, {type: 'search', placeholder: 'Search signals, runs, pages', autocomplete: 'off', spellcheck: false})
  for (const [k, v] of Object.entries({'aria-label': 'Search', role: 'combobox', 'aria-expanded': 'false', 'aria-controls': 'hits'})) input.setAttribute(k, v)
  const list = document.createElement('div')
  list.className = 'hits'
  list.id = 'hits'
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', 'Results')
  list.hidden = true
  find.append(input, text('kbd', '/'), list)
  top.append(brand, crumbs, find)
  const leave = model.person ? personMenu(model.person, top) : () => {}
  el.append(top)

  let at = -1, timer = null, followed = null
  const links = () => [...list.querySelectorAll('a')]
  const close = () => { list.hidden = true; input.setAttribute('aria-expanded', 'false'); at = -1 }
  const mark = (to) => { const all = links(); at = all.length ? (to + all.length) % all.length : -1
    all.forEach((a, i) => a.setAttribute('aria-selected', i === at)); if (at >= 0) all[at].scrollIntoView({block: 'nearest'}) }
  const go = (href) => { window.location.assign(href) }
  let entered = ''
  const show = () => {
    const {asked, found} = model.hits
    if (asked === undefined || asked !== input.value.trim()) return
    list.replaceChildren()
    for (const hit of found) {
      const a = document.createElement('a')
      a.href = hit.href
      a.setAttribute('role', 'option')
      a.append(text('span', hit.title), text('span', hit.note, 'note'))
      list.append(a)
    }
    if (!found.length) list.append(text('div', 'Nothing found', 'none'))
    list.hidden = false
    input.setAttribute('aria-expanded', 'true')
    mark(0)
    if (entered === asked && found.length) go(found[0].href)
  }
  const ask = () => { const words = input.value.trim(); if (words) model.send_msg({find: words}); else close() }
  input.addEventListener('input', () => { entered = ''; clearTimeout(timer); timer = setTimeout(ask, 120) })
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') { mark(at + 1); event.preventDefault() }
    else if (event.key === 'ArrowUp') { mark(at - 1); event.preventDefault() }
    else if (event.key === 'Escape') { close(); input.blur() }
    else if (event.key === 'Enter') {
      event.preventDefault()
      const words = input.value.trim(), all = links()
      if (model.hits.asked === words && all.length) go(all[Math.max(at, 0)].href)
      else { entered = words; clearTimeout(timer); ask() }
    }
  })
  input.addEventListener('blur', () => setTimeout(close, 150))
  const slash = (event) => {
    const target = event.composedPath()[0]
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || target.matches?.('input,textarea,select,[contenteditable]')) return
    event.preventDefault()
    input.focus()
  }
  document.addEventListener('keydown', slash, true)
  model.on('remove', () => { document.removeEventListener('keydown', slash, true); leave() })
  model.on('hits', show)
  model.on('crumbs', trail)
  model.on('query', () => {
    const address = window.location.pathname + (model.query ? '?' + model.query : '') + window.location.hash
    const was = new URLSearchParams(window.location.search), now = new URLSearchParams(model.query)
    if (model.remembered.some((name) => was.get(name) !== now.get(name))) window.history.pushState(null, '', address)
    else window.history.replaceState(window.history.state, '', address)
  })
  // back and forward: Python shows what is remembered, and the address then says the rest as it is now
  const returned = () => {
    if (model.remembered.length) model.send_msg({returned: window.location.search.slice(1)})
  }
  window.addEventListener('popstate', returned)
  model.on('remove', () => window.removeEventListener('popstate', returned))
  model.on('dark', () => { if (model.dark !== followed) keep('pfd_theme', model.dark ? 'dark' : 'light') })
  model.on('msg:custom', (message) => { if (message.go) go(message.go) })
  trail()
  const narrow = window.innerWidth < 700, dark = window.matchMedia('(prefers-color-scheme: dark)').matches
  keep('pfd_narrow', narrow ? 1 : 0)
  keep('pfd_prefers', dark ? 'dark' : 'light')
  const chosen = /(?:^|; )pfd_theme=/.test(document.cookie) || /[?&]theme=/.test(window.location.search)
  const news = {}
  if (!chosen && dark !== model.dark) { news.dark = dark; followed = dark }
  if (narrow !== model.narrow) news.narrow = narrow
  if (Object.keys(news).length) model.send_msg(news)
}
