"""Panels that are no line over an axis: levels as colours over two axes, and a path through a plane."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.figures.axes import Axis, axis_over, log_axis, named_axis
from pipelines.figures.drawing import INK, SOFT, Cells, Item, Line, Words, rule
from pipelines.figures.palettes import colors_of
from pipelines.figures.panels import SMALL, TRACE, Frame, Framed

ROWS, COLUMNS = 400, 900
"""Cells that an image keeps; more are reduced to the highest of those they stand for, so that short events survive."""

BAR, BAR_STEPS = 12.0, 128


@dataclass(frozen=True)
class Raster(Framed):
    """Levels over two axes, with a bar of their colours.

    Attributes
    ----------
    values : (F, T) float
        The first row is the lowest; NaN where nothing is known.
    x_extent, y_extent : (float, float)
        Outer edges of the first and last cell.
    limits : (float, float)
        Levels of the darkest and the brightest colour.
    level : str
        What the colours mean, with the unit.
    y_log : bool
        Rows stand at equal ratios.
    rows : sequence of str
        What each row is called, where rows are no quantity.
    palette : str
        One of `PALETTES`.
    """

    values: NDArray[np.floating]
    x_extent: tuple[float, float]
    y_extent: tuple[float, float]
    limits: tuple[float, float]
    level: str
    y_log: bool = field(default=False, kw_only=True)
    rows: Sequence[str] = field(default=(), kw_only=True)
    palette: str = field(default="viridis", kw_only=True)

    beside: ClassVar[float] = 84.0

    def across(self) -> Axis:
        """The x axis, as far as the cells go."""
        return axis_over(*self.x_extent, 10)

    def upright(self) -> Axis:
        """The y axis, as far as the cells go."""
        if self.rows:
            return named_axis(self.rows)
        return log_axis(*self.y_extent) if self.y_log else axis_over(*self.y_extent, 5)

    def content(self, frame: Frame) -> list[Item]:
        """The cells, and the bar on their right."""
        if self.values.ndim != 2 or not self.values.size:
            raise InputError(f"levels of shape {self.values.shape} are no image", hint="Give rows of columns.")
        low, high = self.limits
        high = high if high > low else low + 1.0
        small = _highest(_highest(self.values, ROWS, 0), COLUMNS, 1)
        colors = colors_of((small[::-1] - low) / (high - low), self.palette)
        items: list[Item] = [Cells(frame.left, frame.top, frame.width, frame.height, colors)]
        x = frame.left + frame.width + 16
        steps = colors_of(np.linspace(1, 0, BAR_STEPS)[:, None], self.palette)
        items.append(Cells(x, frame.top, BAR, frame.height, steps))
        scale = axis_over(low, high, 5)
        for tick, word in zip(scale.ticks, scale.words, strict=True):
            y = frame.top + frame.height * (1 - float(scale.share(tick)))
            items += [rule(x + BAR, y, x + BAR + 3, y), Words(x + BAR + 6, y + 4, word, SMALL, SOFT)]
        items.append(Words(x + BAR + 50, frame.top + frame.height / 2, self.level, SMALL, INK, "middle", turned=True))
        return items


@dataclass(frozen=True)
class Plane(Framed):
    """A path through a plane whose axes have one scale; a dot stands where it begins.

    Attributes
    ----------
    x, y : (S,) float64
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    height: ClassVar[float] = 420.0
    beside: ClassVar[float] = 448.0
    """So that the frame is as wide as it is high."""

    def _reach(self) -> float:
        both = np.concatenate([self.x, self.y])
        return 1.08 * float(np.abs(both[np.isfinite(both)]).max(initial=0.0)) or 1.0

    def across(self) -> Axis:
        """The x axis, as long as the y axis."""
        return axis_over(-self._reach(), self._reach(), 6)

    def upright(self) -> Axis:
        """The y axis."""
        return axis_over(-self._reach(), self._reach(), 6)

    def content(self, frame: Frame) -> list[Item]:
        """The path and where it begins."""
        points = np.column_stack([frame.x(self.x), frame.y(self.y)])
        angle = np.linspace(0, 2 * np.pi, 17)
        dot = points[:1] + 2.5 * np.column_stack([np.cos(angle), np.sin(angle)])
        return [Line(points, TRACE, 1.4), Line(dot, TRACE, 5.0)]


def _highest(values: NDArray[np.floating], most: int, axis: int) -> NDArray[np.floating]:
    size = values.shape[axis]
    if size <= most:
        return values
    edges = np.linspace(0, size, most, endpoint=False).astype(np.intp)
    return np.fmax.reduceat(values, edges, axis=axis)
