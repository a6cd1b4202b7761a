const CLICK_PX = 4

export function render({model, view, el}) {
  el.style.display = 'none'
  const figure = view.model.document.get_model_by_name(model.target)
  if (!figure) return
  const {x_range, y_range} = figure
  const shown = () => Bokeh.index.find_one(figure)
  const seen = () => ({x: [x_range.start, x_range.end], y: [y_range.start, y_range.end],
    width: Math.round(figure.inner_width || 800), height: Math.round(figure.inner_height || 240)})

  // one question of a kind is under way at a time, and the latest wish wins
  const asker = () => {
    let asking = false, wanted = null, timer = null
    const ask = () => {
      timer = null
      if (!wanted) return
      if (asking) return
      asking = true
      model.send_msg(wanted)
      wanted = null
    }
    return {
      wish: (message) => { wanted = message; if (timer === null) timer = requestAnimationFrame(ask) },
      done: () => { asking = false; if (wanted && timer === null) timer = requestAnimationFrame(ask) },
      stop: () => { if (timer !== null) cancelAnimationFrame(timer) },
    }
  }
  const askers = {view: asker(), hover: asker()}
  const look = () => askers.view.wish({kind: 'view', ...seen()})

  const placeOf = (event) => {
    const plot = shown()
    if (!plot) return null
    const box = plot.el.getBoundingClientRect(), {frame} = plot
    const sx = event.clientX - box.left, sy = event.clientY - box.top
    const {left, right, top, bottom} = frame.bbox
    return sx < left || sx > right || sy < top || sy > bottom ? null : [frame.x_scale.invert(sx), frame.y_scale.invert(sy)]
  }
  let pressed = null, over = false
  const moved = (event) => {
    const at = event.buttons ? null : placeOf(event)
    if (!at && !over) return
    over = !!at
    askers.hover.wish({kind: 'hover', at, ...seen()})
  }
  const left = () => { if (over) { over = false; askers.hover.wish({kind: 'hover', at: null, ...seen()}) } }
  const down = (event) => { pressed = [event.clientX, event.clientY] }
  const up = (event) => {
    const from = pressed, at = placeOf(event)
    pressed = null
    if (!from || !at || event.button || Math.hypot(event.clientX - from[0], event.clientY - from[1]) > CLICK_PX) return
    model.send_msg({kind: 'click', at, ...seen()})
  }
  let heard = null
  const listeners = {pointermove: moved, pointerleave: left, pointerdown: down, pointerup: up}
  const listen = () => {
    for (const [name, act] of Object.entries(listeners)) heard?.removeEventListener(name, act, true)
    heard = shown()?.el ?? null
    for (const [name, act] of Object.entries(listeners)) heard?.addEventListener(name, act, true)
  }
  const settle = () => { listen(); look() }
  const timer = setInterval(() => { if (shown()?.el && shown().el !== heard) settle() }, 200)
  const watched = [...[x_range, y_range].flatMap((range) => [range.properties.start, range.properties.end]), figure.properties.inner_width]
  for (const one of watched) one.change.connect(look)
  model.on('msg:custom', (message) => { askers[message.done]?.done() })
  model.on('remove', () => {
    clearInterval(timer)
    for (const one of watched) one.change.disconnect(look)
    for (const one of Object.values(askers)) one.stop()
    for (const [name, act] of Object.entries(listeners)) heard?.removeEventListener(name, act, true)
  })
}
