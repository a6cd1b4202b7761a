"""Plots of many features against one another: a correlation matrix, and pairs of a few."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import panel as pn
from bokeh.layouts import gridplot
from bokeh.models import BoxSelectTool, ColumnDataSource, HoverTool, LinearColorMapper, TapTool
from bokeh.palettes import interp_palette
from bokeh.plotting import figure
from numpy.typing import ArrayLike, NDArray

from pfd_panel.components.plots.figure import GLYPHS, base_figure, follow_theme, pane
from pfd_panel.theme.tokens import Look

FALLS, RISES = "#D64C13", "#2F6FD6"
"""Ends of the diverging scale: minus one and one; what lies between fades into the surface of the theme."""

HISTOGRAM_BINS = 24
LEAST_WIDTH = 190
"""Of a pair plot in px; where there is less room they scroll sideways."""


def correlation_matrix(
    coefficients: ArrayLike,
    names: Sequence[str],
    *,
    titles: Mapping[str, str],
    picked: Callable[[str, str], Any],
    cell: int = 15,
) -> pn.pane.Bokeh:
    """Correlation matrix as coloured cells.

    Parameters
    ----------
    coefficients : array_like, shape (F, F)
        −1 to 1.
    names : sequence of str
        Features in that order.
    titles : mapping of str to str
        What a feature is called.
    picked : callable
        ``picked(row, column)`` with the names of the cell that is clicked.
    cell : int
        Height of a cell in px.
    """
    table: NDArray[np.float64] = np.asarray(coefficients, dtype=float)
    count = len(names)
    rows, columns = (axis.ravel() for axis in np.meshgrid(np.arange(count), np.arange(count), indexing="ij"))
    labels = [titles.get(name, name) for name in names]
    fig = base_figure(
        "",
        "",
        height=count * cell + 150,
        tools="save",
        drag=None,
        x_range=labels,
        y_range=list(reversed(labels)),
        name="correlation",
    )
    fig.xaxis.major_label_orientation = 1.2
    fig.grid.visible = False
    for axis in (*fig.xaxis, *fig.yaxis):
        axis.update(major_label_text_font_size="10px", major_tick_line_color=None, axis_line_color=None)
    source = ColumnDataSource(
        {
            "x": [labels[at] for at in columns],
            "y": [labels[at] for at in rows],
            "r": table.ravel(),
        }
    )
    scale = LinearColorMapper(low=-1, high=1)
    cells = fig.rect("x", "y", 1, 1, source=source, fill_color={"field": "r", "transform": scale}, line_color=None)
    cells.nonselection_glyph = None
    follow_theme(lambda ink: scale.update(palette=interp_palette([FALLS, ink["surface"], RISES], 101)))
    fig.add_tools(
        HoverTool(renderers=[cells], tooltips=[("", "@y"), ("", "@x"), ("r", "@r{+0.00}")]), TapTool(renderers=[cells])
    )

    def on_pick(_attribute: str, _before: Any, chosen: list[int]) -> None:
        if chosen:
            picked(names[rows[chosen[0]]], names[columns[chosen[0]]])

    source.selected.on_change("indices", on_pick)
    return pane(fig)


def pair_plots(
    values: Mapping[str, ArrayLike],
    looks: Sequence[Look],
    *,
    labels: Mapping[str, str],
    said: Sequence[str],
    keys: Sequence[str],
    picked: Callable[[str], Any],
    size: int = 200,
) -> pn.Column:
    """Scatter plots of every two of a few features below the diagonal, their histograms on it.

    Points chosen with a box in one plot stay bright in all of them.

    Parameters
    ----------
    values : mapping of str to (N,) array_like
        Features.
    looks : sequence of Look
        How the class of each signal is shown, (N,).
    labels : mapping of str to str
        Axis label of each feature, with its unit.
    said, keys : sequence of str
        What a point is called, and what `picked` is told when it is clicked.
    size : int
        Height of a plot in px.
    """
    names = list(values)
    source = ColumnDataSource(
        {name: np.asarray(column, dtype=float) for name, column in values.items()}
        | {
            "said": list(said),
            "marker": [GLYPHS[look.marker] for look in looks],
            "color": [look.color for look in looks],
        }
    )
    ranges: dict[str, Any] = {}
    cells: list[list[figure | None]] = []
    for row, below in enumerate(names):
        line: list[figure | None] = []
        for column, across in enumerate(names):
            if column > row:
                line.append(None)
                continue
            last, first = row == len(names) - 1, column == 0
            # the scale is told once along each side
            x_label, y_label = labels[across] if last else "", labels[below] if first and row else ""
            shared = {"x_range": ranges[across]} if across in ranges else {}
            if column == row:
                fig = _histograms(source, across, looks, x_label, size, shared)
            else:
                fig = _points(source, across, below, (x_label, y_label), size, shared, ranges.get(f"y {below}"))
                ranges.setdefault(f"y {below}", fig.y_range)
            fig.min_width = LEAST_WIDTH
            for axis in (*fig.xaxis, *fig.yaxis):
                axis.update(axis_label_text_font_size="11px", major_label_text_font_size="10px")
            ranges.setdefault(across, fig.x_range)
            line.append(fig)
        cells.append(line)

    def on_pick(_attribute: str, _before: Any, chosen: list[int]) -> None:
        if len(chosen) == 1:
            picked(keys[chosen[0]])

    source.selected.on_change("indices", on_pick)
    whole = gridplot(cells, sizing_mode="stretch_width", toolbar_location="right", merge_tools=True)
    whole.toolbar.logo = None
    whole.toolbar.active_drag = next(tool for tool in whole.toolbar.tools if _chooses(tool))
    whole.min_width = LEAST_WIDTH * len(names)
    shown = pn.pane.Bokeh(whole, sizing_mode="stretch_width", margin=0)
    scrolls = {"overflow-x": "auto", "min-width": "0", "max-width": "100%"}
    return pn.Column(shown, styles=scrolls, sizing_mode="stretch_width", margin=0)


def _chooses(tool: Any) -> bool:
    """Whether a tool of the grid is the box that chooses, for one plot or for all of them."""
    return isinstance(tool, BoxSelectTool) or any(isinstance(one, BoxSelectTool) for one in getattr(tool, "tools", ()))


def _points(
    source: ColumnDataSource,
    x: str,
    y: str,
    words: tuple[str, str],
    size: int,
    shared: dict[str, Any],
    y_range: Any,
) -> figure:
    ranged = shared | ({"y_range": y_range} if y_range is not None else {})
    fig = base_figure(*words, height=size, tools="box_select,tap,reset", drag=None, **ranged)
    drawn = fig.scatter(
        x, y, source=source, marker="marker", color="color", size=5, fill_alpha=0.7, line_alpha=0.7,
        nonselection_fill_alpha=0.06, nonselection_line_alpha=0.06,
    )  # fmt: skip
    fig.add_tools(HoverTool(renderers=[drawn], tooltips=[("", "@said"), ("x", "$x"), ("y", "$y")]))
    return fig


def _histograms(
    source: ColumnDataSource, name: str, looks: Sequence[Look], x_label: str, size: int, shared: dict[str, Any]
) -> figure:
    fig = base_figure(x_label, "", height=size, tools="reset", drag=None, **shared)
    column = np.asarray(source.data[name], dtype=float)
    edges = np.histogram_bin_edges(column[np.isfinite(column)], bins=HISTOGRAM_BINS)
    labels = np.array([look.label for look in looks], dtype=object)
    for look in {one.label: one for one in looks}.values():
        counts, _ = np.histogram(column[labels == look.label], edges)
        fig.quad(
            left=edges[:-1], right=edges[1:], bottom=0, top=counts / max(counts.sum(), 1),
            color=look.color, fill_alpha=0.3, line_alpha=0.0,
        )  # fmt: skip
    fig.yaxis.visible = False
    fig.ygrid.visible = False
    return fig
