"""What a figure is made of: lines, areas and words on a page; the origin is at the top left, lengths are in points."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Anchor = Literal["start", "middle", "end"]
Dash = tuple[float, float] | None

INK, SOFT, RULE, PAPER = "#16191D", "#565E68", "#E1E4E8", "#FFFFFF"
"""Words and axes, lesser words, grid, ground: a figure is for paper, whatever the theme of a page."""


@dataclass(frozen=True, slots=True)
class Line:
    """Points (N, 2) joined; a NaN breaks the line."""

    points: NDArray[np.float64]
    color: str = INK
    width: float = 1.0
    dash: Dash = None


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle without an outline."""

    x: float
    y: float
    width: float
    height: float
    color: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """One line of words whose baseline is at `y`; `turned` reads upwards."""

    x: float
    y: float
    text: str
    size: float = 12.0
    color: str = INK
    anchor: Anchor = "start"
    bold: bool = False
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Cells:
    """Colours (rows, columns, 3) uint8 that fill a rectangle; the first row is at the top."""

    x: float
    y: float
    width: float
    height: float
    colors: NDArray[np.uint8]


Item = Line | Area | Words | Cells


@dataclass(frozen=True)
class Drawing:
    """A page with what is drawn on it, in order.

    Attributes
    ----------
    width, height : float
        Points; a picture of scale 1 has as many pixels.
    title : str
        What the page is called by those who cannot see it.
    """

    width: float
    height: float
    items: tuple[Item, ...]
    title: str = ""


def rule(x0: float, y0: float, x1: float, y1: float, color: str = INK, width: float = 1.0, dash: Dash = None) -> Line:
    """A straight line."""
    return Line(np.array([[x0, y0], [x1, y1]], dtype=np.float64), color, width, dash)


def strokes(points: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The unbroken parts of a line, each of at least two points."""
    finite = np.isfinite(points).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], finite, [False]]).astype(np.int8)))
    return [points[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= 2]
