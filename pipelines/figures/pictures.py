"""What an analysis found, as a panel of a figure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.analyses import Axis, Curves, Found, Image, Path
from pipelines.cursors import Total
from pipelines.figures.panels import Framed, Mark, Panel, Trace, curve
from pipelines.figures.planes import Plane, Raster

COLUMNS = 1700
"""Pieces of a line: two to a pixel of a picture."""

MANY = 4
"""From so many curves on they are alike and none is named: lifted spectra of a waterfall."""

FACTS = 6


def panel_of(
    found: Found,
    title: str,
    *,
    window: tuple[float, float] | None = None,
    per_hz: float = 1.0,
    frequency: str = "Hz",
    palette: str = "viridis",
    marks: Sequence[Mark] = (),
) -> Framed:
    """A picture with its axes, units, numbers and marks.

    Parameters
    ----------
    found : Found
    title : str
        What the analysis is called.
    window : (float, float), optional
        From where to where the x axis of curves goes, in the unit of the picture; all of it without.
    per_hz, frequency : float, str
        Unit of a frequency axis of curves, and what a hertz is worth in it; images keep theirs.
    palette : str
        Colours of an image.
    marks : sequence of Mark
        In the units of the axes as they are drawn.
    """
    shown = found.picture
    note = "; ".join((found.method, *found.notes))
    facts = " · ".join(f"{one.name} {_number(one)} {one.unit}".strip() for one in found.totals[:FACTS])
    if isinstance(shown, Image):
        rows = shown.rows
        return Raster(
            title,
            str(shown.x),
            str(shown.y),
            shown.values,
            edges(shown.x_at),
            (-0.5, len(rows) - 0.5) if rows else edges(shown.y_at, log=shown.y_log),
            shown.limits,
            str(shown.level) if not shown.level.unit else shown.level.unit,
            y_log=shown.y_log,
            rows=rows,
            palette=palette,
            note=note,
            facts=facts,
            marks=marks,
        )
    if isinstance(shown, Path):
        return Plane(
            title, str(shown.x), str(shown.y), shown.x_values, shown.y_values, note=note, facts=facts, marks=marks
        )
    return _lines(shown, title, window, per_hz, frequency, note, facts, marks)


def _number(total: Total) -> str:
    whole = not total.unit and total.value == round(total.value)
    return f"{round(total.value):,}" if whole else f"{total.value:,.4g}"


def _lines(
    shown: Curves,
    title: str,
    window: tuple[float, float] | None,
    per_hz: float,
    frequency: str,
    note: str,
    facts: str,
    marks: Sequence[Mark],
) -> Panel:
    scale, label = (per_hz, str(Axis(shown.x.quantity, frequency))) if shown.x.unit == "Hz" else (1.0, str(shown.x))
    half = shown.step / 2 if shown.bars else 0.0
    low, high = window or (shown.start - half, shown.stop + half)
    first = max(0, int(np.floor((low - shown.start) / shown.step)))
    last = min(len(shown.curves[0].values), int(np.ceil((high - shown.start) / shown.step)) + 1)
    start, step = (shown.start + first * shown.step) * scale, shown.step * scale
    main, *others = ((one.name, *curve(one.values[first:last], start, step, COLUMNS)) for one in shown.curves)
    named = len(shown.curves) <= MANY
    return Panel(
        title,
        label,
        str(shown.y),
        *main[1:],
        (low * scale, high * scale),
        shown.from_zero,
        others=[Trace(name if named else "", x, least, most) for name, x, least, most in others],
        bars=shown.bars,
        note=note,
        facts=facts,
        marks=marks,
    )


def edges(at: NDArray[np.floating], *, log: bool = False) -> tuple[float, float]:
    """Outer edges of the first and last cell around centres at equal steps, or at equal ratios."""
    if len(at) < 2:
        return float(at[0]) - 0.5, float(at[0]) + 0.5
    if log:
        ratio = float(np.sqrt(at[1] / at[0]))
        return float(at[0]) / ratio, float(at[-1]) * ratio
    half = float(at[1] - at[0]) / 2
    return float(at[0]) - half, float(at[-1]) + half
