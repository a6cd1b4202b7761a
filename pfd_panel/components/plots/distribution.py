"""Plots of how one feature is distributed in each class: violins, histograms, distribution functions."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, Range1d, TapTool
from bokeh.plotting import figure
from numpy.typing import ArrayLike, NDArray

from pfd_panel.components.plots.by_class import BOX_ALPHA, MOST_LEVEL
from pfd_panel.components.plots.figure import base_figure, pane
from pfd_panel.theme.tokens import REFERENCE, Look

HALF_WIDTH = 0.42
"""Of the widest violin, in widths of a class."""

Curve = tuple[Look, ArrayLike, ArrayLike]


class ViolinPlot:
    """Kernel densities by class, mirrored; the bar holds the middle half of a class, the line is its median.

    Parameters
    ----------
    picked : callable, optional
        ``picked(label)`` with the label of the class that is clicked.
    """

    def __init__(self, *, height: int = 280, name: str = "", picked: Callable[[str], Any] | None = None) -> None:
        self._height, self._name, self._log, self._picked = height, name, False, picked
        self._keys: list[str] = []
        self.pane: pn.pane.Bokeh = pane(self._make())

    def fill(
        self,
        groups: Sequence[tuple[Look, ArrayLike, ArrayLike, Sequence[float]]],
        *,
        keys: Sequence[str],
        y_label: str,
        log: bool = False,
    ) -> None:
        """Show these densities instead.

        Parameters
        ----------
        groups : sequence of (Look, x, y, quartiles)
            Where the density is told, the density, and the three quartiles; an empty density draws the quartiles only.
        keys : sequence of str
            What `picked` is told, in the order of `groups`.
        """
        if log != self._log:
            self._log = log
            self.pane.object = self._make()
        shown: figure = self.pane.object
        shown.x_range.factors = [look.label for look, *_ in groups] or ["none"]
        shown.xaxis.major_label_orientation = 0.5 if len(groups) > MOST_LEVEL else "horizontal"
        shown.yaxis.axis_label = y_label
        self._keys = list(keys)
        columns: dict[str, list[Any]] = {name: [] for name in self._shapes.data}
        quartiles: dict[str, list[Any]] = {name: [] for name in self._bars.data}
        for look, xs, ys, (low, middle, high) in groups:
            x, y = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
            half = HALF_WIDTH * y / y.max() if y.size else y
            outline = [(look.label, side) for side in (*half, *-half[::-1])]
            columns["xs"].append(outline or [(look.label, 0.0)])
            columns["ys"].append(np.concatenate([x, x[::-1]]) if x.size else np.array([middle]))
            columns["color"].append(look.color)
            quartiles["x"].append(look.label)
            for name, value in (("low", low), ("middle", middle), ("high", high)):
                quartiles[name].append(value)
        self._shapes.selected.indices = []
        self._shapes.data, self._bars.data = columns, quartiles

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
        self._shapes = ColumnDataSource({name: [] for name in ("xs", "ys", "color")})
        self._bars = ColumnDataSource({name: [] for name in ("x", "low", "middle", "high")})
        shapes = fig.patches(
            "xs", "ys", source=self._shapes, fill_color="color", fill_alpha=BOX_ALPHA, line_color="color"
        )
        shapes.nonselection_glyph = None
        fig.vbar("x", 0.06, "high", "low", source=self._bars, color=REFERENCE)
        fig.scatter("x", "middle", source=self._bars, marker="dash", size=22, line_width=2, color=REFERENCE)
        if self._picked is not None:
            fig.add_tools(TapTool(renderers=[shapes]))
            self._shapes.selected.on_change("indices", self._on_pick)
        return fig

    def _on_pick(self, _attribute: str, _before: Any, chosen: list[int]) -> None:
        if chosen and self._picked is not None:
            self._picked(self._keys[chosen[0]])


class ShareCurves:
    """Shares over the values of a feature, one line a class: outlines of histograms, or steps that rise to all."""

    def __init__(self, *, height: int = 280, name: str = "") -> None:
        self._height, self._name, self._log = height, name, False
        self.pane: pn.pane.Bokeh = pane(self._make())

    def fill(
        self,
        curves: Sequence[Curve],
        *,
        x_label: str,
        y_label: str,
        log: bool = False,
        rising: bool = False,
        focus: Look | None = None,
    ) -> None:
        """Show these instead.

        Parameters
        ----------
        curves : sequence of (Look, x, y)
            Edges of bins and the share in each (one less), or for `rising` values and the share up to each.
        focus : Look, optional
            The class that stands out; the others are drawn thin and grey.
        """
        if log != self._log:
            self._log = log
            self.pane.object = self._make()
        shown: figure = self.pane.object
        shown.xaxis.axis_label, shown.yaxis.axis_label = x_label, y_label
        columns: dict[str, list[Any]] = {name: [] for name in self._lines.data}
        top = 0.0
        for look, xs, ys in curves:
            x, y = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
            outline = _stairs(x, y) if rising else _outline(x, y)
            behind = focus is not None and look != focus
            for name, value in {
                "xs": outline[0],
                "ys": outline[1],
                "color": REFERENCE if behind else look.color,
                "fill": 0.0 if rising or behind else 0.4 if focus is not None else 0.12,
                "width": 1.0 if behind else 2.0,
                "alpha": 0.5 if behind else 1.0,
                "look": look.label,
            }.items():
                columns[name].append(value)
            top = max(top, float(y.max(initial=0.0)))
        self._lines.data = columns
        shown.y_range.update(start=0.0, end=1.02 if rising else 1.08 * (top or 1.0))

    def _make(self) -> figure:
        fig = base_figure(
            "",
            "",
            height=self._height,
            tools="xpan,xbox_zoom,reset,save",
            x_axis_type="log" if self._log else "auto",
            y_range=Range1d(0, 1),
            name=self._name or None,
        )
        self._lines = ColumnDataSource({name: [] for name in ("xs", "ys", "color", "fill", "width", "alpha", "look")})
        fig.patches("xs", "ys", source=self._lines, fill_color="color", fill_alpha="fill", line_alpha=0.0)
        drawn = fig.multi_line("xs", "ys", source=self._lines, color="color", line_width="width", line_alpha="alpha")
        fig.add_tools(HoverTool(renderers=[drawn], tooltips=[("", "@look"), ("value", "$x"), ("share", "$y{0.0 %}")]))
        return fig


def _outline(edges: NDArray[np.float64], shares: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Corners of a histogram, from the axis up and back down to it."""
    return np.repeat(edges, 2), np.concatenate([[0.0], np.repeat(shares, 2), [0.0]])


def _stairs(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Corners of steps that rise at `x` to `y`."""
    return np.repeat(x, 2), np.concatenate([[0.0], np.repeat(y, 2)[:-1]])
