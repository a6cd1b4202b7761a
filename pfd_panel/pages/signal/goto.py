"""Leads the browser to another page when Python says so."""

from pathlib import Path

from pfd_panel.components.told import Told
from pfd_panel.server.session import page_session


class GoTo(Told):
    """Takes no room; `open` loads an address of this server."""

    _esm = (Path(__file__).parent / "goto.mjs").read_text(encoding="utf-8")

    def __init__(self) -> None:
        super().__init__(width=0, height=0, margin=0)
        self.opened = ""

    def open(self, href: str) -> None:
        """Load another page of this server; a page that is shown to others stays where it is."""
        if page_session().bare:
            return
        self.opened = href
        self._send_msg({"go": href})
