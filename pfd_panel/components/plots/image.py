"""Images over two axes: spectrograms, scalograms, kurtograms."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import BasicTicker, ColorBar, LinearColorMapper
from bokeh.palettes import Cividis256, Greys256, Inferno256, Viridis256
from numpy.typing import NDArray

from pfd_panel.components.plots.figure import base_figure, pane
from pfd_panel.theme.tokens import FONT

ROWS, COLUMNS = 400, 900
PALETTES = {"viridis": Viridis256, "inferno": Inferno256, "cividis": Cividis256, "greys": tuple(reversed(Greys256))}


def image_plot(
    values: NDArray[np.floating[Any]],
    x_extent: tuple[float, float],
    y_extent: tuple[float, float],
    *,
    x_label: str,
    y_label: str,
    unit: str,
    limits: tuple[float, float] | None = None,
    height: int = 260,
    palette: str = "viridis",
    y_log: bool = False,
    rows: Sequence[str] = (),
) -> pn.pane.Bokeh:
    """An image with a colour bar, sent as one byte a cell.

    Parameters
    ----------
    values : ndarray, shape (ny, nx)
        Row 0 is the lowest y. More than 400 × 900 cells are reduced to their maxima, so that short events survive.
    unit : str
        What the colour means (``dB re 1 g``).
    limits : (float, float), optional
        Values of the darkest and the brightest colour; by default the 2nd and 99.8th percentile.
    palette : str
        One of `PALETTES`.
    y_log : bool
        Rows stand at equal ratios, on a logarithmic axis.
    rows : sequence of str
        What the rows are called, where they are no quantity; row 0 is then centred at 0.
    """
    small = _reduce(_reduce(np.asarray(values, dtype=np.float32), ROWS, 0), COLUMNS, 1)
    finite = small[np.isfinite(small)]
    low, high = limits or (tuple(np.percentile(finite, [2, 99.8])) if finite.size else (0.0, 1.0))
    high = high if high > low else low + 1.0
    level = np.nan_to_num(np.clip((small - low) / (high - low), 0, 1), nan=0.0)
    fig = base_figure(
        x_label,
        y_label,
        height=height,
        tools="pan,box_zoom,wheel_zoom,reset,save",
        drag="box_zoom",
        x_range=x_extent,
        y_range=y_extent,
        y_axis_type="log" if y_log else "auto",
    )
    if rows:
        fig.yaxis.ticker = list(range(len(rows)))
        fig.yaxis.major_label_overrides = dict(enumerate(rows))
    fig.grid.visible = False
    fig.image(
        image=[np.round(255 * level).astype(np.uint8)],
        x=x_extent[0],
        y=y_extent[0],
        dw=x_extent[1] - x_extent[0],
        dh=y_extent[1] - y_extent[0],
        color_mapper=LinearColorMapper(palette=PALETTES[palette], low=0, high=255),
    )
    scale = LinearColorMapper(palette=PALETTES[palette], low=float(low), high=float(high))
    bar = ColorBar(
        color_mapper=scale,
        ticker=BasicTicker(desired_num_ticks=5),
        width=10,
        title=unit,
        padding=6,
        margin=0,
        border_line_color=None,
    )
    bar.update(
        title_text_font=FONT, title_text_font_style="normal", major_label_text_font=FONT, background_fill_alpha=0.0
    )
    fig.add_layout(bar, "right")
    return pane(fig)


def _reduce(values: NDArray[np.float32], most: int, axis: int) -> NDArray[np.float32]:
    size = values.shape[axis]
    if size <= most:
        return values
    edges = np.linspace(0, size, most, endpoint=False).astype(np.intp)
    return np.maximum.reduceat(values, edges, axis=axis)
