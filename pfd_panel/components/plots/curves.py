"""Curves over epochs that grow while they are looked at: what is new is sent, the figure stays."""

from collections.abc import Sequence
from dataclasses import dataclass

import panel as pn
from bokeh.models import BasicTicker, ColumnDataSource, DataRange1d, HoverTool, NumeralTickFormatter, Range1d

from pfd_panel.components.plots.figure import DASHES, base_figure, pane

COLUMNS = ("xs", "ys", "color", "alpha")
POINTS = ("x", "y", "color", "label")
MOST_POINTS = 400
"""Beyond so many points no dots are drawn on the lines."""


@dataclass(frozen=True)
class Curve:
    """One line: what it is called, its colour, ``solid`` or ``dashed``, epochs and values; faint ones stay behind."""

    label: str
    color: str
    dash: str
    epochs: tuple[int, ...]
    values: tuple[float, ...]
    faint: bool = False


class CurvePlot:
    """A figure of curves over epochs.

    Parameters
    ----------
    y_label : str
        Name and unit.
    log : bool
        Whether equal ratios take equal room; values that are not positive are left out then.
    share : bool
        Whether values are shares, 0 to 1, shown in percent on the whole range.
    name : str
        By which scripts find the figure.
    """

    def __init__(
        self, y_label: str, *, log: bool = False, share: bool = False, height: int = 240, name: str = ""
    ) -> None:
        self._log = log
        self._shown: tuple[Curve, ...] = ()
        y_range = Range1d(0, 1.02) if share else DataRange1d(range_padding=0.08)
        self.figure = base_figure(
            "Epoch",
            y_label,
            height=height,
            y_axis_type="log" if log else "auto",
            x_range=DataRange1d(range_padding=0.03),
            y_range=y_range,
            name=name or None,
        )
        self.figure.xaxis.ticker = BasicTicker(min_interval=1, num_minor_ticks=0)
        if share:
            self.figure.yaxis.formatter = NumeralTickFormatter(format="0 %")
        self.lines = {dash: ColumnDataSource({name: [] for name in COLUMNS}) for dash in ("dashed", "solid")}
        for dash, source in self.lines.items():
            self.figure.multi_line(
                "xs", "ys", source=source, color="color", line_alpha="alpha", line_width=1.8, line_dash=DASHES[dash]
            )
        self.points = ColumnDataSource({name: [] for name in POINTS})
        dots = self.figure.scatter("x", "y", source=self.points, color="color", size=5)
        value = "@y{0.0 %}" if share else "@y{0.0000 a}"
        self.figure.add_tools(HoverTool(renderers=[dots], tooltips=[("", "@label"), ("epoch", "@x"), (y_label, value)]))
        self.pane: pn.pane.Bokeh = pane(self.figure)

    def fill(self, curves: Sequence[Curve]) -> bool:
        """Show these curves instead; says whether anything is another now."""
        asked = tuple(curves)
        if asked == self._shown:
            return False
        self._shown = asked
        lines: dict[str, dict[str, list[object]]] = {dash: {name: [] for name in COLUMNS} for dash in self.lines}
        points: dict[str, list[object]] = {name: [] for name in POINTS}
        count = sum(len(one.epochs) for one in asked)
        for one in asked:
            kept = [(x, y) for x, y in zip(one.epochs, one.values, strict=True) if y > 0 or not self._log]
            into = lines[one.dash]
            into["xs"].append([x for x, _ in kept])
            into["ys"].append([y for _, y in kept])
            into["color"].append(one.color)
            into["alpha"].append(0.35 if one.faint else 0.95)
            if one.faint or (count > MOST_POINTS and len(kept) > 1):
                continue
            for x, y in kept:
                for name, value in (("x", x), ("y", y), ("color", one.color), ("label", one.label)):
                    points[name].append(value)
        for dash, source in self.lines.items():
            if source.data != lines[dash]:
                source.data = lines[dash]
        self.points.data = points
        return True
