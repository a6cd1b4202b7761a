"""What all plots share: size, tools, axes with units, and colours that follow the theme."""

from collections.abc import Sequence
from typing import Any

import panel as pn
from bokeh.models import Label, LogAxis, LogTicker, Range1d
from bokeh.plotting import figure

from pfd_panel.server.session import page_session
from pfd_panel.theme.tokens import FONT, PALETTES

DASHES = {"solid": "solid", "dashed": [5, 3], "dotted": [1, 2]}
GLYPHS = {
    "circle": "circle",
    "square": "square",
    "triangle": "triangle",
    "diamond": "diamond",
    "inverted_triangle": "inverted_triangle",
    "hex": "hex",
    "cross": "cross",
    "x": "x",
    "star": "star",
    "plus": "plus",
    "ring": "circle",
}
"""Bokeh's marker for each of our shapes; a ring is an unfilled circle."""


def base_figure(
    x_label: str,
    y_label: str,
    *,
    height: int = 240,
    tools: str = "xpan,xwheel_zoom,xbox_zoom,reset,save",
    drag: str | None = "xbox_zoom",
    **options: Any,
) -> figure:
    """A figure in the look of the product.

    Parameters
    ----------
    x_label, y_label : str
        Name and unit of each axis, ``Time (s)``; no unit is said as ``(no unit)`` only where it helps.
    height : int
        Height in px; the width follows the card.
    tools, drag : str
        Bokeh tools and the one that dragging starts with; the wheel always scrolls the page.
    """
    fig = figure(
        height=height,
        sizing_mode="stretch_width",
        min_border_left=56,
        min_border_right=8,
        min_border_top=6,
        tools=tools,
        toolbar_location="right",
        active_drag=drag,
        active_scroll=None,
        active_tap=None,
        outline_line_color=None,
        x_axis_label=x_label,
        y_axis_label=y_label,
        output_backend="canvas",
        # while the wheel turns Bokeh would draw every tenth point only: lines come with two points a pixel already
        lod_threshold=None,
        **options,
    )
    fig.toolbar.autohide = True
    fig.toolbar.logo = None
    fig.toolbar_inner = True
    fig.xgrid.visible = False
    for axis in (*fig.xaxis, *fig.yaxis):
        axis.minor_tick_line_color = None
        axis.major_tick_in = 0
        if isinstance(axis, LogAxis):
            axis.ticker = LogTicker(mantissas=[1, 2, 3, 5], desired_num_ticks=8)
        axis.major_tick_out = 4
    _paint(fig)
    return fig


def pane(fig: figure) -> pn.pane.Bokeh:
    """The figure as a part of a card."""
    return pn.pane.Bokeh(fig, sizing_mode="stretch_width", margin=0)


def top_label(fig: figure, x: float, text: str, *, line: int = 0) -> Label:
    """A small label at the top of the frame beside `x`, in the text colour of the theme."""
    label = Label(
        x=x,
        y=fig.height - 74 - 15 * line,
        y_units="screen",
        text=text,
        x_offset=3,
        text_font=FONT,
        text_font_size="11px",
        text_baseline="bottom",
    )
    follow_theme(lambda ink: label.update(text_color=ink["text2"]))
    fig.add_layout(label)
    return label


def follow_theme(paint: Any) -> None:
    """Call ``paint(palette)`` now and whenever the page's theme is switched."""
    page_session().on_theme(lambda dark: paint(PALETTES["dark" if dark else "light"]))


def fixed_range(values: Sequence[float], pad: float = 0.05) -> Range1d:
    """A range around the values with some room."""
    low, high = min(values), max(values)
    room = pad * (high - low) or 1.0
    return Range1d(low - room, high + room)


def _paint(fig: figure) -> None:
    """The first picture is already in the theme; Material repaints axes when it is switched."""
    ink = PALETTES["dark" if page_session().dark else "light"]
    fig.update(background_fill_color=ink["surface"], border_fill_color=ink["surface"])
    for axis in (*fig.xaxis, *fig.yaxis):
        axis.update(
            axis_label_text_font=FONT,
            axis_label_text_font_style="normal",
            axis_label_text_color=ink["text"],
            major_label_text_font=FONT,
            major_label_text_color=ink["text2"],
            axis_line_color=ink["text3"],
            major_tick_line_color=ink["text3"],
        )
    fig.grid.grid_line_color = ink["line"]
