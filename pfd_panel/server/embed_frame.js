// puts the view where this script stands; data-title, data-height and data-theme say how
(() => {
  const me = document.currentScript
  if (!me) return
  const frame = document.createElement('iframe')
  const address = new URL('./', me.src)
  if (['dark', 'light'].includes(me.dataset.theme)) address.searchParams.set('theme', me.dataset.theme)
  frame.title = me.dataset.title ?? 'PFD Panel'
  frame.loading = 'lazy'
  frame.referrerPolicy = 'no-referrer'
  frame.style.cssText = `width:100%;border:0;height:${Number(me.dataset.height) || 420}px`
  frame.src = address.href
  me.after(frame)
})()
