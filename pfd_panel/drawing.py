"""Analyses as HoloViews elements, for notebooks."""

from typing import Any

import holoviews as hv
import numpy as np

from pipelines.analyses import Curves, Found, Image, Path
from pipelines.analyses.pictures import on_rows

MOST_POINTS = 20_000
"""Points of one curve; more are drawn as the lowest and highest of each stretch, so that no peak is lost."""


def drawn(found: Found, title: str = "") -> Any:
    """What an analysis found, as the Signal page draws it.

    Parameters
    ----------
    found : Found
        From ``bench.analyse``.
    title : str
        Above the plot.

    Returns
    -------
    holoviews element or overlay
    """
    shown = found.picture
    made: Any
    if isinstance(shown, Image):
        y_at, values = shown.y_at, shown.values
        if shown.y_log:
            # an image of HoloViews has equal steps
            y_at, values = on_rows(y_at, values, len(y_at), log=False)
        bounds = (shown.x_at[0], y_at[0], shown.x_at[-1], y_at[-1])
        made = hv.Image(values[::-1], bounds=bounds, kdims=[str(shown.x), str(shown.y)], vdims=str(shown.level))
        made = made.opts(cmap="Viridis", clim=shown.limits, colorbar=True)
    elif isinstance(shown, Path):
        made = hv.Path((shown.x_values, shown.y_values), [str(shown.x), str(shown.y)])
    else:
        made = hv.Overlay([_curve(shown, curve.name, curve.values) for curve in shown.curves])
        if shown.window is not None:
            made = made.opts(xlim=shown.window)
    return made.opts(title=title)


def _curve(shown: Curves, name: str, values: Any) -> Any:
    places = shown.places
    if len(values) > MOST_POINTS:
        edges = np.linspace(0, len(values), MOST_POINTS // 2, endpoint=False).astype(np.intp)
        low, high = np.minimum.reduceat(values, edges), np.maximum.reduceat(values, edges)
        places, values = np.repeat(places[edges], 2), np.column_stack((low, high)).ravel()
    return hv.Curve((places, values), str(shown.x), str(shown.y), label=name)
