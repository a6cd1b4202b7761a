const CLICK_PX = 4, NEAR_PX = 6, REST_MS = 250, LINE = '#D64C13', SECOND = '#3D6D90'

// where the lines of a cursor stand, what each is called, and what dragging one there means
const FAMILIES = {
  single: {lines: ([x]) => [[x, 'A']], drag: (at, k, x) => [x]},
  delta: {lines: ([a, b]) => [[a, 'A'], [b, 'B']], drag: ([a, b], k, x) => k === 0 ? [x, b] : [a, x]},
  harmonic: {
    lines: ([base], count) => Array.from({length: count}, (_, k) => [(k + 1) * base, `${k + 1}×`]),
    drag: (at, k, x) => [x / (k + 1)],
  },
  sideband: {
    lines: ([centre, spacing], count) => [[centre, 'carrier'], ...Array.from({length: 2 * count}, (_, k) => {
      const side = (k >> 1) + 1, sign = k % 2 ? 1 : -1
      return [centre + sign * side * spacing, `${sign < 0 ? '−' : '+'}${side}`]
    })],
    drag: ([centre, spacing], k, x) => {
      if (k === 0) return [x, spacing]
      const side = ((k - 1) >> 1) + 1, sign = (k - 1) % 2 ? 1 : -1
      return [centre, Math.max(sign * (x - centre) / side, 0)]
    },
  },
  period: {
    lines: ([first, period], count) => Array.from({length: count + 1}, (_, k) => [first + k * period, String(k)]),
    drag: ([first, period], k, x) => k === 0 ? [x, period] : [first, Math.max((x - first) / k, 0)],
  },
  band: {lines: ([a, b]) => [[a, 'from'], [b, 'to']], drag: ([a, b], k, x) => k === 0 ? [x, b] : [a, x]},
  peaks: {lines: (at) => at.map((x, k) => [x, String(k + 1)]), drag: (at, k, x) => at.map((one, i) => i === k ? x : one)},
}
const HELP = 'Drag a line, or click where it shall stand. Arrow keys: left and right move, with Shift ten lines at once; '
  + 'up and down move the second place or change the count; Tab leaves; Escape takes the cursor away.'

export function render({model, view, el}) {
  const bar = document.createElement('div'), table = document.createElement('div')
  bar.className = 'cursor-bar'
  bar.innerHTML = `<label class="pair">Cursor <select aria-label="Cursor on the ${model.label}"></select></label>`
    + `<span class="pair counted"><button type="button" class="tool" aria-label="Fewer lines on the ${model.label}">−</button><span class="num"></span>`
    + `<button type="button" class="tool" aria-label="More lines on the ${model.label}">+</button></span>`
    + `<span class="readout num" role="slider" tabindex="0" aria-label="Cursor position on the ${model.label}"></span>`
    + `<button type="button" class="button copy" aria-label="Copy table of the ${model.label}">Copy table</button><span class="note said" role="status"></span>`
  const chooser = bar.querySelector('select'), counted = bar.querySelector('.counted'), said = bar.querySelector('.said')
  const [fewer, more] = counted.querySelectorAll('button'), howMany = counted.querySelector('span')
  const readout = bar.querySelector('.readout'), copy = bar.querySelector('.copy')
  const style = document.createElement('style')
  style.textContent = `
    .cursor-bar { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; min-height: 32px; margin-top: 8px }
    .cursor-bar .pair { display: inline-flex; align-items: center; gap: 6px }
    .cursor-bar select { height: 28px; border: 1px solid var(--p-control); border-radius: 6px; padding: 0 8px;
      background: var(--p-surface); color: var(--p-text); font: inherit }
    .cursor-bar [hidden] { display: none }
    .cursor-bar .tool { width: 28px; height: 28px }
    .readout { padding: 4px 8px; border-radius: 6px; background: var(--p-sunken) }
    .cursor-bar .said { flex-basis: 100%; color: var(--p-alarm) }
    .cursor-bar .said:empty { display: none }
    .cursor-read { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: flex-start; margin-top: 4px }
    .cursor-read .scroll { max-height: 220px; overflow: auto }
    .cursor-read table { width: auto }
    .cursor-read dl { display: grid; grid-template-columns: auto auto; gap: 2px 16px; margin: 4px 0 0 }
    .cursor-read dt { color: var(--p-text2) } .cursor-read dd { margin: 0; text-align: right }`
  table.className = 'cursor-read'

  const state = {kind: model.kind, at: [...model.at], count: model.count}
  let plot = null, lines = [], labels = [], area = null, timer = 0, dragged = null, settled = false, ink = ''
  const kindOf = (name) => model.kinds.find(([one]) => one === name)
  const digits = (x) => {
    const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(Math.max(model.step, 1e-9))) + 1))
    return x.toFixed(decimals).replace('-', '−')
  }
  const family = () => FAMILIES[state.kind]
  const clamp = (x) => Math.min(Math.max(x, model.extent[0] ?? -Infinity), model.extent[1] ?? Infinity)

  const figure = () => view.model.document?.get_model_by_name(model.target)
  const plotView = () => { const found = figure(); return found ? Bokeh.index.find_one(found) : null }

  const remove = () => {
    const gone = [...lines, ...labels, ...(area ? [area] : [])]
    if (plot && gone.length) plot.setv({center: plot.center.filter((one) => !gone.includes(one))}, {sync: false})
    lines = []; labels = []; area = null
  }
  // the lines live in this browser only: nobody else asks where they are while they move
  const own = (kind, attributes) => {
    const made = new (Bokeh.Models.get(kind))(attributes)
    for (const property of made) property.internal = true
    return made
  }
  // lines that are not needed any more are hidden: taking them away would race with the painting
  const build = (wanted) => {
    const made = []
    if (!area) made.push(area = own('BoxAnnotation', {left: 0, right: 0, fill_color: LINE, fill_alpha: .08, line_color: null, visible: false}))
    for (let k = lines.length; k < wanted; k++) {
      const line = own('Span', {
        location: 0, dimension: 'height', line_color: k === 0 ? LINE : SECOND, line_width: 1.6, line_dash: k === 0 ? [] : [5, 3],
        editable: true, hover_line_color: LINE, hover_line_width: 3, visible: false, name: `cursor-${model.target}-${k}`,
      })
      const label = own('Label', {x: 0, y: 0, y_units: 'screen', text: '', x_offset: 3, text_font_size: '11px', text_baseline: 'bottom', visible: false})
      lines.push(line)
      labels.push(label)
      made.push(line, label)
    }
    if (made.length) plot.setv({center: [...plot.center, ...made]}, {sync: false})
  }
  const draw = () => {
    const ready = settled && plot && family() && state.at.length
    readout.hidden = copy.hidden = !ready
    counted.hidden = !ready || !kindOf(state.kind)?.[2]
    const places = ready ? family().lines(state.at, state.count) : []
    if (ready) build(places.length)
    if (dragged !== null) shift(places)
    else {
      ink = getComputedStyle(readout).color
      lines.forEach((line, k) => {
        const [x, text] = places[k] ?? [0, '']
        line.setv({location: x, visible: k < places.length}, {sync: false})
        // above the axis: the names of the markers stand at the top
        labels[k].setv({x, y: 3 + 13 * (k % 2), text, text_color: ink, visible: k < places.length}, {sync: false})
      })
    }
    const wide = ready && state.kind === 'band' && dragged === null
    area?.setv(wide ? {left: Math.min(...state.at), right: Math.max(...state.at), visible: true} : {visible: false}, {sync: false})
    if (!ready) return
    howMany.textContent = state.count
    howMany.title = kindOf(state.kind)?.[2] ?? ''
    readout.textContent = `${state.at.slice(0, 4).map(digits).join(' · ')}${state.at.length > 4 ? ' …' : ''} ${model.unit}`
    readout.setAttribute('aria-valuenow', state.at[0])
    readout.setAttribute('aria-valuetext', readout.textContent)
  }
  const move = (k, x) => {
    state.at = family().drag(state.at, k, clamp(x))
    draw()
  }
  const seen = () => plot ? [plot.x_range.start, plot.x_range.end] : model.extent
  const tell = () => { timer = 0; model.send_msg({...state, seen: seen()}) }
  const rest = (wait) => { clearTimeout(timer); timer = setTimeout(tell, wait) }

  // while a line is dragged, plain elements stand for all lines: the plot takes longer to paint than a hand waits
  let floating = null, frame = null
  const lift = (shown) => {
    frame = shown.frame
    const {left, top, width, height} = frame.bbox
    floating = document.createElement('div')
    floating.className = 'cursor-floating'
    floating.style.cssText = `position: absolute; left: ${left}px; top: ${top}px; width: ${width}px; height: ${height}px; overflow: hidden; pointer-events: none; z-index: 5`
    for (let k = 0; k < family().lines(state.at, state.count).length; k++) {
      const line = document.createElement('div')
      line.style.cssText = `position: absolute; left: 0; top: 0; bottom: 0; border-left: 1.6px ${k === 0 ? 'solid' : 'dashed'} ${k === 0 ? LINE : SECOND}; padding-left: 3px; font: 11px sans-serif; color: ${ink}; will-change: transform; display: flex; align-items: flex-end; padding-bottom: ${3 + 13 * (k % 2)}px; box-sizing: border-box`
      floating.append(line)
    }
    (shown.shadow_el ?? shown.el).append(floating)
    for (const one of [...lines, ...labels]) one.setv({visible: false}, {sync: false})
  }
  const shift = (places) => {
    places.forEach(([x, text], k) => {
      const line = floating.children[k]
      line.style.transform = `translateX(${frame.x_scale.compute(x) - frame.bbox.left}px)`
      if (line.textContent !== text) line.textContent = text
    })
  }
  const land = () => {
    floating?.remove()
    floating = dragged = null
    draw()
  }

  // a click puts the cursor there; a drag that begins on a line moves it, any other belongs to the zoom
  let pressed = null, heard = null, held = [], corner = 0
  const placeOf = (event) => {
    const shown = plotView()
    if (!shown) return null
    const box = shown.el.getBoundingClientRect(), {frame} = shown
    const sx = event.clientX - box.left, sy = event.clientY - box.top
    const {left, right, top, bottom} = frame.bbox
    return sx < left || sx > right || sy < top || sy > bottom ? null : frame.x_scale.invert(sx)
  }
  const lineAt = (event) => {
    const shown = plotView(), x = placeOf(event)
    if (x === null || !family() || !state.at.length || event.button !== 0) return -1
    const at = shown.frame.x_scale.compute(x)
    const far = family().lines(state.at, state.count).map(([one]) => Math.abs(shown.frame.x_scale.compute(one) - at))
    const least = Math.min(...far)
    return least <= NEAR_PX ? far.indexOf(least) : -1
  }
  const down = (event) => {
    pressed = [event.clientX, event.clientY]
    const k = settled ? lineAt(event) : -1
    if (k < 0) return
    event.stopImmediatePropagation()
    event.preventDefault()
    const shown = plotView()
    corner = shown.el.getBoundingClientRect().left
    heard.setPointerCapture(event.pointerId)
    lift(shown)
    held = state.at
    dragged = k
    draw()
  }
  const drag = (event) => {
    if (dragged === null) return
    event.stopImmediatePropagation()
    move(dragged, frame.x_scale.invert(event.clientX - corner))
  }
  const up = (event) => {
    const from = pressed
    pressed = null
    if (dragged !== null) {
      event.stopImmediatePropagation()
      const still = Math.hypot(event.clientX - from[0], event.clientY - from[1]) <= CLICK_PX
      if (still) state.at = held
      land()
      if (!still) {
        rest(0)
        readout.focus({preventScroll: true})
        return
      }
    }
    if (!from || !family() || Math.hypot(event.clientX - from[0], event.clientY - from[1]) > CLICK_PX) return
    const x = placeOf(event)
    if (x === null) return
    if (state.kind === 'peaks') {
      const near = state.at.findIndex((one) => Math.abs(one - x) < 6 * (seen()[1] - seen()[0]) / (plotView()?.frame.bbox.width || 600))
      state.at = near >= 0 ? state.at.filter((_, k) => k !== near) : [...state.at, x].sort((a, b) => a - b).slice(0, 20)
      if (!state.at.length) state.at = [x]
      draw()
    } else {
      const places = family().lines(state.at, state.count)
      let nearest = 0
      if (state.kind === 'delta' || state.kind === 'band') places.forEach(([one], k) => { if (Math.abs(one - x) < Math.abs(places[nearest][0] - x)) nearest = k })
      move(nearest, x)
    }
    rest(0)
    readout.focus({preventScroll: true})
  }
  const HEARD = [['pointerdown', down], ['pointermove', drag], ['pointerup', up], ['pointercancel', up]]
  const deaf = () => { for (const [name, act] of HEARD) heard?.removeEventListener(name, act, true) }
  const listen = () => {
    deaf()
    heard = plotView()?.el ?? null
    for (const [name, act] of HEARD) heard?.addEventListener(name, act, true)
  }

  const KEYS = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [1, -1], ArrowUp: [1, 1]}
  readout.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { choose(''); chooser.focus(); return }
    const change = KEYS[event.key]
    if (!change || !family()) return
    event.preventDefault()
    const [which, sign] = change, by = sign * model.step * (event.shiftKey ? 10 : 1)
    if (which === 0) {
      const both = state.kind === 'band'
      state.at = state.kind === 'peaks' ? state.at : state.at.map((x, k) => k === 0 || (both && !event.altKey) ? clamp(x + by) : x)
    } else if (state.at.length > 1 && state.kind !== 'peaks') {
      state.at = [state.at[0], Math.max(state.at[1] + by, ['sideband', 'period'].includes(state.kind) ? model.step : -Infinity)]
    } else if (state.kind === 'harmonic') {
      state.count = Math.min(50, Math.max(1, state.count + sign))
    }
    draw()
    rest(REST_MS)
  })
  const recount = (by) => { state.count = Math.min(50, Math.max(1, state.count + by)); draw(); rest(0) }
  fewer.addEventListener('click', () => recount(-1))
  more.addEventListener('click', () => recount(1))
  const choose = (name) => {
    state.kind = name
    state.at = []
    chooser.value = name
    draw()
    tell()
  }
  chooser.addEventListener('change', () => choose(chooser.value))

  const cell = (tag, text, numeric) => {
    const made = document.createElement(tag)
    made.textContent = text
    if (numeric) made.className = 'num'
    return made
  }
  const read = () => {
    table.replaceChildren()
    said.textContent = model.problem
    if (!model.rows.length) return
    const scroll = document.createElement('div'), body = document.createElement('table'), list = document.createElement('dl')
    scroll.className = 'scroll'
    const head = document.createElement('thead'), titles = document.createElement('tr')
    titles.append(...model.heads.map((text, k) => cell('th', text, k > 0)))
    head.append(titles)
    const rows = document.createElement('tbody')
    for (const row of model.rows) {
      const line = document.createElement('tr')
      line.append(...row.map((text, k) => cell('td', text, k > 0)))
      rows.append(line)
    }
    body.append(head, rows)
    scroll.append(body)
    for (const [name, value] of model.totals) list.append(cell('dt', name), cell('dd', value, true))
    table.append(scroll, list)
  }
  copy.addEventListener('click', async () => {
    const text = [model.heads, ...model.rows, ...(model.totals.length ? [[]] : []), ...model.totals].map((row) => row.join('\t')).join('\n')
    try {
      await navigator.clipboard.writeText(text)
      copy.textContent = 'Copied'
    } catch {
      copy.textContent = 'Not copied: the browser refused'
    }
    setTimeout(() => { copy.textContent = 'Copy table' }, 1500)
  })

  const options = () => {
    chooser.replaceChildren(...[['', 'None'], ...model.kinds].map(([name, title]) => Object.assign(document.createElement('option'), {value: name, textContent: title})))
    chooser.value = state.kind
  }
  const follow = () => {
    if (timer || dragged !== null) return
    Object.assign(state, {kind: model.kind, at: [...model.at], count: model.count})
    chooser.value = state.kind
    draw()
  }
  for (const name of ['kind', 'at', 'count', 'unit']) model.on(name, follow)
  model.on('target', () => { follow(); restart() })
  model.on('kinds', options)
  for (const name of ['rows', 'totals', 'problem']) model.on(name, read)
  // the figure may be drawn after this bar; one that is still being laid out stumbles over what is added to it
  let waiting = 0, still = 0, width = 0
  const begin = () => {
    clearTimeout(waiting)
    const shown = plotView(), now = shown?.has_finished() ? shown.frame.bbox.width : 0
    still = now > 0 && now === width ? still + 1 : 0
    width = now
    if (still < 4) { waiting = setTimeout(begin, 50); return }
    settled = true
    const found = figure()
    if (found !== plot) { lines = []; labels = []; area = null; plot = found; listen() }
    draw()
  }
  const restart = () => {
    settled = false
    still = 0
    begin()
  }
  model.on('remove', () => {
    clearTimeout(waiting)
    clearTimeout(timer)
    deaf()
    floating?.remove()
    remove()
  })
  readout.title = HELP
  options()
  read()
  el.append(style, bar, table)
  begin()
}
