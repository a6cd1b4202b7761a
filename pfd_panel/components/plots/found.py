"""Pictures that analyses give: curves, images and paths in the look of the product."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from bokeh.events import Tap
from bokeh.models import ColumnDataSource

from pfd_panel.components.plots.figure import base_figure, pane
from pfd_panel.components.plots.image import image_plot
from pfd_panel.components.plots.lines import LinePlot, MarkerLines, array_overview
from pfd_panel.theme.tokens import ACCENTS, TRACE
from pipelines.analyses import Axis, Curves, Image, Path, Picture

BUCKETS = 1500
"""Of a curve among many: what a wide screen can show."""

MANY = 4
"""From so many curves on, they are drawn at once and not fetched as they are zoomed."""


def picture_plot(
    picture: Picture,
    *,
    height: int,
    per_hz: float = 1.0,
    frequency: str = "Hz",
    markers: Sequence[MarkerLines] = (),
    palette: str = "viridis",
    tapped: Callable[[float, float], Any] | None = None,
) -> Any:
    """Draw a picture.

    Parameters
    ----------
    picture : Curves or Image or Path
    height : int
        Of the figure, px.
    per_hz, frequency : float, str
        Unit of a frequency axis of curves, and what a hertz is worth in it; images keep theirs.
    markers : sequence of MarkerLines
        Vertical lines on curves, in the unit of the axis.
    palette : str
        Colours of an image; see `image.PALETTES`.
    tapped : callable, optional
        ``tapped(x, y)`` when an image is clicked, in units of its axes.

    Returns
    -------
    LinePlot or viewable
        A `LinePlot` where one or few curves can be zoomed at any length.
    """
    if isinstance(picture, Image):
        return _image(picture, height, palette, tapped)
    if isinstance(picture, Path):
        return _path(picture, height)
    if picture.bars:
        return _bars(picture, height)
    scale, label = (per_hz, str(Axis(picture.x.quantity, frequency))) if picture.x.unit == "Hz" else (1.0, "")
    if len(picture.curves) > MANY:
        return _many(picture, height, scale, label or str(picture.x))
    start, step = picture.start * scale, picture.step * scale
    first, *others = (array_overview(curve.values, start, step) for curve in picture.curves)
    window = picture.window and (picture.window[0] * scale, picture.window[1] * scale)
    return LinePlot(
        first,
        (start, picture.stop * scale),
        x_label=label or str(picture.x),
        y_label=str(picture.y),
        height=height,
        window=window,
        markers=markers,
        y_from_zero=picture.from_zero,
        others=list(zip(others, ACCENTS, strict=False)),
    )


def _image(picture: Image, height: int, palette: str, tapped: Callable[[float, float], Any] | None) -> Any:
    shown = image_plot(
        picture.values,
        _edges(picture.x_at),
        _edges(picture.y_at, log=picture.y_log),
        x_label=str(picture.x),
        y_label=str(picture.y),
        unit=str(picture.level) if picture.level.unit == "" else picture.level.unit,
        limits=picture.limits,
        height=height,
        palette=palette,
        y_log=picture.y_log,
        rows=picture.rows,
    )
    if tapped is not None:
        shown.object.on_event(Tap, lambda event: tapped(float(event.x), float(event.y)))
    return shown


def _edges(at: np.ndarray, *, log: bool = False) -> tuple[float, float]:
    """Outer edges of the first and last cell around centres at equal steps, or equal ratios."""
    if len(at) < 2:
        return float(at[0]) - 0.5, float(at[0]) + 0.5
    if log:
        ratio = float(np.sqrt(at[1] / at[0]))
        return float(at[0]) / ratio, float(at[-1]) * ratio
    half = float(at[1] - at[0]) / 2
    return max(0.0, float(at[0]) - half) if at[0] >= 0 < half else float(at[0]) - half, float(at[-1]) + half


def _path(picture: Path, height: int) -> Any:
    fig = base_figure(
        str(picture.x), str(picture.y), height=height, tools="pan,box_zoom,reset,save", drag="box_zoom",
        match_aspect=True,
    )  # fmt: skip
    fig.line(picture.x_values, picture.y_values, color=TRACE, line_width=1.5)
    # where the shaft's mark passes: without it nobody can tell which way the path is gone
    fig.scatter(picture.x_values[:1], picture.y_values[:1], color=TRACE, size=9)
    return pane(fig)


def _bars(picture: Curves, height: int) -> Any:
    fig = base_figure(str(picture.x), str(picture.y), height=height, tools="xpan,box_zoom,reset,save", drag="box_zoom")
    at, half = picture.places, picture.step / 2
    counted, *explaining = picture.curves
    source = ColumnDataSource({"left": at - half, "right": at + half, "top": counted.values})
    fig.quad(
        left="left", right="right", top="top", bottom=0, source=source, fill_color=TRACE, fill_alpha=0.55,
        line_color=TRACE, line_alpha=0.8, line_width=0.5,
    )  # fmt: skip
    for curve, color in zip(explaining, ACCENTS, strict=False):
        fig.line(at, curve.values, color=color, line_width=1.5)
    fig.y_range.start = 0
    return pane(fig)


def _many(picture: Curves, height: int, scale: float, label: str) -> Any:
    fig = base_figure(label, str(picture.y), height=height)
    start, step, stop = picture.start * scale, picture.step * scale, picture.stop * scale
    xs, ys = [], []
    for curve in picture.curves:
        x, _, high = array_overview(curve.values, start, step)(start, stop, BUCKETS)
        xs.append(x)
        ys.append(high)
    fig.multi_line(xs, ys, color=TRACE, line_width=1, line_alpha=0.85)
    return pane(fig)
