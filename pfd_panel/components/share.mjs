const DAYS = [[1, '1 day'], [7, '7 days'], [30, '30 days'], [90, '90 days'], [365, '1 year']]
let count = 0

const make = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'text') made.textContent = value
    else if (name === 'on') for (const [kind, act] of Object.entries(value)) made.addEventListener(kind, act)
    else if (value !== false) made.setAttribute(name, value === true ? '' : value)
  }
  made.append(...children)
  return made
}
const icon = (name) => make('span', {class: 'icon', 'aria-hidden': 'true', text: name})
const labelled = (words, control, note = '') => {
  control.id ||= `share-${++count}`
  const rows = [make('label', {for: control.id, text: words}), control]
  if (note) rows.push(make('span', {class: 'note', text: note}))
  return make('div', {class: 'field'}, ...rows)
}
const choice = (entries, chosen) => make('select', {}, ...entries.map(([value, words]) =>
  make('option', {value, text: words, selected: value === chosen})))

// copies by the clipboard where the page may use it, else by what is selected
const copy = async (field) => {
  try { await navigator.clipboard.writeText(field.value) } catch { field.select(); document.execCommand('copy') }
}
const copyable = (words, text) => {
  const field = make('input', {type: 'text', readonly: true, on: {focus: () => field.select()}})
  field.value = text
  field.id = `share-${++count}`
  const button = make('button', {type: 'button', class: 'button', 'aria-label': `Copy: ${words}`, on: {click: async () => {
    await copy(field)
    said.textContent = 'Copied'
  }}}, icon('content_copy'), 'Copy')
  const said = make('span', {class: 'note', role: 'status'})
  return make('div', {class: 'field'}, make('label', {for: field.id, text: words}),
    make('div', {class: 'line'}, field, button), said)
}

export function render({model, el}) {
  const opener = make('button', {type: 'button', class: 'opener', title: 'Share', 'aria-label': 'Share this view', 'aria-haspopup': 'dialog'}, icon('share'))
  const dialog = make('dialog', {'aria-labelledby': 'share-title'})
  el.append(opener, dialog)
  const answers = {}
  let query = '', opened = () => {}

  const ask = (of, more) => {
    answers[of].replaceChildren(make('p', {class: 'note', role: 'status', text: of === 'freeze' ? 'Making the file. This takes some seconds.' : 'One moment.'}))
    model.send_msg({of, page: window.location.pathname, query, ...more})
  }
  const fill = () => {
    const parts = Object.entries(model.parts)
    const what = choice([['', 'The whole page'], ...parts], '')
    const name = make('input', {type: 'text', maxlength: 120, autocomplete: 'off'})
    const shown = () => ({part: what.value, title: name.value})
    const place = (of) => { answers[of] = make('div', {class: 'answer', 'aria-live': 'polite'}); return answers[of] }

    const address = copyable('Address of this view', '')
    opened = (told) => {
      query = told.query
      name.value ||= told.title
      address.querySelector('input').value = window.location.origin + window.location.pathname + (query ? `?${query}` : '')
    }
    const seen = choice([['private', 'Only me'], ['team', 'The team']], 'private')
    const saved = make('section', {}, make('h3', {text: 'For people who can log in'}),
      address,
      make('div', {class: 'line'}, labelled('Seen by', seen),
        make('button', {type: 'button', class: 'button', on: {click: () => ask('save', {...shown(), visibility: seen.value})}}, icon('bookmark_add'), 'Save view')),
      place('save'))

    const days = choice(DAYS, 30)
    const origins = make('input', {type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: 'https://reports.example'})
    const link = make('section', {}, make('h3', {text: 'In a report, without logging in'}))
    if (model.ways.includes('link')) {
      link.append(
        make('p', {class: 'note', text: 'Whoever has the link sees this view as you see it, and nothing else, until it expires or you revoke it.'}),
        labelled('Sites that may frame it', origins, 'Scheme, host and port of the pages it is shown in; several with spaces between them.'),
        make('div', {class: 'line'}, labelled('Opens for', days),
          make('button', {type: 'button', class: 'button', on: {click: () => ask('link', {...shown(), days: +days.value, ancestors: origins.value, origin: window.location.origin})}}, icon('add_link'), 'Make a link')),
        place('link'))
    } else link.append(make('p', {class: 'note', text: model.why}))

    const file = make('section', {}, make('h3', {text: 'As a file that opens with the network off'}))
    if (model.ways.includes('file')) {
      file.append(make('button', {type: 'button', class: 'button', on: {click: () => ask('freeze', shown())}}, icon('save'), 'Make the file'), place('freeze'))
    } else file.append(make('p', {class: 'note', text: 'This page cannot be made into a file.'}))

    const head = make('div', {class: 'dialog-head'}, make('h2', {id: 'share-title', text: 'Share this view'}),
      make('button', {type: 'button', class: 'tool', 'aria-label': 'Close', on: {click: () => dialog.close()}}, icon('close')))
    const about = parts.length ? [labelled('What', what)] : []
    dialog.replaceChildren(head, labelled('Name', name), ...about, saved, link, file,
      make('p', {class: 'note'}, 'What was shared is listed, and revoked, under ', make('a', {href: '/shared', text: 'Shared'}), '.'))
  }
  const tell = (message) => {
    if (message.of === 'open') opened(message)
    const place = answers[message.of]
    if (!place) return
    if (message.error) {
      place.replaceChildren(make('p', {class: 'wrong', role: 'alert', text: `${message.error}. ${message.hint ?? ''}`}))
    } else if (message.of === 'save') {
      place.replaceChildren(make('p', {class: 'note', text: `Saved as ${message.name}.`}))
    } else if (message.of === 'link') {
      place.replaceChildren(
        make('p', {class: 'note', text: 'The link is shown this once.'}),
        copyable('Link', message.address), copyable('Frame for a report', message.iframe), copyable('Script for a report', message.script))
    } else {
      place.replaceChildren(make('a', {class: 'button', href: message.href, download: true}, icon('download'), message.words))
    }
  }
  opener.addEventListener('click', () => {
    query = window.location.search.slice(1)
    fill()
    opened({query, title: ''})
    dialog.showModal()
    model.send_msg({of: 'open', query})
  })
  // a press beside the dialog closes it, as it does elsewhere
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close() })
  model.on('msg:custom', tell)
  model.on('remove', () => dialog.close())
}
