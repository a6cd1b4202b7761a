export function render({model, el}) {
  const box = document.createElement('div')
  const key = (t) => `[data-send="${CSS.escape(t.dataset.send)}"][data-value="${CSS.escape(t.dataset.value ?? '')}"]`
  const draw = () => {
    const root = box.getRootNode()
    const held = root.activeElement && root.activeElement.dataset && root.activeElement.dataset.send ? key(root.activeElement) : null
    box.innerHTML = model.html
    if (held) { const again = box.querySelector(held); if (again) again.focus({preventScroll: true}) }
  }
  box.addEventListener('click', (event) => {
    const target = event.target.closest('[data-send]')
    if (!target || target.disabled || target.matches('input,select,textarea')) return
    event.preventDefault()
    model.send_msg({send: target.dataset.send, value: target.dataset.value ?? ''})
  })
  box.addEventListener('change', (event) => {
    const target = event.target.closest('[data-send]')
    if (!target) return
    const value = target.type === 'checkbox' ? (target.dataset.value ?? '') : target.value
    model.send_msg({send: target.dataset.send, value, checked: !!target.checked, box: target.type === 'checkbox'})
  })
  model.on('html', draw)
  draw()
  el.append(box)
}
