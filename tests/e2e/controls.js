// Run in the page. `collect` returns what a person can use there, through all shadow roots, and keeps the elements in
// window.pfdControls; `print` is a fingerprint of what is shown.
(() => {
  const WANTED = 'button, a, input, select, textarea, summary, [data-send], [role=button], [role=checkbox], ' +
    '[role=tab], [role=switch], [role=menuitem]'
  const walk = (root, visit) => {
    for (const one of root.querySelectorAll('*')) {
      visit(one)
      if (one.shadowRoot) walk(one.shadowRoot, visit)
    }
  }
  const visible = (one) => {
    const style = getComputedStyle(one)
    return one.getClientRects().length > 0 && style.visibility !== 'hidden' && style.display !== 'none' &&
      !(one.checkVisibility && !one.checkVisibility({visibilityProperty: true}))
  }
  const said = (node) => {
    if (node.nodeType === 3) return node.textContent
    if (node.nodeType !== 1 || node.getAttribute('aria-hidden') === 'true') return ''
    if (node.tagName === 'SELECT' || node.tagName === 'TEXTAREA' || node.tagName === 'STYLE') return ''
    return (node.getAttribute('aria-label') || node.getAttribute('alt') || [...node.childNodes].map(said).join(' '))
  }
  const name = (one) => {
    const given = one.getAttribute('aria-label')
    if (given) return given
    const root = one.getRootNode()
    const by = (one.getAttribute('aria-labelledby') || '').split(/\s+/).filter(Boolean)
      .map((id) => root.getElementById ? root.getElementById(id) : null).filter(Boolean).map(said).join(' ')
    if (by.trim()) return by
    if (one.labels && one.labels.length) return [...one.labels].map(said).join(' ')
    if (!['INPUT', 'SELECT', 'TEXTAREA'].includes(one.tagName)) { const own = said(one); if (own.trim()) return own }
    return one.getAttribute('title') || ''
  }
  const above = (one) => one.parentElement || (one.getRootNode() instanceof ShadowRoot ? one.getRootNode().host : null)
  const inside = (one, box) => { while (one && one !== box) one = above(one); return one === box }
  window.pfdCollect = () => {
    const found = []
    window.pfdControls = []
    // what lies behind an open dialog cannot be used until it is closed
    let dialog = null
    walk(document, (one) => { if (one.matches('dialog:modal')) dialog = one })
    walk(document, (one) => {
      if (!one.matches(WANTED) || !visible(one) || (dialog && !inside(one, dialog))) return
      if (one.matches('[tabindex="-1"][aria-hidden=true]')) return
      window.pfdControls.push(one)
      found.push({
        tag: one.tagName.toLowerCase(), type: one.getAttribute('type') || '', role: one.getAttribute('role') || '',
        name: name(one).replace(/\s+/g, ' ').trim(), send: one.dataset.send || '', value: one.dataset.value || '',
        href: one.getAttribute('href'), download: one.hasAttribute('download'),
        disabled: !!one.disabled || !!one.readOnly || one.getAttribute('aria-disabled') === 'true',
        now: one.value === undefined ? '' : String(one.value), mode: one.getAttribute('inputmode') || '',
        here: one.matches('[aria-current=page], [aria-selected=true], [aria-pressed=true]'),
        options: one.tagName === 'SELECT' ? [...one.options].map((o) => o.value) : [],
        inMain: !!(function up(e) { while (e) { if (e.tagName === 'MAIN') return true
          e = e.parentElement || (e.getRootNode() instanceof ShadowRoot ? e.getRootNode().host : null) } return false })(one),
        open: one.tagName === 'SUMMARY' ? one.parentElement.open : null,
        help: one.tagName === 'SUMMARY' && one.parentElement.classList.contains('help'),
      })
    })
    return found
  }
  window.pfdWatch = () => {
    window.pfdChanges = 0
    const passing = (node) => node.nodeType === 1 && node.matches('[aria-label=Working], [class*=TouchRipple]')
    const counted = (change) => change.type === 'characterData' ||
      [...change.addedNodes, ...change.removedNodes].some((one) => !passing(one)) &&
      !(change.target.closest && change.target.closest('[class*=TouchRipple]'))
    const observer = new MutationObserver((changes) => { window.pfdChanges += changes.filter(counted).length })
    const options = {childList: true, characterData: true, subtree: true}
    const main = []
    walk(document, (one) => { if (one.tagName === 'MAIN') main.push(one) })
    for (const one of main) {
      observer.observe(one, options)
      walk(one, (inner) => { if (inner.shadowRoot) observer.observe(inner.shadowRoot, options) })
    }
  }
  const KEPT = ['aria-pressed', 'aria-selected', 'aria-checked', 'aria-expanded', 'aria-sort', 'aria-current', 'hidden',
    'disabled', 'href', 'data-value', 'src', 'd']
  window.pfdPrint = () => {
    let hash = 7
    const add = (text) => { for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0 }
    walk(document, (one) => {
      if (one.closest('[class*=TouchRipple], [aria-label=Working]') || ['STYLE', 'SCRIPT', 'LINK', 'HEAD'].includes(one.tagName)) return
      add(one.tagName)
      for (const key of KEPT) if (one.hasAttribute(key)) add(key + one.getAttribute(key))
      if (one.matches('button, input, select, a, h1, h2, h3, p')) add(String(one.getClientRects().length > 0))
      if (one.tagName === 'DETAILS') add(String(one.open))
      if (one.tagName === 'CANVAS') add(one.width + 'x' + one.height)
      if (['INPUT', 'SELECT', 'TEXTAREA'].includes(one.tagName)) add(one.value + one.checked)
      for (const node of one.childNodes) if (node.nodeType === 3) add(node.textContent)
      if (one.tagName === 'MAIN' || one.tagName === 'NAV') add(String(one.getBoundingClientRect().width | 0))
    })
    // what plots show is on canvases: their ranges and the sizes of their data stand for it
    for (const doc of window.Bokeh ? Bokeh.documents : []) {
      for (const model of doc.all_models) {
        if (model.type === 'Range1d' || model.type === 'DataRange1d') add(model.start + ' ' + model.end)
        if (model.type === 'ColumnDataSource') add(Object.values(model.data).map((one) => one.length).join())
      }
    }
    return hash + ' ' + getComputedStyle(document.body).backgroundColor + ' ' + !!document.querySelector('.mui-dark')
  }
})()
