"""Plots of what a model's test found: epochs, operating curves, noise, distances to the training data."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, FixedTicker, HoverTool, Range1d, Span, Whisker

from pfd_panel.components.plots.figure import DASHES, GLYPHS, base_figure, follow_theme, pane
from pfd_panel.theme import numbers
from pfd_panel.theme.tokens import REFERENCE, TRACE, Look


@dataclass(frozen=True)
class EpochLine:
    """One quantity of one training, epoch by epoch.

    `chief` lines (the model that is kept) stand out, those of folds stay behind; `best` is the epoch whose weights were
    kept, marked on the line.
    """

    name: str
    epochs: Sequence[float]
    values: Sequence[float | None]
    dashed: bool = False
    chief: bool = False
    best: float | None = None


def epochs_plot(
    lines: Sequence[EpochLine], y_label: str, *, log: bool = False, shares: bool = False, height: int = 250
) -> pn.pane.Bokeh:
    """Lines over epochs; the best epoch of each solid line is marked."""
    known = [value for line in lines for value in line.values if value is not None]
    options = {"y_axis_type": "log"} if log and known and min(known) > 0 else {}
    if shares:
        options["y_range"] = Range1d(0, 1.02)
    fig = base_figure("Epoch", y_label, height=height, tools="xpan,xbox_zoom,reset,save", **options)
    if shares:
        fig.yaxis.ticker = _fifths()
    elif not options:
        fig.y_range.update(range_padding=0.08)
    data = {
        "xs": [list(line.epochs) for line in lines],
        "ys": [[np.nan if one is None else one for one in line.values] for line in lines],
        "name": [line.name for line in lines],
        "color": [TRACE if line.chief else REFERENCE for line in lines],
        "width": [2.0 if line.chief else 1.0 for line in lines],
        "alpha": [1.0 if line.chief else 0.65 for line in lines],
        "dash": [DASHES["dashed"] if line.dashed else [] for line in lines],
    }
    drawn = fig.multi_line(
        "xs", "ys", source=ColumnDataSource(data), color="color", line_width="width", line_alpha="alpha",
        line_dash="dash",
    )  # fmt: skip
    fig.add_tools(HoverTool(renderers=[drawn], tooltips=[("", "@name"), ("epoch", "$x{0}"), (y_label, "$y{0.0000}")]))
    best = [
        (line, list(line.epochs).index(line.best))
        for line in lines
        if line.best is not None and line.best in line.epochs
    ]
    marks = ColumnDataSource(
        {
            "x": [line.best for line, _ in best],
            "y": [np.nan if line.values[at] is None else line.values[at] for line, at in best],
            "color": [TRACE if line.chief else REFERENCE for line, _ in best],
            "name": [line.name for line, _ in best],
        }
    )
    stars = fig.scatter("x", "y", source=marks, marker="star", size=11, color="color", line_alpha=0.0)
    fig.add_tools(HoverTool(renderers=[stars], tooltips=[("best epoch", "@x"), ("", "@name"), (y_label, "@y{0.0000}")]))
    return pane(fig)


def operating_plot(
    curves: Sequence[tuple[Look, Sequence[float], Sequence[float], Sequence[float | None]]],
    chosen: int,
    *,
    x_label: str,
    y_label: str,
    chance: float | None,
    rising: bool,
    height: int = 300,
) -> pn.pane.Bokeh:
    """Operating curves; the chosen one stands out and tells its thresholds, the others stay behind in grey.

    Parameters
    ----------
    curves : sequence of (Look, x, y, threshold)
    chosen : int
        Which of them.
    chance : float, optional
        What guessing reaches: the diagonal where curves are `rising` (ROC), else a level.
    """
    fig = base_figure(
        x_label,
        y_label,
        height=height,
        tools="save",
        drag=None,
        x_range=Range1d(-0.01, 1.01),
        y_range=Range1d(-0.01, 1.02),
    )
    fig.xaxis.ticker, fig.yaxis.ticker = _fifths(), _fifths()
    if rising:
        fig.line([0, 1], [0, 1], color=REFERENCE, line_dash=[5, 3])
    elif chance is not None:
        fig.line([0, 1], [chance, chance], color=REFERENCE, line_dash=[5, 3])
    for place, (look, x, y, _) in enumerate(curves):
        if place != chosen and len(x):
            fig.line(list(x), list(y), color=REFERENCE, line_width=1, line_alpha=0.45, name=look.label)
    look, x, y, threshold = curves[chosen]
    told = ["none called" if one is None else numbers.fixed(100 * one, 1) for one in threshold]
    source = ColumnDataSource({"x": list(x), "y": list(y), "threshold": told})
    fig.line("x", "y", source=source, color=look.color, line_width=2)
    points = fig.scatter("x", "y", source=source, size=5, color=look.color, marker=GLYPHS[look.marker])
    fig.add_tools(
        HoverTool(
            renderers=[points],
            tooltips=[
                (x_label, "@x{0.0 %}"),
                (y_label, "@y{0.0 %}"),
                ("called from a probability (%) of", "@threshold"),
            ],
        )
    )
    return pane(fig)


def noise_plot(
    levels: Sequence[tuple[float | None, float, float | None, float | None]],
    *,
    height: int = 260,
) -> pn.pane.Bokeh:
    """Share right over the ratio of signal to added noise, noise growing to the right; None is the signal as it is.

    Parameters
    ----------
    levels : sequence of (dB or None, share, low, high)
        The cleanest first.
    """
    names = [
        "no noise" if snr is None else numbers.fixed(snr, 0 if float(snr).is_integer() else 1) for snr, *_ in levels
    ]
    fig = base_figure(
        "Signal to added noise (dB)",
        "Recordings right",
        height=height,
        tools="save",
        drag=None,
        x_range=names,
        y_range=Range1d(0, 1.02),
    )
    fig.yaxis.ticker = _fifths()
    source = ColumnDataSource(
        {
            "x": names,
            "y": [share for _, share, *_ in levels],
            "low": [share if low is None else low for _, share, low, _ in levels],
            "high": [share if high is None else high for _, share, _, high in levels],
        }
    )
    whisker = Whisker(base="x", lower="low", upper="high", source=source, line_color=TRACE, line_alpha=0.7)
    for head in (whisker.upper_head, whisker.lower_head):
        head.update(size=8, line_color=TRACE)
    fig.add_layout(whisker)
    fig.line("x", "y", source=source, color=TRACE, line_width=1.5)
    dots = fig.scatter("x", "y", source=source, color=TRACE, size=7)
    fig.add_tools(
        HoverTool(
            renderers=[dots],
            tooltips=[("added noise", "@x dB"), ("right", "@y{0.0 %}"), ("95 %", "@low{0.0 %} to @high{0.0 %}")],
        )
    )
    return pane(fig)


def distance_plot(rows: Sequence[tuple[Look, str, float, bool]], *, y_label: str, height: int = 260) -> pn.pane.Bokeh:
    """Distance of each recording to its training side, by class; above the line at 1 it is refused.

    Parameters
    ----------
    rows : sequence of (Look, recording, distance, right)
        Wrong ones are drawn as crosses.
    """
    labels = list(dict.fromkeys(look.label for look, *_ in rows)) or ["none"]
    fig = base_figure("", y_label, height=height, tools="save", drag=None, x_range=labels, y_axis_type="log")
    if len(labels) > 5:
        fig.xaxis.major_label_orientation = 0.5
    limit = Span(location=1.0, dimension="width", line_dash="dashed", line_width=1)
    follow_theme(lambda ink: limit.update(line_color=ink["text2"]))
    fig.add_layout(limit)
    # each class spreads over its width in the order of the recordings, so that points do not hide one another
    count = {label: sum(look.label == label for look, *_ in rows) for label in labels}
    seen = dict.fromkeys(labels, 0)
    for right in (True, False):
        columns: dict[str, list[object]] = {name: [] for name in ("x", "y", "color", "recording", "said")}
        for look, recording, distance, good in rows:
            if good is not right:
                continue
            seen[look.label] += 1
            columns["x"].append((look.label, 0.7 * (seen[look.label] / (count[look.label] + 1) - 0.5)))
            columns["y"].append(distance)
            columns["color"].append(look.color)
            columns["recording"].append(recording)
            columns["said"].append("right" if good else "wrong")
        dots = fig.scatter(
            "x",
            "y",
            source=ColumnDataSource(columns),
            marker="circle" if right else "x",
            size=6 if right else 9,
            line_width=0.5 if right else 2,
            color="color",
            alpha=0.8 if right else 1.0,
        )
        fig.add_tools(
            HoverTool(renderers=[dots], tooltips=[("", "@recording"), (y_label, "@y{0.00}"), ("answer", "@said")])
        )
    return pane(fig)


def _fifths() -> FixedTicker:
    """Ticks of a share; each axis has its own, for a model belongs to one document."""
    return FixedTicker(ticks=[0, 0.2, 0.4, 0.6, 0.8, 1])
