const WORKING_MS = 300

export function render({model, el}) {
  const box = document.createElement('div')
  const key = (t) => `[data-send="${CSS.escape(t.dataset.send)}"]`
    + ('value' in t.dataset ? `[data-value="${CSS.escape(t.dataset.value)}"]` : '')
  // what is being typed and was not sent yet outlives a redraw
  const typed = new Set()
  let drawing = false
  const draw = () => {
    const root = box.getRootNode()
    const drafts = [...typed].map((at) => [at, box.querySelector(at)]).filter(([, field]) => field)
    const held = root.activeElement && root.activeElement.dataset && root.activeElement.dataset.send ? key(root.activeElement) : null
    const cursor = root.activeElement?.selectionStart ?? null
    // browsers take a field that goes away for one that was left, and tell of a change
    drawing = true
    box.innerHTML = model.html
    drawing = false
    for (const [at, field] of drafts) {
      const again = box.querySelector(at)
      if (again) again.value = field.value
    }
    if (!held) return
    const again = box.querySelector(held)
    if (!again) return
    again.focus({preventScroll: true})
    if (again.setSelectionRange && cursor !== null) again.setSelectionRange(cursor, cursor)
  }
  // a line at the top of the window tells that an answer is awaited
  const line = document.createElement('div')
  let due = model.answered, timer = 0
  const send = (message) => {
    due += 1
    timer ||= setTimeout(() => {
      line.setAttribute('role', 'progressbar')
      line.setAttribute('aria-label', 'Working')
      line.style.cssText = 'position:fixed;inset:0 auto auto 0;width:30%;height:3px;z-index:2000;background:var(--p-accent)'
      box.append(line)
      line.animate([{transform: 'translateX(-100%)'}, {transform: 'translateX(334%)'}], {duration: 1200, iterations: Infinity})
    }, WORKING_MS)
    model.send_msg(message)
  }
  const answered = () => {
    if (model.answered < due) return
    clearTimeout(timer)
    timer = 0
    line.remove()
  }
  model.on('answered', answered)
  box.addEventListener('click', async ({target}) => {
    const button = target.closest('[data-copy]'), words = button?.lastChild
    if (!button || button.dataset.said) return
    button.dataset.said = words.textContent
    try {
      await navigator.clipboard.writeText(button.dataset.copy)
      words.textContent = 'Copied'
    } catch {
      words.textContent = 'Not copied: the browser refused'
    }
    setTimeout(() => { words.textContent = button.dataset.said; delete button.dataset.said }, 1500)
  })
  box.addEventListener('click', (event) => {
    const target = event.target.closest('[data-send]')
    if (!target || target.disabled || target.matches('input,select,textarea')) return
    event.preventDefault()
    send({send: target.dataset.send, value: target.dataset.value ?? ''})
  })
  box.addEventListener('input', (event) => {
    if (event.target.matches('input[data-send]:not([type=checkbox]),textarea[data-send]')) typed.add(key(event.target))
  })
  const changed = (target) => {
    typed.delete(key(target))
    const value = target.type === 'checkbox' ? (target.dataset.value ?? '') : target.value
    send({send: target.dataset.send, value, checked: !!target.checked, box: target.type === 'checkbox'})
  }
  box.addEventListener('change', (event) => {
    const target = event.target.closest('[data-send]')
    if (target && !drawing) changed(target)
  })
  // they do not tell of it where a redraw put the words back; a window that goes behind another leaves no field
  const left = (field) => {
    if (!drawing && document.hasFocus() && field.matches('[data-send]') && typed.has(key(field))) changed(field)
  }
  box.addEventListener('focusout', ({target}) => left(target))
  box.addEventListener('keydown', ({key: pressed, target}) => {
    if (pressed === 'Enter' && target.matches('input')) setTimeout(left, 0, target)
  })
  model.on('html', draw)
  // a form that was used: the same words again, without what was typed into it
  model.on('used', () => { typed.clear(); draw() })
  draw()
  el.append(box)
}
