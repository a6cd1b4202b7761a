"""Points of a picture that lie within a lasso or under the pointer."""

import numba as nb
import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError


def inside(points: NDArray[np.float32], xs: ArrayLike, ys: ArrayLike) -> NDArray[np.bool_]:
    """Which points (N, 2) lie within a polygon, (N,); the even-odd rule (Shimrat 1962).

    Parameters
    ----------
    xs, ys : (V,) array_like
        Corners in order, in the unit of the points; the last is joined with the first.

    Raises
    ------
    InputError
        Fewer than three corners, or corners that are not finite.
    """
    x, y = np.asarray(xs, np.float64).ravel(), np.asarray(ys, np.float64).ravel()
    if x.size != y.size or x.size < 3 or not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise InputError(
            f"a lasso of {x.size} and {y.size} coordinates", hint="Draw around points: three corners at least."
        )
    return _inside(np.ascontiguousarray(points, np.float32), x, y)


def nearest(points: NDArray[np.float32], x: float, y: float, *, reach: tuple[float, float]) -> int | None:
    """The point nearest to (x, y) within an ellipse with the half axes `reach`; None without any."""
    found = _nearest(np.ascontiguousarray(points, np.float32), x, y, reach[0], reach[1])
    return None if found < 0 else int(found)


@nb.njit(cache=True, nogil=True)
def _inside(points: NDArray[np.float32], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    corners = x.size
    left, right, bottom, top = x.min(), x.max(), y.min(), y.max()
    found = np.zeros(points.shape[0], dtype=np.bool_)
    for i in range(points.shape[0]):
        px, py = points[i, 0], points[i, 1]
        if not (left <= px <= right and bottom <= py <= top):
            continue
        odd = False
        j = corners - 1
        for k in range(corners):
            if (y[k] > py) != (y[j] > py) and px < (x[j] - x[k]) * (py - y[k]) / (y[j] - y[k]) + x[k]:
                odd = not odd
            j = k
        found[i] = odd
    return found


@nb.njit(cache=True, nogil=True)
def _nearest(points: NDArray[np.float32], x: float, y: float, reach_x: float, reach_y: float) -> int:
    best, found = 1.0, -1
    for i in range(points.shape[0]):
        across, up = (points[i, 0] - x) / reach_x, (points[i, 1] - y) / reach_y
        distance = across * across + up * up
        if distance <= best:
            best, found = distance, i
    return found
