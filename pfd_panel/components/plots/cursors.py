"""Cursors on a plot: chosen, dragged and moved by keys in the browser, read by Python when they come to rest."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import param

from pfd_panel.components.styles import STYLE_ADDRESS
from pfd_panel.components.told import Told
from pfd_panel.server.session import page_session, under_lock

MOST_LINES = 101


class CursorTool(Told):
    """The bar below a plot that has cursors: which kind, where, and what they read.

    Parameters
    ----------
    moved : callable
        ``moved(kind, at, count, seen)`` after the reader chose, dragged or typed; `at` in the unit of the plot, empty
        for a kind that was just chosen; `seen` is the part of the axis in view. It sets `at`, `rows` and `totals`.
    """

    target = param.String(doc="Name of the figure.")
    label = param.String(doc="What the figure is called.")
    kinds = param.List(doc="What can be chosen: name, title, what is counted, and how many places (0: any).")
    kind = param.String(doc="Which is shown; empty: none.")
    at = param.List(doc="Its places in the unit of the axis.")
    count = param.Integer(default=5, doc="Harmonics, sidebands to a side, or periods.")
    unit = param.String(doc="Unit of the axis.")
    step = param.Number(default=1.0, doc="How far an arrow key moves a place.")
    extent = param.List(doc="First and last place of the axis.")
    heads = param.List(doc="Titles of the columns.")
    rows = param.List(doc="What is read, a row a line.")
    totals = param.List(doc="Numbers that follow from all lines: name, value.")
    problem = param.String(doc="What was wrong with where the cursor stands.")

    _esm = (Path(__file__).parent / "cursors.mjs").read_text(encoding="utf-8")

    def __init__(self, moved: Callable[[str, list[float], int, tuple[float, float]], Any], **params: Any) -> None:
        super().__init__(stylesheets=[STYLE_ADDRESS], margin=0, sizing_mode="stretch_width", **params)
        self._moved = moved
        self._bare = page_session().bare

    def tell(self, rows: Sequence[Sequence[str]] = (), totals: Sequence[Sequence[str]] = (), problem: str = "") -> None:
        """Show what was read, or why nothing was."""
        self.param.update(rows=[list(row) for row in rows], totals=[list(total) for total in totals], problem=problem)

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        # what is shown to others has no controls, whatever their browsers send
        if not self._bare:
            under_lock(partial(self._take, msg))

    def _take(self, msg: dict[str, Any]) -> None:
        kind = str(msg.get("kind", ""))
        if kind and kind not in {name for name, *_ in self.kinds}:
            return
        at = [float(place) for place in list(msg.get("at", ()))[:MOST_LINES]]
        start, stop = (float(edge) for edge in msg.get("seen") or self.extent or (0.0, 0.0))
        self._moved(kind, at, int(msg.get("count") or self.count), (start, stop))
