"""Files from the reader's machine: dropped or picked, sent over HTTP with a progress bar, never over the websocket."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from pfd_panel.components.styles import STYLE_ADDRESS
from pfd_panel.server.session import page_session

log = logging.getLogger(__name__)


class UploadZone(JSComponent):
    """A place to drop files on.

    Parameters
    ----------
    on_stored : callable
        ``on_stored(path)`` for each file once it lies below the uploads folder.
    accept : str
        File suffixes offered by the picker, ``.mat,.csv``; anything can be dropped.
    within : Path, optional
        The uploads folder, by default the server's; a path outside it that a browser claims is ignored.
    """

    accept = param.String(doc="File suffixes offered by the picker.")
    hint = param.String(doc="What can be dropped.")
    stored = param.List(doc="Paths stored so far.")

    _esm = """
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
    const ask = new XMLHttpRequest()
    ask.open('POST', '/upload')
    ask.setRequestHeader('X-File-Name', encodeURIComponent(file.name))
    ask.setRequestHeader('Content-Type', 'application/octet-stream')
    ask.upload.onprogress = (event) => {
      const share = event.total ? event.loaded / event.total : 0
      fill.style.width = `${100 * share}%`
      note.textContent = `${Math.round(100 * share)} %`
    }
    const failed = (why) => { bar.remove(); note.className = 'failed'; note.textContent = why; resolve() }
    ask.onerror = () => failed('The connection was lost.')
    ask.onload = () => {
      let answer = {}
      try { answer = JSON.parse(ask.responseText) } catch (e) { answer = {} }
      if (ask.status !== 200) return failed(answer.error || `The server answered ${ask.status}.`)
      fill.style.width = '100%'
      note.textContent = 'stored'
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
"""

    def __init__(self, on_stored: Callable[[Path], Any], *, within: Path | None = None, **params: Any) -> None:
        params.setdefault("hint", "mat, csv, wav, h5, npy, npz, parquet or a zip of them")
        super().__init__(stylesheets=[STYLE_ADDRESS], margin=0, sizing_mode="stretch_width", **params)
        self._on_stored = on_stored
        exchange = page_session().exchange
        self._within = within or (exchange.settings.uploads if exchange else None)

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        path = Path(str(msg.get("stored", ""))).resolve()
        if self._within is None or not path.is_relative_to(self._within.resolve()):
            log.warning("a browser named %s as an upload, which is not below the uploads folder", path)
            return
        if path.is_file():
            self.stored = [*self.stored, str(path)]
            self._on_stored(path)
