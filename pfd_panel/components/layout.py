"""Where things stand on a page: the column of a page, the twelve-column grid, and a row of tools."""

from typing import Any

import panel as pn

from pfd_panel.components.styles import STYLE_ADDRESS


def _column(kind: str, objects: tuple[Any, ...]) -> pn.Column:
    return pn.Column(
        *objects, stylesheets=[STYLE_ADDRESS], css_classes=[f"p-{kind}"], margin=0, sizing_mode="stretch_width"
    )


def stack(*objects: Any) -> pn.Column:
    """Things under one another, 16 px apart (12 on a phone)."""
    return _column("stack", objects)


def page_body(*objects: Any) -> pn.Column:
    """The whole of a page below the header."""
    return _column("page", objects)


def grid(*cells: tuple[Any, int] | Any, phone_pairs: bool = False) -> pn.Column:
    """Twelve columns; below 1100 px wide cells drop under one another, below 700 px all do.

    Parameters
    ----------
    *cells : (viewable, span) or viewable
        What stands there and how many of the twelve columns it takes; the columns are shared evenly without a span.
    phone_pairs : bool
        Keep two beside one another on a phone (stat cards) instead of one.
    """
    even = max(1, 12 // max(1, len(cells)))
    placed = []
    for cell in cells:
        shown, span = cell if isinstance(cell, tuple) else (cell, even)
        holder = pn.panel(shown)
        holder.css_classes = [*(holder.css_classes or []), f"span-{span}", *(["half"] if phone_pairs else [])]
        placed.append(holder)
    return _column("grid", tuple(placed))


def toolbar(*objects: Any) -> pn.Column:
    """Controls in one wrapping row."""
    return _column("tools", objects)
