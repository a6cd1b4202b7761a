"""What the figures of reports share: their size, their colours and their axes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.figures import Axis
from pipelines.figures.drawing import INK, RULE, SOFT, Area, Item, Line, Words, rule
from pipelines.reports.writing.text import plain

WIDTH = 480.0
SIZE, SMALL = 8.5, 7.5
RIGHT, WRONG, OTHER = "#4C7DE8", "#D64C13", "#7C8794"
"""What is right or measured, what is wrong or in doubt, what is beside; each seen on light and dark grounds."""

LETTER = 0.55
"""Of the size of letters, what one takes on average."""


@dataclass(frozen=True)
class Frame:
    """A plot on the page: where it stands, in points, and its axes."""

    left: float
    top: float
    width: float
    height: float
    across: Axis
    upright: Axis

    def x(self, value: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Places on the page of values across."""
        return self.left + self.width * self.across.share(value)

    def y(self, value: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Places on the page of values upright, where down is more."""
        return self.top + self.height * (1 - self.upright.share(value))

    @property
    def right(self) -> float:
        """Its right end."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower end."""
        return self.top + self.height

    def axes(self, title: str, across: str, upright: str, *, above: float = 8.0) -> list[Item]:
        """Grid, ticks and names; the title stands so far above the plot."""
        items: list[Item] = [Words(self.left, self.top - above, title, SIZE, INK, bold=True)]
        for tick, word in zip(self.upright.ticks.tolist(), self.upright.words, strict=True):
            y = float(self.y(tick))
            items += [rule(self.left, y, self.right, y, RULE, 0.6)]
            items += [Words(self.left - 5, y + 3, word, SMALL, SOFT, "end")]
        for tick, word in zip(self.across.ticks.tolist(), self.across.words, strict=True):
            items += [Words(float(self.x(tick)), self.bottom + 11, word, SMALL, SOFT, "middle")]
        items += [rule(self.left, self.bottom, self.right, self.bottom, SOFT, 0.8)]
        items += [Words(self.left + self.width / 2, self.bottom + 23, across, SMALL, SOFT, "middle")]
        items += [Words(self.left - 30, self.top + self.height / 2, upright, SMALL, SOFT, "middle", turned=True)]
        return items


def percent_axis(step: int = 20) -> Axis:
    """From 0 to 100 %."""
    ticks = np.arange(0, 101, step, dtype=np.float64)
    return Axis(0.0, 100.0, ticks, tuple(f"{tick:.0f}" for tick in ticks))


def marker(x: float, y: float, color: str, size: float = 5.0) -> Area:
    """A square around a place."""
    return Area(x - size / 2, y - size / 2, size, size, color)


def path(points: list[tuple[float, float]], color: str, width: float, dash: tuple[float, float] | None = None) -> Line:
    """Places on the page joined."""
    return Line(np.array(points, dtype=np.float64).reshape(-1, 2), color, width, dash)


def shortened(text: str, room: float, size: float = SIZE) -> str:
    """A text that takes no more than `room` points."""
    most = max(3, int(room / (size * LETTER)))
    flat = " ".join(plain(text).split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
