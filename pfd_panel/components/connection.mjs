const FIRST_MS = 400, BASE_MS = 1000, LONGEST_MS = 30_000, NOTICE_MS = 8000
const BEAT_MS = 20_000, PATIENCE_MS = 6000, OFFLINE_MS = 1200, ASK_MS = 8000
const PAUSED = 'pfd-paused', AGAIN = 'pfd-again', CALM_MS = 60_000
// tabs that lost the same server at the same moment must not all come back at the same moment
const jittered = (ms) => ms * (0.5 + Math.random() / 2)
const wait = (turn) => jittered(turn ? Math.min(LONGEST_MS, BASE_MS * 2 ** (turn - 1)) : FIRST_MS)
const make = (tag, cls, words = '') => Object.assign(document.createElement(tag), {className: cls, textContent: words})
const stored = (key) => { try { return JSON.parse(sessionStorage.getItem(key)) } catch { return null } }
const store = (key, value) => { try { sessionStorage.setItem(key, JSON.stringify(value)) } catch { /* a tab without memory works too */ } }

// whether the server is there and still knows this browser: 'here', 'out' (the log-in has ended) or 'away'
async function ask() {
  try {
    const answer = await fetch('/api/v1/me', {cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(ASK_MS)})
    if (answer.status === 401) return {found: 'out'}
    const away = answer.status >= 500 || answer.status === 429
    return {found: away ? 'away' : 'here', rest: 1000 * (+answer.headers.get('retry-after') || 0)}
  } catch {
    return {found: 'away', rest: 0}
  }
}

export function render({model, view, el}) {
  const banner = make('div', 'contact')
  banner.hidden = true
  const said = make('b', ''), more = make('span', 'note'), act = make('button', 'button')
  said.setAttribute('role', 'alert')
  act.type = 'button'
  banner.append(said, more, act)
  const show = (kind, words, note, label) => {
    banner.hidden = !kind
    banner.dataset.kind = kind
    if (said.textContent !== words) said.textContent = words
    more.textContent = note
    act.textContent = label
    act.hidden = !label
  }
  const hide = () => show('', '', '', '')

  // ---- losing the server and coming back: 'on', 'lost' (waits for `due`), 'asking', 'out'
  let state = 'on', turn = 0, due = 0, closed = false, beat = 0, patience = 0, ticking = 0, leaving = false
  const words = () => navigator.onLine ? 'The connection to the server is lost.' : 'The connection is lost: this device is offline.'
  const tick = () => {
    if (state !== 'lost') return
    const left = Math.ceil((due - Date.now()) / 1000)
    if (left <= 0 && !document.hidden) { attempt(); return }
    show('lost', words(), `What you see stands still. Next attempt in ${Math.max(left, 1)} s.`, 'Try now')
  }
  const lose = () => {
    if (state !== 'on' || leaving) return
    state = 'lost'
    due = Date.now() + wait(turn)
    ticking ||= setInterval(tick, 250)
    tick()
  }
  const found = () => {
    state = 'on'
    clearInterval(ticking)
    ticking = turn = 0
    hide()
  }
  const load = (why, go) => {
    leaving = true
    keepPage(model.person, why)
    store(AGAIN, {at: Date.now(), turn: turn + 1})
    go()
  }
  async function attempt() {
    if (state === 'asking') return
    state = 'asking'
    show('lost', words(), 'Asking the server…', '')
    const {found: answer, rest} = await ask()
    if (state !== 'asking') return
    turn += 1
    if (answer === 'out') {
      state = 'out'
      show('out', 'You are logged out.', 'Log in to go on where you were.', 'Log in')
      return
    }
    state = 'lost'
    due = Date.now() + Math.max(wait(turn), rest)
    // a server that answers may only be slow to answer this page: it is asked once more before the page is given up
    if (answer === 'here' && (closed || turn > 2)) load('lost', () => location.reload())
    else if (answer === 'here') tell()
    tick()
  }
  act.addEventListener('click', () => {
    if (state === 'out') load('out', () => location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`))
    else if (state === 'lost') attempt()
    else hide()
  })
  view.model.document.on_event('connection_lost', () => { closed = true; lose() })

  // ---- what the server is told: whether anybody looks; its answer shows that the connection lives
  let paused = !!stored(PAUSED)
  const tell = (within = PATIENCE_MS) => {
    beat += 1
    model.send_msg({beat, hidden: document.hidden, paused})
    clearTimeout(patience)
    if (!document.hidden) patience = setTimeout(lose, within)
  }
  model.on('msg:custom', (message) => {
    if (message.beat !== beat) return
    clearTimeout(patience)
    if (state !== 'on' && !closed) found()
  })
  const seen = () => {
    if (state === 'on') tell()
    else if (!document.hidden && state !== 'asking') attempt()
  }
  const online = () => { if (state === 'lost') attempt(); else if (state === 'on') tell() }
  const offline = () => { if (state === 'on') tell(OFFLINE_MS) }
  const leave = () => { leaving = true }
  const beating = setInterval(() => { if (state === 'on' && !document.hidden) tell() }, BEAT_MS)

  // ---- pausing
  const pause = make('button', 'pause')
  const sign = make('span', 'icon'), label = make('span', 'words', 'Updates paused')
  sign.ariaHidden = 'true'
  pause.type = 'button'
  pause.append(sign, label)
  const draw = () => {
    pause.ariaPressed = String(paused)
    pause.title = paused ? 'Resume updates' : 'Pause updates'
    pause.setAttribute('aria-label', paused ? 'Updates paused. Resume' : 'Pause updates')
    sign.textContent = paused ? 'play_arrow' : 'pause'
    label.hidden = !paused
  }
  pause.addEventListener('click', () => {
    paused = !paused
    store(PAUSED, paused)
    draw()
    if (state === 'on') tell()
  })

  const heard = [[document, 'visibilitychange', seen], [window, 'online', online], [window, 'offline', offline], [window, 'pagehide', leave]]
  for (const [where, what, call] of heard) where.addEventListener(what, call)
  model.on('remove', () => {
    for (const [where, what, call] of heard) where.removeEventListener(what, call)
    clearInterval(beating)
    clearInterval(ticking)
    clearTimeout(patience)
  })
  el.append(pause, banner)
  draw()
  if (paused || document.hidden) tell()
  // a page that is lost again at once waits longer than the last time
  const again = stored(AGAIN)
  if (again && Date.now() - again.at < CALM_MS) turn = again.turn
  const why = restorePage(model.person)
  if (why) {
    show('back', why === 'out' ? 'Logged in again; the page was restored.' : 'Connected again; the page was restored.', '', 'Close')
    setTimeout(() => { if (state === 'on') hide() }, NOTICE_MS)
  }
}
