"""Files from the reader's machine: dropped or picked, sent over HTTP with a progress bar, never over the websocket."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import param

from pfd_panel.components.styles import STYLE_ADDRESS
from pfd_panel.components.told import Told
from pfd_panel.server.session import page_session, under_lock
from pfd_panel.services.reach import is_upload

log = logging.getLogger(__name__)


class UploadZone(Told):
    """A place to drop files on.

    Parameters
    ----------
    on_stored : callable
        ``on_stored(path)`` for each file once it lies below the uploads folder.
    accept : str
        File suffixes offered by the picker, ``.mat,.csv``; anything can be dropped.
    word : str
        What is said of a file that has come.
    largest : int
        Bytes of the largest file that is sent; 0 leaves it to the server to refuse.
    within : Path, optional
        The uploads folder, by default the server's; a path that a browser claims and that is no upload of its user is
        ignored.
    """

    accept = param.String(doc="File suffixes offered by the picker.")
    hint = param.String(doc="What can be dropped.")
    word = param.String(default="stored", doc="What is said of a file that has come.")
    largest = param.Integer(default=0, doc="Bytes of the largest file that is sent; 0: any.")
    stored = param.List(doc="Paths stored so far.")

    _esm = (Path(__file__).parent / "upload.mjs").read_text(encoding="utf-8")

    def __init__(self, on_stored: Callable[[Path], Any], *, within: Path | None = None, **params: Any) -> None:
        params.setdefault("hint", "mat, csv, wav, h5, npy, npz, parquet or a zip of them")
        super().__init__(stylesheets=[STYLE_ADDRESS], margin=0, sizing_mode="stretch_width", **params)
        self._on_stored = on_stored
        exchange = page_session().exchange
        self._owner = page_session().user.id
        self._within = within or (exchange.settings.uploads if exchange else None)

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        path = Path(str(msg.get("stored", "")))
        # a page may remove the folder of what was dropped on it, so it must be this user's, and an upload's own
        if self._within is None or not is_upload(self._within, path, self._owner):
            log.warning("a browser of %s named %s, which is no upload of that user", self._owner, path)
            return
        if path.is_file():
            self.stored = [*self.stored, str(path)]
            under_lock(partial(self._on_stored, path))
