"""Plots of many signals by class, points and boxes; filling one anew is much cheaper than making it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, TapTool
from bokeh.plotting import figure
from numpy.typing import ArrayLike, NDArray

from pfd_panel.components.plots.figure import GLYPHS, base_figure, pane
from pfd_panel.theme.tokens import REFERENCE, Look

BOX_ALPHA = 0.35
OUTLIERS_SHOWN = 60
MOST_LEVEL = 4
"""Class names that fit beside one another below the boxes."""

Group = tuple[Look, ArrayLike, ArrayLike]


class ScatterPlot:
    """Points by class, each with its true marker shape.

    Parameters
    ----------
    log : bool
        Logarithmic axes; points that are not positive are left out then.
    height, size : int
        Of the figure and of a point, in px.
    picked : callable, optional
        ``picked(key)`` when a point is clicked.
    name : str
        By which scripts find the figure.
    """

    def __init__(
        self,
        *,
        log: bool = False,
        height: int = 280,
        size: int = 8,
        picked: Callable[[str], Any] | None = None,
        name: str = "",
    ) -> None:
        self._log, self._keys, self._picked = log, np.empty(0, dtype=object), picked
        kind = "log" if log else "auto"
        tools = "pan,wheel_zoom,box_zoom,reset,save"
        self.figure = base_figure(
            "", "", height=height, tools=tools, drag="box_zoom", x_axis_type=kind, y_axis_type=kind, name=name or None
        )
        self.source = ColumnDataSource(
            {name: [] for name in ("x", "y", "name", "look", "marker", "color", "fill", "line", "width")}
        )
        self.figure.scatter(
            "x",
            "y",
            source=self.source,
            marker="marker",
            size=size,
            color="color",
            fill_alpha="fill",
            line_alpha="line",
            line_width="width",
        )
        self._hover = HoverTool()
        self.figure.add_tools(self._hover)
        if picked is not None:
            tap = TapTool()
            self.figure.add_tools(tap)
            self.figure.toolbar.active_tap = tap
            self.source.selected.on_change("indices", self._on_pick)
        self.pane = pane(self.figure)

    def fill(
        self,
        groups: Sequence[Group],
        *,
        x_label: str,
        y_label: str,
        names: Sequence[Sequence[str]] | None = None,
        keys: Sequence[Sequence[str]] | None = None,
    ) -> None:
        """Show these points instead.

        Parameters
        ----------
        groups : sequence of (Look, x, y)
            One class each; points with a value that is not finite are left out.
        names, keys : sequence of sequences of str, optional
            What each point is called when the pointer rests on it, and for `picked`, in the order of `groups`.
        """
        parts: list[dict[str, NDArray[Any]]] = []
        kept: list[NDArray[Any]] = []
        for position, (look, xs, ys) in enumerate(groups):
            x, y = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
            good = np.isfinite(x) & np.isfinite(y) & ((x > 0) & (y > 0) if self._log else True)
            count = int(good.sum())
            hollow = look.marker in ("ring", "cross", "x")
            said = np.full(x.size, "", dtype=object) if names is None else np.asarray(names[position], dtype=object)
            parts.append(
                {
                    "x": x[good],
                    "y": y[good],
                    "name": said[good],
                    "look": np.full(count, look.label, dtype=object),
                    "marker": np.full(count, GLYPHS[look.marker], dtype=object),
                    "color": np.full(count, look.color, dtype=object),
                    "fill": np.full(count, 0.0 if hollow else 0.85),
                    "line": np.full(count, 1.0 if hollow else 0.85),
                    "width": np.full(count, 1.5 if hollow else 0.5),
                }
            )
            kept.append(np.asarray(keys[position], dtype=object)[good] if keys is not None else said[good])
        self._keys = np.concatenate(kept) if kept else np.empty(0, dtype=object)
        self.source.selected.indices = []
        names_of = list(self.source.data)
        self.source.data = {name: np.concatenate([part[name] for part in parts]) if parts else [] for name in names_of}
        self.figure.xaxis.axis_label, self.figure.yaxis.axis_label = x_label, y_label
        told = [("", "@name"), (x_label, "@x{0.000 a}"), (y_label, "@y{0.000 a}")]
        self._hover.tooltips = told if names is not None else told[1:]

    def _on_pick(self, _attribute: str, _before: Any, chosen: list[int]) -> None:
        if chosen and self._picked is not None:
            self._picked(str(self._keys[chosen[0]]))


class BoxPlot:
    """Boxes by class: quartiles, whiskers to 1.5 interquartile ranges (Tukey), the farthest points beyond.

    Parameters
    ----------
    picked : callable, optional
        ``picked(key)`` when a box is clicked.
    """

    def __init__(self, *, height: int = 280, name: str = "", picked: Callable[[str], Any] | None = None) -> None:
        self._height, self._name, self._log, self._picked = height, name, False, picked
        self._keys: list[str] = []
        self._sources: dict[str, ColumnDataSource] = {}
        self.pane: pn.pane.Bokeh = pane(self._make())

    def fill(
        self,
        groups: Sequence[tuple[Look, ArrayLike]],
        *,
        y_label: str,
        log: bool = False,
        keys: Sequence[str] | None = None,
    ) -> None:
        """Show these values instead; those that are not finite, or on a logarithmic axis not positive, are left out.

        Parameters
        ----------
        keys : sequence of str, optional
            What `picked` is told of each group; the words of its look without.
        """
        if log != self._log:
            self._log = log
            self.pane.object = self._make()
        shown: figure = self.pane.object
        shown.x_range.factors = [look.label for look, _ in groups] or ["none"]
        shown.xaxis.major_label_orientation = 0.5 if len(groups) > MOST_LEVEL else "horizontal"
        shown.yaxis.axis_label = y_label
        data: dict[str, dict[str, list[Any]]] = {
            name: {column: [] for column in source.data} for name, source in self._sources.items()
        }
        self._keys = []
        for place, (look, values) in enumerate(groups):
            sample = np.asarray(values, dtype=float)
            sample = sample[np.isfinite(sample) & ((sample > 0) if log else True)]
            if sample.size:
                _add_box(data, look, sample)
                self._keys.append(look.label if keys is None else keys[place])
        self._sources["boxes"].selected.indices = []
        for name, source in self._sources.items():
            source.data = data[name]

    def _make(self) -> figure:
        fig = base_figure(
            "",
            "",
            height=self._height,
            tools="save",
            drag=None,
            x_range=["none"],
            y_axis_type="log" if self._log else "auto",
            name=self._name or None,
        )
        columns = {
            "stems": ("x", "low", "high"),
            "boxes": ("x", "low", "high", "color"),
            "caps": ("left", "right", "level", "width"),
            "beyond": ("x", "y"),
        }
        self._sources = {name: ColumnDataSource({one: [] for one in found}) for name, found in columns.items()}
        made = self._sources
        line = {"line_color": REFERENCE, "line_width": 1.0}
        fig.segment("x", "low", "x", "high", source=made["stems"], **line)
        boxes = fig.vbar(
            "x", 0.55, "high", "low", source=made["boxes"], fill_color="color", fill_alpha=BOX_ALPHA, **line
        )
        boxes.nonselection_glyph = None
        if self._picked is not None:
            fig.add_tools(TapTool(renderers=[boxes]))
            made["boxes"].selected.on_change("indices", self._on_pick)
        fig.segment("left", "level", "right", "level", source=made["caps"], line_color=REFERENCE, line_width="width")
        fig.scatter("x", "y", source=made["beyond"], marker="circle", size=3, color=REFERENCE)
        return fig

    def _on_pick(self, _attribute: str, _before: Any, chosen: list[int]) -> None:
        if chosen and self._picked is not None:
            self._picked(self._keys[chosen[0]])


def _add_box(data: dict[str, dict[str, list[Any]]], look: Look, sample: NDArray[np.float64]) -> None:
    low, middle, high = np.percentile(sample, [25, 50, 75])
    inside = sample[(sample >= low - 1.5 * (high - low)) & (sample <= high + 1.5 * (high - low))]
    least, most = float(inside.min()), float(inside.max())
    for start, end in ((least, low), (high, most)):
        _add(data["stems"], x=look.label, low=start, high=end)
    _add(data["boxes"], x=look.label, low=low, high=high, color=look.color)
    for level, width, thick in ((least, 0.3, 1), (most, 0.3, 1), (middle, 0.55, 2)):
        _add(data["caps"], left=(look.label, -width / 2), right=(look.label, width / 2), level=level, width=thick)
    beyond = sample[(sample < least) | (sample > most)]
    far = beyond[np.argsort(-np.abs(beyond - middle))][:OUTLIERS_SHOWN]
    for value in far.tolist():
        _add(data["beyond"], x=look.label, y=value)


def _add(columns: dict[str, list[Any]], **row: Any) -> None:
    for name, value in row.items():
        columns[name].append(value)
