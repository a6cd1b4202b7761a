"""A spectrum beside the band that healthy recordings span, and how far it lies over it."""

from collections.abc import Sequence

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, Range1d
from numpy.typing import NDArray
from panel.viewable import Viewer

from pfd_panel.components.plots.figure import DASHES, base_figure, pane, top_label
from pfd_panel.components.plots.lines import LinePlot
from pfd_panel.theme.classes import look
from pfd_panel.theme.tokens import ACCENTS, REFERENCE, TRACE

HEALTHY = look("healthy").color
BESIDE = (("signal", TRACE, "solid"), ("median", HEALTHY, "solid"), ("5 to 95 %", HEALTHY, "dotted"))
"""The legend of these plots."""


class UsualBand:
    """Median and quantile band drawn into a plot of lines, and what stands above them; empty until they are known."""

    def __init__(self, plot: LinePlot) -> None:
        self.band = ColumnDataSource({"x": [], "low": [], "median": [], "high": [], "own": []})
        self.above = ColumnDataSource({"x": [], "y": []})
        figure = plot.figure
        figure.varea("x", "low", "high", source=self.band, fill_color=HEALTHY, fill_alpha=0.22, level="underlay")
        median = figure.line("x", "median", source=self.band, color=HEALTHY, line_width=1.2)
        figure.line("x", "own", source=self.band, color=ACCENTS[0], line_width=1.2, line_dash=DASHES["dotted"])
        tops = figure.scatter(
            "x", "y", source=self.above, marker="inverted_triangle", size=9, color=ACCENTS[0], line_color=None
        )
        # without them in the range of the y axis, a band above the line would be cut off
        figure.y_range.renderers = [*figure.y_range.renderers, median, tops]

    def fill(
        self,
        x: NDArray[np.floating],
        low: NDArray[np.floating],
        median: NDArray[np.floating],
        high: NDArray[np.floating],
        own: NDArray[np.floating],
        above: Sequence[int],
        *,
        again: bool,
    ) -> None:
        """Show the band over places (K,), and which lines of the signal's `own` stand above it.

        With `again` the signal itself is drawn once more: where the plot has finer lines, its noise is lower.
        """
        columns = {"x": x, "low": low, "median": median, "high": high, "own": own if again else np.full(len(x), np.nan)}
        self.band.data = {key: one.astype(np.float32) for key, one in columns.items()}
        self.above.data = {"x": [float(x[k]) for k in above], "y": [float(own[k]) for k in above]}


class BesideHealthy(Viewer):
    """Two figures with one x axis: levels with the band, and decibels over it.

    Parameters
    ----------
    name : str
        By which scripts find the upper figure; the lower one is ``NAME over``.
    x : (K,) array
        Frequencies in the unit of the axis.
    values, median, low, high, over_db : (K,) arrays
        Amplitudes ≥ 0, and decibels over the band.
    x_label, y_label : str
        Name and unit of the axes.
    marks : sequence of (x, text)
        What stands out; named where it is.
    limit : float, optional
        How far the axis reaches at first.
    """

    def __init__(
        self,
        name: str,
        x: NDArray[np.floating],
        values: NDArray[np.floating],
        median: NDArray[np.floating],
        low: NDArray[np.floating],
        high: NDArray[np.floating],
        over_db: NDArray[np.floating],
        *,
        x_label: str,
        y_label: str,
        marks: Sequence[tuple[float, str]] = (),
        limit: float | None = None,
    ) -> None:
        super().__init__()
        end = float(x[-1])
        self.x_range = Range1d(0.0, min(limit or end, end), bounds=(0.0, end))
        # the mean is no vibration, and a logarithmic axis has no zero
        first = 1
        tiny = max(float(values[first:].max(initial=0)), float(high[first:].max(initial=0)), 1e-30) * 1e-7
        columns = {"values": values, "median": median, "low": low, "high": high}
        data = {key: np.maximum(part[first:], tiny).astype(np.float32) for key, part in columns.items()}
        self.source = ColumnDataSource(
            {**data, "x": x[first:].astype(np.float32), "over": over_db[first:].astype(np.float32)}
        )
        bottom = float(np.percentile(data["low"], 1)) / 2
        top = 2 * max(float(data["values"].max(initial=tiny)), float(data["high"].max(initial=tiny)))
        self.figure = base_figure(
            "", y_label, height=250, x_range=self.x_range, y_range=(max(bottom, top * 1e-7), top), y_axis_type="log",
            name=name,
        )  # fmt: skip
        self.figure.varea("x", "low", "high", source=self.source, fill_color=HEALTHY, fill_alpha=0.22)
        self.figure.line("x", "median", source=self.source, color=HEALTHY, line_width=1.2)
        self.figure.line("x", "values", source=self.source, color=TRACE, line_width=1.2, alpha=0.95)
        for number, (place, text) in enumerate(marks):
            self.figure.vspan(x=[place], color=REFERENCE, line_dash=[1, 2], line_width=1, level="underlay")
            top_label(self.figure, place, text, line=number % 3)
        reach = max(12.0, float(np.abs(over_db).max(initial=0)) * 1.08)
        self.over = base_figure(
            x_label, "Over the band (dB)", height=160, x_range=self.x_range,
            y_range=(-min(reach, 12.0), reach), name=f"{name} over",
        )  # fmt: skip
        self.over.varea("x", 0, "over", source=self.source, fill_color=TRACE, fill_alpha=0.35)
        self.over.line("x", "over", source=self.source, color=TRACE, line_width=1)
        self.over.line([0.0, end], [0.0, 0.0], color=REFERENCE, line_width=1)

    def __panel__(self) -> pn.Column:
        return pn.Column(pane(self.figure), pane(self.over), margin=0, sizing_mode="stretch_width")
