"""Where things stand on a page: the column of a page, the twelve-column grid, and a row of tools."""

from typing import Any

import panel as pn

_GAP = """
:host { display: flex; flex-direction: column; gap: 16px; width: 100%; max-width: 100%; min-width: 0; }
:host > * , :host > .bk-panel-models-layout-Column { flex: 0 0 auto; }
.scroll-button { display: none; }
@media (max-width: 700px) { :host { gap: 12px; } }
"""

_PAGE = """
:host { display: flex; flex-direction: column; gap: 16px; padding: 20px 24px; box-sizing: border-box; min-height: 0; width: 100%; }
.scroll-button { display: none; }
@media (max-width: 700px) { :host { gap: 12px; padding: 12px; } }
"""

_GRID = (
    """
:host { display: grid; grid-template-columns: repeat(12, minmax(0, 1fr)); gap: 16px; width: 100%; align-items: stretch; }
.scroll-button { display: none; }
"""
    + "".join(f".span-{n} {{ grid-column: span {n}; }}\n" for n in range(1, 13))
    + """
.half { min-width: 0; }
@media (max-width: 1100px) {
  .span-4, .span-5, .span-6, .span-7, .span-8, .span-9 { grid-column: span 12; }
  .span-2, .span-3 { grid-column: span 6; }
}
@media (max-width: 700px) {
  :host { gap: 12px; }
  .span-1, .span-2, .span-3, .span-4 { grid-column: span 12; }
  .half { grid-column: span 6 !important; }
}
"""
)

_TOOLS = """
:host { display: flex; flex-direction: row; flex-wrap: wrap; align-items: center; gap: 8px; width: 100%; }
.scroll-button { display: none; }
"""


def stack(*objects: Any, **params: Any) -> pn.Column:
    """Things under one another, 16 px apart (12 on a phone)."""
    return pn.Column(*objects, stylesheets=[_GAP], margin=0, sizing_mode="stretch_width", **params)


def page_body(*objects: Any) -> pn.Column:
    """The whole of a page below the header."""
    return pn.Column(*objects, stylesheets=[_PAGE], margin=0, sizing_mode="stretch_width")


def grid(*cells: tuple[Any, int] | Any, phone_pairs: bool = False) -> pn.Column:
    """Twelve columns.

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
        holder = shown if isinstance(shown, pn.viewable.Viewable) else pn.panel(shown)
        holder.css_classes = [*(holder.css_classes or []), f"span-{span}", *(["half"] if phone_pairs else [])]
        placed.append(holder)
    return pn.Column(*placed, stylesheets=[_GRID], margin=0, sizing_mode="stretch_width")


def toolbar(*objects: Any) -> pn.Row:
    """Controls in one wrapping row."""
    return pn.Row(*objects, stylesheets=[_TOOLS], margin=0, sizing_mode="stretch_width")
