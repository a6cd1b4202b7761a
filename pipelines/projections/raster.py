"""Points by class as one small image: which class is most frequent in a cell, and how many points there are."""

from typing import TYPE_CHECKING

import numba as nb
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVELS = 16


def levels_for(classes: int) -> int:
    """Steps of opacity of each of so many classes: cells are 0 for nothing, else ``1 + class * levels + level``."""
    return max(1, min(MOST_LEVELS, 255 // max(classes, 1)))


def class_raster(
    table: "pd.DataFrame",
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    width: int,
    height: int,
    *,
    background: bool = False,
) -> NDArray[np.uint8]:
    """Draw points with Datashader.

    Parameters
    ----------
    table : DataFrame
        Columns ``x``, ``y`` (float32) and ``code`` (categorical, at most 255 classes).
    x_range, y_range : (float, float)
        What is drawn, in the unit of the points.
    width, height : int
        Cells.
    background : bool
        The last class shows only where there is no other.

    Returns
    -------
    ndarray, (height, width) uint8
        Row 0 is the lowest y. The opacity grows with the logarithm of the count.
    """
    import datashader as ds

    canvas = ds.Canvas(plot_width=width, plot_height=height, x_range=x_range, y_range=y_range)
    counts = canvas.points(table, "x", "y", agg=ds.by("code", ds.count())).to_numpy()
    return _shaded(np.ascontiguousarray(counts).astype(np.uint32, copy=False), levels_for(counts.shape[2]), background)


@nb.njit(cache=True, nogil=True)
def grown(cells: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An image whose drawn cells reach into the empty ones beside them: a point alone is too small to be seen."""
    rows, columns = cells.shape
    found = cells.copy()
    for i in range(rows):
        for j in range(columns):
            if cells[i, j]:
                for k in range(max(i - 1, 0), min(i + 2, rows)):
                    for m in range(max(j - 1, 0), min(j + 2, columns)):
                        if not cells[k, m] and cells[i, j] > found[k, m]:
                            found[k, m] = cells[i, j]
    return found


@nb.njit(cache=True, nogil=True)
def _shaded(counts: NDArray[np.uint32], levels: int, background: bool) -> NDArray[np.uint8]:
    rows, columns, classes = counts.shape
    totals = np.zeros((rows, columns), dtype=np.int64)
    winners = np.zeros((rows, columns), dtype=np.int64)
    most = 1
    for i in range(rows):
        for j in range(columns):
            highest = 0
            for k in range(classes):
                if background and k == classes - 1 and totals[i, j]:
                    break
                here = counts[i, j, k]
                totals[i, j] += here
                if here > highest:
                    highest = here
                    winners[i, j] = k
            most = max(most, totals[i, j])
    scale = (levels - 1) / np.log1p(most) if most > 1 else 0.0
    found = np.zeros((rows, columns), dtype=np.uint8)
    for i in range(rows):
        for j in range(columns):
            if totals[i, j]:
                level = int(np.log1p(totals[i, j]) * scale) if most > 1 else levels - 1
                found[i, j] = 1 + winners[i, j] * levels + level
    return found
