export function render({model, el}) {
  const mark = document.createElement('span')
  mark.dataset.value = 0
  el.append(mark)
  const card = () => {
    let host = mark.getRootNode().host
    while (host && !host.classList.contains('p-card')) host = host.parentElement?.closest('.p-card') ?? host.getRootNode().host
    return host
  }
  const bring = () => {
    mark.dataset.value = +mark.dataset.value + 1
    mark.scrollIntoView({behavior: 'smooth', block: 'center'})
    // where nothing has to scroll, the press must still be seen
    card()?.animate([{outline: '2px solid var(--p-accent)', outlineOffset: '-1px'}, {outline: '2px solid transparent', outlineOffset: '-1px'}], 900)
  }
  model.on('msg:custom', bring)
  // what it stands before is laid out with the next picture
  if (model.now) requestAnimationFrame(() => requestAnimationFrame(bring))
}
