export function render({model, el}) {
  const zone = document.createElement('div')
  zone.className = 'drop'
  const picker = Object.assign(document.createElement('input'), {type: 'file', multiple: true, accept: model.accept, hidden: true})
  const sign = Object.assign(document.createElement('span'), {className: 'icon', textContent: 'upload_file', ariaHidden: 'true'})
  const words = document.createElement('span')
  const choose = Object.assign(document.createElement('button'), {className: 'link', type: 'button', textContent: 'choose files'})
  words.append('Drop files here or ', choose)
  const hint = Object.assign(document.createElement('span'), {className: 'note', textContent: model.hint})
  const list = document.createElement('ul')
  list.setAttribute('aria-live', 'polite')
  zone.append(sign, words, hint, picker, list)
  el.append(zone)

  const send = (file) => new Promise((resolve) => {
    const line = document.createElement('li')
    const name = Object.assign(document.createElement('span'), {className: 'grow', textContent: file.name})
    const bar = Object.assign(document.createElement('span'), {className: 'bar'})
    const fill = document.createElement('i')
    const note = Object.assign(document.createElement('span'), {className: 'note', textContent: '0 %'})
    bar.append(fill)
    line.append(name, bar, note)
    list.append(line)
    const failed = (why) => { bar.remove(); note.className = 'failed'; note.textContent = why; resolve() }
    if (model.largest && file.size > model.largest) {
      const mega = (bytes) => Math.round(bytes / 1e6).toLocaleString('en')
      return failed(`Not sent: it has ${mega(file.size)} MB, at most ${mega(model.largest)} MB are looked at.`)
    }
    const ask = new XMLHttpRequest()
    ask.open('POST', '/upload')
    ask.setRequestHeader('X-File-Name', encodeURIComponent(file.name))
    ask.setRequestHeader('X-CSRF-Token', document.querySelector('meta[name="pfd-csrf"]')?.content ?? '')
    ask.setRequestHeader('Content-Type', 'application/octet-stream')
    ask.upload.onprogress = (event) => {
      const share = event.total ? event.loaded / event.total : 0
      fill.style.width = `${100 * share}%`
      note.textContent = `${Math.round(100 * share)} %`
    }
    ask.onerror = () => failed('The connection was lost.')
    ask.onload = () => {
      let answer = {}
      try { answer = JSON.parse(ask.responseText) } catch (e) { answer = {} }
      if (ask.status !== 200) return failed(answer.error || answer.detail || `The server answered ${ask.status}.`)
      fill.style.width = '100%'
      note.textContent = model.word
      model.send_msg({stored: answer.path})
      resolve()
    }
    ask.send(file)
  })
  const sendAll = async (files) => { for (const file of files) await send(file) }
  choose.addEventListener('click', () => picker.click())
  picker.addEventListener('change', () => { sendAll([...picker.files]); picker.value = '' })
  for (const kind of ['dragenter', 'dragover']) zone.addEventListener(kind, (e) => { e.preventDefault(); zone.classList.add('over') })
  for (const kind of ['dragleave', 'drop']) zone.addEventListener(kind, () => zone.classList.remove('over'))
  zone.addEventListener('drop', (e) => { e.preventDefault(); sendAll([...e.dataTransfer.files]) })
}
