"""Several lines at any length in one figure, over one another or stacked; their ranges can be shared.

As in `lines`: a coarse picture of everything lies underneath, what is in view (and a quarter of it to either side)
is asked for in detail. One question is asked for all lines together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, FixedTicker, Range1d
from numpy.typing import NDArray
from panel.viewable import Viewer

from pfd_panel.components.plots.figure import DASHES, base_figure, pane
from pfd_panel.components.plots.lines import Buckets, RangeFeeder
from pfd_panel.theme.series import SeriesLook

Arrangement = Literal["overlay", "stacked"]
Fetch = Callable[[float, float, int], list[Buckets]]
"""``fetch(start, stop, buckets)`` gives x, lowest and highest values of each line in that range; may be empty."""

COARSE = 600
LEAST, MOST = 400, 2000
"""Buckets of a line; 2,000 of two points in float64 and float32 are 48 kB."""

OVERSCAN = 0.25
ROW_PX, LEAST_PX = 44, 260
_names = count(1)
_FILL = 0.92
"""Share of its row that a stacked line may take."""


@dataclass(frozen=True)
class Series:
    """One of several lines: what it is called on the axis where lines are stacked, and how it is drawn."""

    label: str
    look: SeriesLook


class SeveralLines(Viewer):
    """Lines that can be zoomed together at any length.

    Parameters
    ----------
    name : str
        By which scripts find the figure: with a number behind it, so that no two are called the same.
    series : sequence of Series
    fetch : callable
        See `Fetch`; must answer in milliseconds.
    extent : (float, float)
        First and last x of all lines.
    x_label, y_label : str
        Name and unit of the axes.
    arrangement : {"overlay", "stacked"}
    common_scale : bool
        Whether stacked lines have one scale; else each fills its row.
    x_range : Range1d, optional
        Shared with other figures, which then zoom together.
    window : (float, float), optional
        What is visible at first; everything by default.
    from_zero : bool
        Whether values are amplitudes, none below zero.
    zero_line : bool
        Whether zero is marked (differences).
    """

    def __init__(
        self,
        name: str,
        series: Sequence[Series],
        fetch: Fetch,
        extent: tuple[float, float],
        *,
        x_label: str,
        y_label: str,
        arrangement: Arrangement = "overlay",
        common_scale: bool = True,
        x_range: Range1d | None = None,
        window: tuple[float, float] | None = None,
        from_zero: bool = False,
        zero_line: bool = False,
        height: int = LEAST_PX,
    ) -> None:
        super().__init__()
        self.series, self._fetch, self.extent, self._from_zero = tuple(series), fetch, extent, from_zero
        self.stacked = arrangement == "stacked"
        self.x_range = x_range or shared_range(extent, window)
        everything = fetch(*extent, COARSE)
        self.gains, self.levels = self._places(everything, common_scale=common_scale)
        self.y_range = Range1d(0.5 - len(self.series), 0.5) if self.stacked else Range1d(0, 1)
        self.figure = base_figure(
            x_label,
            "" if self.stacked else y_label,
            height=max(LEAST_PX, ROW_PX * len(self.series) + 60) if self.stacked else height,
            x_range=self.x_range,
            y_range=self.y_range,
            # a drawing that replaces another one is there before that one is gone, and scripts find it by its name
            name=f"{name} #{next(_names)}",
        )
        if self.stacked:
            self._name_rows()
        elif zero_line:
            self.figure.line([*extent], [0.0, 0.0], color="#7C8794", line_width=1, level="underlay")
        self.coarse, self.detail = ColumnDataSource(), ColumnDataSource()
        self.coarse.data = self._drawn(everything)
        covered = self._fill(self.x_range.start, self.x_range.end, 1200)
        for source, alpha in ((self.coarse, 0.15), (self.detail, 0.9)):
            self.figure.multi_line(
                "xs", "ys", source=source, color="color", line_dash="dash", line_width=1, line_alpha=alpha
            )
        self.feeder = RangeFeeder(target=self.figure.name, covered=covered, feed=self._fill, everything=self.hold_all)

    @property
    def scale(self) -> float:
        """Height of one row in the unit of the lines, where they are stacked on one scale."""
        return 1 / self.gains[0] if self.gains else 1.0

    def hold_all(self) -> int:
        """Hold the whole length as finely as these lines may; how many stretches that are, 0 if they are the points."""
        found = self._fetch(*self.extent, MOST)
        self.detail.data = self._drawn(found)
        return max((len(x) for x, low, high in found if not _same(low, high)), default=0)

    def _fill(self, start: float, stop: float, pixels: int) -> list[float]:
        """Fetch what is visible and a little more; returns start, stop and bucket width of it."""
        span = max(stop - start, 1e-12)
        low, high = max(self.extent[0], start - OVERSCAN * span), min(self.extent[1], stop + OVERSCAN * span)
        buckets = int(np.clip(pixels * (high - low) / span, LEAST, MOST))
        found = self._fetch(low, high, buckets) if low < high else [_NOTHING] * len(self.series)
        self.detail.data = self._drawn(found)
        if not self.stacked:
            self._fit(found, start, stop)
        return [float(low), float(high), float((high - low) / buckets)]

    def _fit(self, found: Sequence[Buckets], start: float, stop: float) -> None:
        """Let the y axis reach over what is visible."""
        lowest, highest = np.inf, -np.inf
        for x, low, high in found:
            seen = (x >= start) & (x <= stop) & np.isfinite(low)
            if seen.any():
                lowest, highest = min(lowest, float(low[seen].min())), max(highest, float(high[seen].max()))
        if lowest > highest:
            return
        room = 0.05 * (highest - lowest) or abs(highest) * 0.05 or 1.0
        self.y_range.update(start=0.0 if self._from_zero else lowest - room, end=highest + room)

    def _places(self, everything: Sequence[Buckets], *, common_scale: bool) -> tuple[list[float], list[float]]:
        """Gain of each line, and which value of it lies in the middle of its row."""
        if not self.stacked:
            return [1.0] * len(self.series), [0.0] * len(self.series)
        gains, levels = [], []
        for _, low, high in everything:
            known = np.isfinite(low)
            bottom, top = (float(low[known].min()), float(high[known].max())) if known.any() else (0.0, 1.0)
            bottom = 0.0 if self._from_zero else bottom
            gains.append(_FILL / ((top - bottom) or 1.0))
            levels.append((top + bottom) / 2)
        if common_scale:
            smallest = min(gains, default=1.0)
            if self._from_zero:
                levels = [_FILL / smallest / 2] * len(gains)
            gains = [smallest] * len(gains)
        return gains, levels

    def _name_rows(self) -> None:
        places = [-float(row) for row in range(len(self.series))]
        (axis,) = self.figure.yaxis
        axis.ticker = FixedTicker(ticks=places)
        axis.major_label_overrides = {place: one.label for place, one in zip(places, self.series, strict=True)}

    def _drawn(self, found: Sequence[Buckets]) -> dict[str, list[Any]]:
        data: dict[str, list[Any]] = {"xs": [], "ys": [], "color": [], "dash": []}
        for row, (one, buckets) in enumerate(zip(self.series, found, strict=True)):
            x, y = polyline(*buckets)
            if self.stacked:
                y = ((y - np.float32(self.levels[row])) * np.float32(self.gains[row]) - np.float32(row)).astype(
                    np.float32
                )
            data["xs"].append(x)
            data["ys"].append(y)
            data["color"].append(one.look.color)
            data["dash"].append(DASHES[one.look.dash] if one.look.dash != "solid" else [])
        return data

    def __panel__(self) -> pn.Column:
        return pn.Column(pane(self.figure), self.feeder, margin=0, sizing_mode="stretch_width")


def shared_range(extent: tuple[float, float], window: tuple[float, float] | None = None) -> Range1d:
    """A range that several figures can share: they then zoom and move together."""
    start, stop = window or extent
    return Range1d(start, stop, bounds=extent, min_interval=max((extent[1] - extent[0]) * 1e-9, 1e-12))


def polyline(x: NDArray[Any], low: NDArray[Any], high: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Points through lowest and highest values; where both are one, each is one point. NaN is a gap."""
    if _same(low, high):
        return np.asarray(x, dtype=np.float64), np.asarray(low, dtype=np.float32)
    y = np.empty(2 * len(x), dtype=np.float32)
    y[0::2], y[1::2] = low, high
    return np.repeat(np.asarray(x, dtype=np.float64), 2), y


def payload_bytes(low: NDArray[Any], high: NDArray[Any]) -> int:
    """Bytes that are sent for one line of so many buckets."""
    x, y = polyline(np.arange(len(low)), low, high)
    return int(x.nbytes + y.nbytes)


def _same(low: NDArray[Any], high: NDArray[Any]) -> bool:
    return low is high or bool(np.array_equal(low, high, equal_nan=True))


_NOTHING: Buckets = (np.empty(0), np.empty(0, np.float32), np.empty(0, np.float32))
