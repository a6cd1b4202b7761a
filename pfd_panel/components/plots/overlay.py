"""Many curves by class: a density image of each class side by side, or medians with quantile bands together."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, Range1d
from markupsafe import Markup
from numpy.typing import NDArray

from pfd_panel.components.layout import grid, stack
from pfd_panel.components.live import static
from pfd_panel.components.markup import class_name
from pfd_panel.components.plots.figure import base_figure, pane
from pfd_panel.theme.numbers import integer
from pfd_panel.theme.tokens import Look
from pipelines.overlays import shaded_png

PANEL_HEIGHT = 190
IMAGE_ROWS = 160


@dataclass(frozen=True)
class OverlayAxes:
    """What the axes of an overlay are: first and last place of each, and their names with units."""

    x: tuple[float, float]
    y: tuple[float, float]
    x_label: str
    y_label: str


def density_panels(classes: Sequence[tuple[Look, int, NDArray[np.uint8]]], axes: OverlayAxes) -> pn.Column:
    """One image a class, zoomed together.

    Parameters
    ----------
    classes : sequence of (Look, count, shades)
        Shades (height, width) as `pipelines.overlays.shaded` gives them.
    """
    x_range, y_range = Range1d(*axes.x, bounds=axes.x), Range1d(*axes.y)
    cells = []
    for look, count, shades in classes:
        fig = base_figure(
            axes.x_label,
            axes.y_label,
            height=PANEL_HEIGHT,
            tools="pan,box_zoom,wheel_zoom,reset,save",
            drag="box_zoom",
            x_range=x_range,
            y_range=y_range,
            name=f"overlay-{look.label}",
        )
        address = "data:image/png;base64," + base64.b64encode(shaded_png(shades, look.color)).decode()
        fig.image_url(
            url="url", x="x", y="y", w="w", h="h", anchor="bottom_left", source=ColumnDataSource(_placed(address, axes))
        )
        title = Markup('<div class="row">{}<span class="muted">{}</span></div>').format(
            class_name(look), _signals(count)
        )
        cells.append((stack(static(title), pane(fig)), 6 if len(classes) > 1 else 12))
    return grid(*cells)


def band_plot(classes: Sequence[tuple[Look, NDArray[np.float32]]], x: NDArray[np.float64], axes: OverlayAxes) -> Any:
    """The median of each class as a line, between which values half and four fifths of its curves lie as bands.

    Parameters
    ----------
    classes : sequence of (Look, quantiles)
        Quantiles (5, C) as `pipelines.overlays.bands` gives them.
    x : (C,)
    """
    fig = base_figure(
        axes.x_label,
        axes.y_label,
        height=340,
        tools="pan,box_zoom,wheel_zoom,reset,save",
        drag="box_zoom",
        x_range=Range1d(*axes.x, bounds=axes.x),
        y_range=Range1d(*axes.y),
        name="overlay-bands",
    )
    lines = []
    for look, (low, q1, middle, q3, high) in classes:
        source = ColumnDataSource({"x": x, "low": low, "q1": q1, "middle": middle, "q3": q3, "high": high})
        fig.varea("x", "low", "high", source=source, fill_color=look.color, fill_alpha=0.10)
        fig.varea("x", "q1", "q3", source=source, fill_color=look.color, fill_alpha=0.20)
        lines.append((source, look.color))
    for source, color in lines:  # on top of every band
        fig.line("x", "middle", source=source, color=color, line_width=1.5)
    return pane(fig)


def _placed(address: str, axes: OverlayAxes) -> dict[str, list[Any]]:
    (left, right), (bottom, top) = axes.x, axes.y
    return {"url": [address], "x": [left], "y": [bottom], "w": [right - left], "h": [top - bottom]}


def _signals(count: int) -> str:
    return f"{integer(count)} signals" if count != 1 else "1 signal"
