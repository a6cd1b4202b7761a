"""Plots of test results: confusion matrix, reliability."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, FixedTicker, HoverTool, Range1d, TapTool
from numpy.typing import ArrayLike, NDArray

from pfd_panel.components.plots.figure import base_figure, follow_theme, pane
from pfd_panel.server.session import page_session
from pfd_panel.theme import numbers
from pfd_panel.theme.tokens import FONT, REFERENCE, TRACE


def confusion_matrix(
    counts: ArrayLike, labels: Sequence[str], *, height: int | None = None, on_pick: Any = None
) -> pn.pane.Bokeh:
    """Confusion matrix: counts in words, shade is the share of the row (actual class).

    Parameters
    ----------
    counts : array_like, shape (n, n)
        Rows actual, columns predicted.
    labels : sequence of str
        Class names in that order.
    on_pick : callable, optional
        ``on_pick(actual, predicted)`` when a cell is clicked.
    """
    table: NDArray[np.float64] = np.asarray(counts, dtype=float)
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    actual, predicted = (axis.ravel() for axis in np.meshgrid(labels, labels, indexing="ij"))
    size = height or max(240, 120 + 30 * len(labels))
    fig = base_figure(
        "Predicted class",
        "Actual class",
        height=size,
        tools="save",
        drag=None,
        x_range=list(labels),
        y_range=list(reversed(labels)),
    )
    words = [numbers.integer(value) if value else "" for value in table.ravel()]
    source = ColumnDataSource(
        {"x": predicted, "y": actual, "share": share.ravel(), "words": words, "percent": 100 * share.ravel()}
    )
    source.data["alpha"] = _shade(share.ravel(), dark=page_session().dark)
    cells = fig.rect("x", "y", 1, 1, source=source, color=TRACE, fill_alpha="alpha", line_alpha=0.0)
    text = fig.text(
        "x", "y", "words", source=source, text_align="center", text_baseline="middle", text_font_size="12px"
    )
    text.glyph.text_font = {"value": FONT}

    def paint(ink: Mapping[str, str]) -> None:
        text.glyph.text_color = {"value": ink["text"]}
        source.data["alpha"] = _shade(share.ravel(), dark=page_session().dark)

    follow_theme(paint)
    fig.grid.visible = False
    fig.add_tools(
        HoverTool(
            renderers=[cells],
            tooltips=[("actual", "@y"), ("predicted", "@x"), ("count", "@words"), ("share of row", "@percent{0.0} %")],
        )
    )
    if len(labels) > 5:
        fig.xaxis.major_label_orientation = 0.7
    if on_pick is not None:
        fig.add_tools(TapTool(renderers=[cells]))
        cells.nonselection_glyph = None
        source.selected.on_change(
            "indices", lambda _a, _o, new: on_pick(str(actual[new[0]]), str(predicted[new[0]])) if new else None
        )
    return pane(fig)


def reliability_plot(
    confidence: ArrayLike,
    accuracy: ArrayLike,
    counts: ArrayLike,
    *,
    bounds: tuple[ArrayLike, ArrayLike] | None = None,
    counted: str = "windows",
    height: int = 260,
) -> pn.pane.Bokeh:
    """Reliability: accuracy against mean confidence of each bin; the dashed line is perfect calibration.

    Parameters
    ----------
    bounds : (array_like, array_like), optional
        Lower and upper bound of each accuracy.
    counted : str
        What a bin holds, for the words.
    """
    fig = base_figure(
        "Mean confidence of the bin",
        "Share that was right",
        height=height,
        tools="save",
        drag=None,
        x_range=Range1d(0, 1),
        y_range=Range1d(-0.03, 1.04),
    )
    n = np.asarray(counts, dtype=float)
    source = ColumnDataSource(
        {
            "x": np.asarray(confidence, dtype=float),
            "y": np.asarray(accuracy, dtype=float),
            "n": n,
            "size": 5 + 13 * np.sqrt(n / max(n.max(initial=1.0), 1.0)),
        }
    )
    fig.line([0, 1], [0, 1], color=REFERENCE, line_dash=[5, 3])
    fig.line("x", "y", source=source, color=TRACE, alpha=0.6)
    if bounds is not None:
        source.data["low"], source.data["high"] = (np.asarray(one, dtype=float) for one in bounds)
        fig.segment("x", "low", "x", "high", source=source, color=TRACE, alpha=0.6)
    dots = fig.scatter("x", "y", source=source, size="size", color=TRACE, alpha=0.85)
    fig.xaxis.ticker = fig.yaxis.ticker = FixedTicker(ticks=[0, 0.2, 0.4, 0.6, 0.8, 1])
    fig.add_tools(
        HoverTool(
            renderers=[dots], tooltips=[("confidence", "@x{0.000}"), ("right", "@y{0.000}"), (counted, "@n{0,0}")]
        )
    )
    return pane(fig)


def _shade(share: NDArray[np.float64], *, dark: bool) -> NDArray[np.float64]:
    """Opacity of a cell; capped in the dark theme, where text on a full cell would fall below 4.5:1."""
    return np.where(share > 0, 0.03 + (0.62 if dark else 0.86) * share, 0.03)
