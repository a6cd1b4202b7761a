"""Brings a part of a page into view when Python asks for it."""

from pathlib import Path

import param

from pfd_panel.components.told import Told


class ScrollHere(Told):
    """Stands where to scroll to, takes no room; with `now` it scrolls there as soon as it is shown."""

    now = param.Boolean(doc="Whether to scroll here without being asked.")

    _esm = (Path(__file__).parent / "scroll.mjs").read_text(encoding="utf-8")

    def __init__(self, *, now: bool = False) -> None:
        super().__init__(width=0, height=0, margin=0, now=now)

    def bring(self) -> None:
        """Scroll here."""
        self._send_msg({"here": True})
