"""Lines at any length: the browser asks for what it shows, and gets two points per pixel.

A coarse line over the whole range lies underneath, the detail of the visible range (and one window to either side) on
top. One request is in flight at a time and the latest wish wins, so zooming never queues.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import panel as pn
import param
from bokeh.models import ColumnDataSource, DataRange1d, Range1d
from numpy.typing import NDArray
from panel.viewable import Viewer

from pfd_panel.components.plots.figure import DASHES, base_figure, pane, top_label
from pfd_panel.components.told import Told
from pfd_panel.server.session import under_lock
from pfd_panel.theme.tokens import TRACE

Buckets = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
Overview = Callable[[float, float, int], Buckets]
"""``overview(start, stop, buckets)`` gives x, lowest and highest value of at most `buckets` pieces of that range."""

COARSE = 1200
_LEAST, _MOST = 400, 8000
_names = count(1)


@dataclass(frozen=True)
class MarkerLines:
    """One family of vertical markers: a frequency and its harmonics.

    Attributes
    ----------
    label : str
        ``BPFI``; the harmonics are labelled 2×, 3×, …
    positions : sequence of float
        Where the lines stand, in units of the x axis.
    color, dash : str
        A data colour; ``solid``, ``dashed`` or ``dotted``.
    """

    label: str
    positions: Sequence[float]
    color: str
    dash: str = "dashed"


@dataclass(frozen=True)
class MarkerBands:
    """Shaded stretches of the x axis: (low, high) in its units, in one data colour."""

    places: Sequence[tuple[float, float]]
    color: str


class RangeFeeder(Told):
    """Watches a figure's x range in the browser and asks Python for what came into view."""

    target = param.String(doc="Name of the figure.")
    covered = param.List(doc="Start, stop and bucket width of what is shown in detail.")

    _esm = (Path(__file__).parent / "range_feeder.mjs").read_text(encoding="utf-8")

    def __init__(
        self, *, feed: Callable[[float, float, int], list[float]], everything: Callable[[], int], **params: Any
    ) -> None:
        super().__init__(width=0, height=0, margin=0, visible=True, **params)
        self._feed = feed
        self.everything = everything
        """Makes the figure hold all that it can, for where nothing feeds it; see `LinePlot.hold_all`."""

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        under_lock(partial(self._answer, msg))

    def _answer(self, msg: dict[str, Any]) -> None:
        try:
            self.covered = self._feed(float(msg["start"]), float(msg["end"]), int(msg["pixels"]))
        finally:
            self._send_msg({"done": True})


class LinePlot(Viewer):
    """A line that can be zoomed at any length.

    Parameters
    ----------
    overview : callable
        See `Overview`; called with at most 8,000 buckets, must answer in milliseconds.
    extent : (float, float)
        First and last x.
    x_label, y_label : str
        Name and unit of the axes.
    height : int
        Height in px.
    color : str
        A data colour.
    window : (float, float), optional
        What is visible at first; the whole by default.
    markers : sequence of MarkerLines
        Vertical markers, labelled at the top.
    y_from_zero : bool
        Keep zero in view (amplitudes).
    others : sequence of (Overview, color)
        Further lines over the same extent.
    y_log : bool
        Whether equal ratios take equal room; every value is then above zero.
    """

    def __init__(
        self,
        overview: Overview,
        extent: tuple[float, float],
        *,
        x_label: str,
        y_label: str,
        height: int = 220,
        color: str = TRACE,
        window: tuple[float, float] | None = None,
        markers: Sequence[MarkerLines] = (),
        y_from_zero: bool = False,
        others: Sequence[tuple[Overview, str]] = (),
        y_log: bool = False,
    ) -> None:
        super().__init__()
        self._overview = overview
        self._others = [(fill, ColumnDataSource()) for fill, _ in others]
        self.extent = extent
        shown = window or extent
        self.coarse, self.detail = ColumnDataSource(), ColumnDataSource()
        x_range = Range1d(*shown, bounds=extent, min_interval=max((extent[1] - extent[0]) * 1e-9, 1e-12))
        y_range = DataRange1d(only_visible=True, range_padding=0.05)
        if y_from_zero and not y_log:
            y_range.start = 0
        self.figure = base_figure(
            x_label,
            y_label,
            height=height,
            x_range=x_range,
            y_range=y_range,
            y_axis_type="log" if y_log else "auto",
            window_axis="x",
            name=f"line-{next(_names)}",
        )
        self.coarse.data = _polyline(*overview(*extent, COARSE))
        covered = self._fill(*shown, 1200)
        self.figure.line("x", "y", source=self.coarse, color=color, alpha=0.35, line_width=1)
        fine = self.figure.line("x", "y", source=self.detail, color=color, line_width=1, alpha=0.9)
        beside = [
            self.figure.line("x", "y", source=source, color=shade, line_width=1.2)
            for (_, source), (_, shade) in zip(self._others, others, strict=True)
        ]
        y_range.renderers = [fine, *beside]
        self.set_markers(markers)
        self.feeder = RangeFeeder(target=self.figure.name, covered=covered, feed=self._fill, everything=self.hold_all)

    def set_markers(self, markers: Sequence[MarkerLines]) -> None:
        """Draw the vertical markers."""
        for row, family in enumerate(markers):
            self.figure.vspan(
                x=list(family.positions),
                color=family.color,
                line_dash=DASHES[family.dash],
                line_width=1.2,
                level="underlay",
            )
            for order, position in enumerate(family.positions, start=1):
                if order == 1 or row == 0:
                    top_label(self.figure, position, family.label if order == 1 else f"{order}×", line=row)

    def set_bands(self, bands: Sequence[MarkerBands]) -> None:
        """Shade stretches of the x axis."""
        for family in bands:
            left, right = ([place[end] for place in family.places] for end in (0, 1))
            self.figure.vstrip(
                x0=left, x1=right, fill_color=family.color, fill_alpha=0.16, line_color=None, level="underlay"
            )

    def show(self, overview: Overview, extent: tuple[float, float]) -> None:
        """Show another signal in the same figure."""
        self._overview, self.extent = overview, extent
        self.coarse.data = _polyline(*overview(*extent, COARSE))
        self.figure.x_range.update(start=extent[0], end=extent[1], bounds=extent)
        self.feeder.covered = self._fill(*extent, 1200)

    def _fill(self, start: float, stop: float, pixels: int) -> list[float]:
        """Fetch the range and one window to either side; returns start, stop and bucket width of what was fetched."""
        span = max(stop - start, 1e-12)
        low, high = max(self.extent[0], start - span), min(self.extent[1], stop + span)
        buckets = int(np.clip(pixels * (high - low) / span, _LEAST, _MOST))
        x, lowest, highest = self._overview(low, high, buckets)
        self.detail.data = _polyline(x, lowest, highest)
        for other, source in self._others:
            source.data = _polyline(*other(low, high, buckets))
        return [float(low), float(high), float((high - low) / buckets)]

    def hold_all(self) -> int:
        """Hold the whole length as finely as one line may; how many stretches that are, 0 if they are the points."""
        x, low, high = self._overview(*self.extent, _MOST)
        self.detail.data = _polyline(x, low, high)
        return 0 if len(self.detail.data["x"]) == len(x) else len(x)

    @cached_property
    def _shown(self) -> pn.Column:
        return pn.Column(pane(self.figure), self.feeder, margin=0, sizing_mode="stretch_width")

    def __panel__(self) -> pn.Column:
        # the same each time: where something is put beside a plot, the browser need not draw it again
        return self._shown


def array_overview(values: NDArray[np.floating[Any]], x0: float, step: float) -> Overview:
    """The overview of an array in memory, sampled every `step` from `x0` (spectra, envelopes, short records)."""
    samples = np.asarray(values, dtype=np.float32)

    def overview(start: float, stop: float, buckets: int) -> Buckets:
        first = int(np.clip(np.floor((start - x0) / step), 0, max(samples.size - 1, 0)))
        last = int(np.clip(np.ceil((stop - x0) / step) + 1, first + 1, samples.size))
        part = samples[first:last]
        if part.size <= buckets:
            return x0 + step * np.arange(first, last, dtype=np.float64), part, part
        edges = np.linspace(0, part.size, buckets, endpoint=False).astype(np.intp)
        return x0 + step * (first + edges), np.minimum.reduceat(part, edges), np.maximum.reduceat(part, edges)

    return overview


def spectrum_plot(
    values: NDArray[np.floating[Any]],
    step: float,
    *,
    x_label: str = "Frequency (Hz)",
    y_label: str,
    limit: float | None = None,
    height: int = 240,
    markers: Sequence[MarkerLines] = (),
    y_log: bool = False,
) -> LinePlot:
    """A spectrum sampled every `step` from zero, with fault-frequency markers; peaks survive any zoom."""
    stop = step * (len(values) - 1)
    return LinePlot(
        array_overview(values, 0.0, step),
        (0.0, stop),
        x_label=x_label,
        y_label=y_label,
        height=height,
        window=(0.0, min(limit, stop) if limit else stop),
        markers=markers,
        y_from_zero=True,
        y_log=y_log,
    )


def _polyline(x: NDArray[Any], low: NDArray[Any], high: NDArray[Any]) -> dict[str, NDArray[Any]]:
    if low is high or np.array_equal(low, high):
        return {"x": np.asarray(x, dtype=np.float64), "y": np.asarray(low, dtype=np.float32)}
    y = np.empty(2 * len(x), dtype=np.float32)
    y[0::2], y[1::2] = low, high
    return {"x": np.repeat(np.asarray(x, dtype=np.float64), 2), "y": y}
