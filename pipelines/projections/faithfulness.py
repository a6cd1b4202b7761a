"""How far the neighbours in a picture are neighbours at all."""

import numba as nb
import numpy as np
from numpy.typing import NDArray

WORK = 5e7
"""Distances that are looked at; of larger tables a drawn part of the points is judged, at least `LEAST`."""

LEAST = 200
_BLOCK = 2**22


def trustworthiness(
    high: NDArray[np.floating], low: NDArray[np.floating], *, neighbours: int = 15, seed: int = 0
) -> float:
    """Trustworthiness of a picture, 0 to 1 (Venna and Kaski 2001, equation 1).

    Of each point's `neighbours` nearest in the picture, those that are not among its nearest in the table count against
    it, by how far down the table ranks them. 1: no false neighbour; pure chance gives about 0.5.

    Parameters
    ----------
    high : (N, F)
        What was projected, scaled.
    low : (N, 2)
        The picture.
    neighbours : int
        At most (N - 1) / 2; fewer are taken for fewer points.
    seed : int
        Of the points that are judged when there are many.
    """
    count = len(high)
    near = max(1, min(neighbours, (count - 1) // 2))
    judged = min(count, max(LEAST, int(WORK / count)))
    rows = np.arange(count)
    if judged < count:
        rows = np.sort(np.random.default_rng(seed).choice(count, judged, replace=False))
    table, picture = np.asarray(high, np.float32), np.asarray(low, np.float32)
    penalty = 0.0
    block = max(1, _BLOCK // count)
    for first in range(0, len(rows), block):
        some = rows[first : first + block]
        shown = _distances(picture, some)
        nearest = np.argpartition(shown, near - 1, axis=1)[:, :near] if near < count else np.argsort(shown, axis=1)
        penalty += _misplaced(_distances(table, some), nearest, near)
    worst = len(rows) * near * (2 * count - 3 * near - 1) / 2
    return float(1 - penalty / worst) if worst > 0 else 1.0


def _distances(points: NDArray[np.float32], rows: NDArray[np.intp]) -> NDArray[np.float32]:
    """Squared distances of some points to all, (B, N); a point is infinitely far from itself."""
    squares = np.einsum("ij,ij->i", points, points)
    found = squares[rows, None] + squares[None, :] - 2 * points[rows] @ points.T
    found[np.arange(len(rows)), rows] = np.inf
    return found


@nb.njit(cache=True, nogil=True)
def _misplaced(distances: NDArray[np.float32], nearest: NDArray[np.intp], near: int) -> float:
    """Ranks beyond `near` of the neighbours that the picture shows."""
    total = 0.0
    for i in range(distances.shape[0]):
        for k in range(nearest.shape[1]):
            limit = distances[i, nearest[i, k]]
            rank = 1
            for j in range(distances.shape[1]):
                if distances[i, j] < limit:
                    rank += 1
            if rank > near:
                total += rank - near
    return total
