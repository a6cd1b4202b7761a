"""Points by class, however many: what of them is seen, as points or as an image."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pfd_panel.theme.tokens import REFERENCE, Look
from pipelines.projections import class_raster, grown, inside, levels_for, nearest

if TYPE_CHECKING:
    import pandas as pd

MARKERS = 3000
"""Up to so many points are drawn one by one."""

_PAD = 0.05
_FAINT, _FULL = 0.5, 1.0
_OTHERS_FAINT, _OTHERS_FULL = 0.10, 0.35

Range = tuple[float, float]


class PointSet:
    """Points and their classes.

    Parameters
    ----------
    points : (N, 2) float32
    codes : (N,) int
        The class of each point, an index of `looks`.
    looks : sequence of Look
    chosen : (N,) bool, optional
        Points that stand out; the others are grey.
    """

    def __init__(
        self,
        points: NDArray[np.float32],
        codes: NDArray[np.integer],
        looks: Sequence[Look],
        chosen: NDArray[np.bool_] | None = None,
    ) -> None:
        self.points, self.codes, self.looks = np.ascontiguousarray(points, np.float32), codes, tuple(looks)
        self.chosen = chosen if chosen is not None and chosen.any() else None

    def choosing(self, chosen: NDArray[np.bool_] | None) -> "PointSet":
        """The same points, of which others stand out."""
        return PointSet(self.points, self.codes, self.looks, chosen)

    @cached_property
    def extent(self) -> tuple[Range, Range]:
        """The x and y range that hold all points, with some room."""
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        room = _PAD * np.where(high > low, high - low, 1.0)
        (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
        return (left, right), (bottom, top)

    def few_within(self, x_range: Range, y_range: Range) -> NDArray[np.intp] | None:
        """The points that are seen; None if there are too many to be drawn one by one."""
        x, y = self.points.T
        seen = np.flatnonzero((x >= x_range[0]) & (x <= x_range[1]) & (y >= y_range[0]) & (y <= y_range[1]))
        return seen if len(seen) <= MARKERS else None

    def raster(self, x_range: Range, y_range: Range, width: int, height: int) -> NDArray[np.uint8]:
        """The points that are seen as an image (height, width) of `palette`."""
        return grown(class_raster(self._table, x_range, y_range, width, height, background=self.chosen is not None))

    @property
    def palette(self) -> list[str]:
        """Colours of the cells of `raster`: nothing, then each class from faint to full."""
        colours = [(look.color, _FAINT, _FULL) for look in self.looks]
        if self.chosen is not None:
            colours.append((REFERENCE, _OTHERS_FAINT, _OTHERS_FULL))
        levels = levels_for(len(colours))
        found = ["#00000000"]
        for colour, faint, full in colours:
            found += [f"{colour}{round(255 * opacity):02X}" for opacity in np.linspace(faint, full, levels)]
        return found

    def within(self, xs: Sequence[float], ys: Sequence[float]) -> NDArray[np.bool_]:
        """Which points a lasso holds."""
        return inside(self.points, xs, ys)

    def nearest(self, x: float, y: float, reach: Range) -> int | None:
        """The point under the pointer."""
        return nearest(self.points, x, y, reach=reach)

    @cached_property
    def _table(self) -> "pd.DataFrame":
        import pandas as pd

        count = len(self.looks)
        codes = np.asarray(self.codes, dtype=np.int64)
        if self.chosen is not None:
            codes, count = np.where(self.chosen, codes, count), count + 1
        classes = pd.Categorical.from_codes(codes, categories=pd.RangeIndex(count))
        return pd.DataFrame({"x": self.points[:, 0], "y": self.points[:, 1], "code": classes})
