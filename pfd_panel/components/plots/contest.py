"""Plots of several experiments: bars with intervals, lines with the band of their seeds, a radar."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, DataRange1d, HoverTool, Range1d, WheelZoomTool

from pfd_panel.components.plots.figure import DASHES, base_figure, follow_theme, pane
from pfd_panel.theme.series import SeriesLook
from pfd_panel.theme.tokens import FONT

BAR_PX, AXIS_PX = 34, 56
RINGS = 4
"""Rings of a radar from its middle to its rim."""


@dataclass(frozen=True)
class Bar:
    """One bar: its name, look, value, 95 % interval where there is one, and what each seed reached."""

    label: str
    look: SeriesLook
    value: float
    low: float | None
    high: float | None
    seeds: Sequence[float] = ()


@dataclass(frozen=True)
class BandLine:
    """A line over the epochs with the band that its seeds fill; `x`, `mean`, `low` and `high` have one length."""

    label: str
    look: SeriesLook
    x: Sequence[float]
    mean: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def interval_bars(name: str, bars: Sequence[Bar], x_label: str, *, most: float | None = None) -> pn.pane.Bokeh:
    """Horizontal bars from zero; a dark line is the 95 % interval, a ring one seed.

    Parameters
    ----------
    name : str
        By which scripts find the figure.
    bars : sequence of Bar
        From the top downwards.
    x_label : str
        What is shown, with its unit.
    most : float, optional
        Right end of the axis (1 for shares); without it what is drawn needs.
    """
    labels = [bar.label for bar in bars]
    reach = most or 1.08 * max([bar.high or bar.value for bar in bars] + [max(bar.seeds, default=0.0) for bar in bars])
    fig = base_figure(
        x_label,
        "",
        height=AXIS_PX + BAR_PX * len(bars) + 12,
        tools="xpan,xbox_zoom,reset,save",
        drag="xbox_zoom",
        x_range=Range1d(0.0, reach or 1.0),
        y_range=list(reversed(labels)),
        name=name,
    )
    fig.ygrid.visible, fig.xgrid.visible = False, True
    columns = {
        "label": labels,
        "value": [bar.value for bar in bars],
        "low": [math.nan if bar.low is None else bar.low for bar in bars],
        "high": [math.nan if bar.high is None else bar.high for bar in bars],
        "color": [bar.look.color for bar in bars],
    }
    source = ColumnDataSource(columns)
    drawn = fig.hbar("label", 0.56, "value", 0.0, source=source, fill_color="color", fill_alpha=0.45, line_color=None)
    whiskers = fig.segment("low", "label", "high", "label", source=source, line_width=2)
    ends = [
        fig.scatter(end, "label", source=source, marker="dash", angle=math.pi / 2, size=10, line_width=2)
        for end in ("low", "high")
    ]
    rings = ColumnDataSource(
        {
            "label": [bar.label for bar in bars for _ in bar.seeds],
            "seed": [value for bar in bars for value in bar.seeds],
        }
    )
    dots = fig.scatter("seed", "label", source=rings, marker="circle", size=6, fill_alpha=0.0, line_width=1.5)

    def paint(ink: dict[str, str]) -> None:
        for one in (whiskers, *ends, dots):
            one.glyph.line_color = ink["text"]

    follow_theme(paint)
    fig.add_tools(HoverTool(renderers=[drawn], tooltips=[("", "@label"), (x_label, "@value{0.0000}")]))
    return pane(fig)


def band_lines(name: str, lines: Sequence[BandLine], x_label: str, y_label: str, *, height: int = 280) -> pn.pane.Bokeh:
    """Lines with bands: the mean of the seeds, and from the lowest to the highest of them."""
    fig = base_figure(
        x_label,
        y_label,
        height=height,
        tools="pan,box_zoom,reset,save",
        drag="box_zoom",
        x_range=DataRange1d(range_padding=0.02),
        y_range=DataRange1d(range_padding=0.05),
        name=name,
    )
    fig.add_tools(WheelZoomTool())
    for line in lines:
        columns = {name: np.asarray(getattr(line, name), dtype=np.float64) for name in ("x", "mean", "low", "high")}
        source = ColumnDataSource(columns)
        if (columns["high"] > columns["low"]).any():
            fig.varea("x", "low", "high", source=source, fill_color=line.look.color, fill_alpha=0.18)
        drawn = fig.line(
            "x", "mean", source=source, color=line.look.color, line_width=1.8, line_dash=DASHES[line.look.dash]
        )
        if len(columns["x"]) == 1:
            fig.scatter("x", "mean", source=source, color=line.look.color, size=7)
        tips = [
            ("", line.label),
            (x_label, "@x{0}"),
            (y_label, "@mean{0.0000}"),
            ("seeds", "@low{0.000} … @high{0.000}"),
        ]
        fig.add_tools(HoverTool(renderers=[drawn], tooltips=tips, mode="mouse"))
    return pane(fig)


def radar(
    name: str,
    axes: Sequence[str],
    rows: Sequence[tuple[SeriesLook, Sequence[float | None]]],
    middle: float,
    *,
    height: int = 320,
) -> pn.pane.Bokeh:
    """Shares 0–1 on one spoke each, closed to a polygon a row; the rim is 1, the centre `middle`.

    A value that is not known leaves its spoke out of the polygon.
    """
    angles = math.pi / 2 - 2 * math.pi * np.arange(len(axes)) / len(axes)
    fig = base_figure(
        "", "", height=height, tools="save", drag=None, match_aspect=True, name=name,
        x_range=DataRange1d(range_padding=0.0), y_range=DataRange1d(range_padding=0.0),
    )  # fmt: skip
    # nothing to see: only data ranges keep circles round, and words have none
    fig.scatter([-1.7, 1.7], [-1.25, 1.25], size=1, alpha=0.0)
    fig.axis.visible, fig.grid.visible = False, False
    fig.min_border_left = 8
    turn = np.linspace(0.0, 2.0 * math.pi, 121)
    levels = [middle + (1.0 - middle) * ring / RINGS for ring in range(1, RINGS + 1)]
    rings = [
        fig.line(ring / RINGS * np.cos(turn), ring / RINGS * np.sin(turn), line_width=1) for ring in range(1, RINGS + 1)
    ]
    spokes = fig.segment(0.0, 0.0, np.cos(angles), np.sin(angles), line_width=1)
    names = ColumnDataSource({"x": 1.09 * np.cos(angles), "y": 1.09 * np.sin(angles), "words": list(axes)})
    aligned = ["center" if abs(np.cos(a)) < 0.2 else "left" if np.cos(a) > 0 else "right" for a in angles]
    names.data["align"] = aligned
    words = fig.text(
        "x", "y", "words", source=names, text_align="align", text_baseline="middle", text_font_size="12px",
        text_font={"value": FONT},
    )  # fmt: skip
    scale = ColumnDataSource(
        {
            "x": [0.02] * RINGS,
            "y": [ring / RINGS - 0.05 for ring in range(1, RINGS + 1)],
            "words": [f"{100 * level:.3g} %" for level in levels],
        }
    )
    marks = fig.text("x", "y", "words", source=scale, text_font_size="10px", text_font={"value": FONT})
    for look, values in rows:
        known = [(angle, value) for angle, value in zip(angles, values, strict=True) if value is not None]
        if not known:
            continue
        reach = [max(0.0, (value - middle) / (1.0 - middle)) for _, value in known]
        xs = [r * math.cos(angle) for r, (angle, _) in zip(reach, known, strict=True)]
        ys = [r * math.sin(angle) for r, (angle, _) in zip(reach, known, strict=True)]
        fig.patch(xs, ys, fill_color=look.color, fill_alpha=0.08, line_color=look.color, line_width=2)
        fig.scatter(xs, ys, color=look.color, size=5)

    def paint(ink: dict[str, str]) -> None:
        for one in (*rings, spokes):
            one.glyph.line_color = ink["line"]
        words.glyph.text_color = {"value": ink["text"]}
        marks.glyph.text_color = {"value": ink["text2"]}

    follow_theme(paint)
    return pane(fig)


def middle_of(values: Sequence[float | None]) -> float:
    """Where the middle of a radar lies: a tenth below the lowest share, so that near ones can be told apart."""
    known = [value for value in values if value is not None]
    return max(0.0, math.floor(10.0 * (min(known, default=0.0) - 0.05)) / 10.0)
