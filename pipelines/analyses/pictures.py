"""What an analysis gives to be drawn: curves, an image or a path, as arrays with labelled axes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows, and in which unit; no unit for a ratio."""

    quantity: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.quantity} ({self.unit})" if self.unit else self.quantity


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve of several on a common grid: its name and its values, (K,)."""

    name: str
    values: NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Curves:
    """Values at equal steps.

    Attributes
    ----------
    x, y : Axis
    start, step : float
        Place of the first value and distance of two.
    curves : tuple of Curve
        The first is what the analysis is about, the others explain it.
    from_zero : bool
        Whether zero belongs into view.
    bars : bool
        Whether the first curve counts what lies within each step, and `start` is the centre of the first.
    window : (float, float), optional
        What is worth seeing first; everything if omitted.
    """

    x: Axis
    y: Axis
    start: float
    step: float
    curves: tuple[Curve, ...]
    from_zero: bool = False
    bars: bool = False
    window: tuple[float, float] | None = None

    @property
    def stop(self) -> float:
        """Place of the last value."""
        return self.start + self.step * (len(self.curves[0].values) - 1)

    @property
    def places(self) -> NDArray[np.float64]:
        """Place of each value, (K,)."""
        return self.start + self.step * np.arange(len(self.curves[0].values), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Image:
    """Levels over two axes.

    Attributes
    ----------
    x, y, level : Axis
    x_at : (T,) float64
        Centre of each column, at equal steps.
    y_at : (F,) float64
        Centre of each row, at equal steps, or at equal ratios if `y_log`.
    values : (F, T) float32
    limits : (float, float)
        Levels of the darkest and the brightest colour.
    y_log : bool
    rows : tuple of str
        What each row is called, where rows are no quantity.
    """

    x: Axis
    y: Axis
    level: Axis
    x_at: NDArray[np.float64]
    y_at: NDArray[np.float64]
    values: NDArray[np.float32]
    limits: tuple[float, float]
    y_log: bool = False
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """A line through a plane whose axes have one scale: x_values and y_values, (S,), closed if the ends meet."""

    x: Axis
    y: Axis
    x_values: NDArray[np.float64]
    y_values: NDArray[np.float64]


Picture = Curves | Image | Path


def decibels(amplitude: NDArray[np.floating], range_db: float) -> tuple[NDArray[np.float32], tuple[float, float]]:
    """Amplitudes of any shape as levels in dB re one of their unit, and the limits of colours so far below the top."""
    # silence has no level: a millionth of the loudest stands for it
    least = max(float(amplitude.max()) * 1e-6, float(np.finfo(np.float32).tiny))
    level = np.ascontiguousarray(20 * np.log10(np.maximum(amplitude, least)), dtype=np.float32)
    top = float(level.max())
    return level, (top - range_db, top)


def on_rows(
    y_at: NDArray[np.float64], values: NDArray[np.float32], rows: int, *, log: bool
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Levels on other rows, at equal steps or equal ratios, each the highest of those that it covers.

    Parameters
    ----------
    y_at : (F,) float64
        Rising.
    values : (F, T) float32
    rows : int
        How many at most.
    log : bool
        Equal ratios; a row at 0 is left out then.

    Returns
    -------
    (R,) float64, (R, T) float32
    """
    kept = y_at > 0 if log else np.ones(len(y_at), dtype=bool)
    y_at, values = y_at[kept], values[kept]
    rows = max(2, rows)
    grid = np.geomspace(y_at[0], y_at[-1], rows) if log else np.linspace(y_at[0], y_at[-1], rows)
    between = np.sqrt(grid[1:] * grid[:-1]) if log else (grid[1:] + grid[:-1]) / 2
    first = np.concatenate(([0], np.searchsorted(y_at, between)))
    last = np.concatenate((first[1:], [len(y_at)]))
    above = np.clip(np.searchsorted(y_at, grid), 1, len(y_at) - 1)
    alone = np.where(grid - y_at[above - 1] <= y_at[above] - grid, above - 1, above)
    made = np.empty((rows, values.shape[1]), np.float32)
    for row, (low, high) in enumerate(zip(first, last, strict=True)):
        made[row] = values[low:high].max(axis=0) if high > low else values[alone[row]]
    return grid, made
