export function render({model, view, el}) {
  el.style.display = 'none'
  const figure = view.model.document.get_model_by_name(model.target)
  if (!figure) return
  const range = figure.x_range
  let asking = false, wanted = false, due = false, gone = false
  const pixels = () => Math.max(200, Math.round((figure.inner_width || 800) * Math.min(window.devicePixelRatio || 1, 2)))
  const enough = () => {
    const [start, stop, step] = model.covered
    const span = range.end - range.start
    const low = Math.max(range.start, figure.x_range.bounds?.[0] ?? -Infinity), high = Math.min(range.end, figure.x_range.bounds?.[1] ?? Infinity)
    return start !== undefined && low >= start && high <= stop && step <= 1.5 * span / pixels()
  }
  const ask = () => {
    due = false
    if (gone) return
    if (enough()) { wanted = false; return }
    if (asking) { wanted = true; return }
    asking = true
    wanted = false
    model.send_msg({start: range.start, end: range.end, pixels: pixels()})
  }
  // both ends of the range change in one turn of the browser, so the end of that turn is early enough; a frame is 16 ms late
  const soon = () => { if (!due) { due = true; queueMicrotask(ask) } }
  const done = () => { asking = false; if (wanted) soon() }
  range.properties.start.change.connect(soon)
  range.properties.end.change.connect(soon)
  model.on('msg:custom', done)
  model.on('remove', () => {
    range.properties.start.change.disconnect(soon)
    range.properties.end.change.disconnect(soon)
    gone = true
  })
}
