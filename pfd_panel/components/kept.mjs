// what a page keeps in its tab while it is loaded anew: where it was scrolled to, and what was typed and not sent
const KEPT = 'pfd-kept', KEPT_MS = 3600_000, FIND_MS = 10_000
const TYPED = 'input[data-send]:not([type=checkbox],[type=radio],[type=password],[type=file]),textarea[data-send]'

const everywhere = (root, selector, found = []) => {
  for (const one of root.querySelectorAll('*')) {
    if (one.matches(selector)) found.push(one)
    if (one.shadowRoot) everywhere(one.shadowRoot, selector, found)
  }
  return found
}
const mark = (field) => `${field.dataset.send} ${field.dataset.value ?? ''}`
const here = () => location.pathname + location.search

export function keepPage(person, why) {
  const typed = everywhere(document, TYPED).filter((field) => field.value !== field.defaultValue)
  const top = everywhere(document, '.main-content')[0]?.scrollTop ?? 0
  const kept = {why, person, at: Date.now(), address: here(), top, typed: typed.map((field) => [mark(field), field.value])}
  try { sessionStorage.setItem(KEPT, JSON.stringify(kept)) } catch { /* storage is full or forbidden: the address is enough */ }
}

// answers with why the page was loaded anew, or nothing
export function restorePage(person) {
  let kept
  try { kept = JSON.parse(sessionStorage.getItem(KEPT)); sessionStorage.removeItem(KEPT) } catch { return }
  if (!kept || kept.address !== here() || kept.person !== person || Date.now() - kept.at > KEPT_MS) return
  const until = Date.now() + FIND_MS, missing = new Map(kept.typed), filled = new Map()
  let top = kept.top
  const look = () => {
    const area = everywhere(document, '.main-content')[0]
    if (top && area && area.scrollHeight - area.clientHeight >= top) { area.scrollTop = top; top = 0 }
    for (const field of everywhere(document, TYPED)) {
      const words = missing.get(mark(field))
      if (words === undefined) continue
      missing.delete(mark(field))
      filled.set(mark(field), words)
      field.value = words
      field.dispatchEvent(new Event('input', {bubbles: true}))
    }
    if ((top || missing.size) && Date.now() < until) setTimeout(look, 200)
  }
  look()
  // browsers tell of a change only where a person typed; the button that follows counts on being told
  document.addEventListener('click', (event) => {
    if (!event.composedPath().some((one) => one.matches?.('button[data-send]'))) return
    for (const field of everywhere(document, TYPED)) {
      const words = filled.get(mark(field))
      filled.delete(mark(field))
      if (words === field.value && words !== field.defaultValue) field.dispatchEvent(new Event('change', {bubbles: true}))
    }
  }, true)
  return kept.why
}
