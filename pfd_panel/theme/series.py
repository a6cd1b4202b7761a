"""One colour and kind of line for each of up to 32 signals that are drawn together.

The colours are the same in both themes: each has a contrast of at least 3:1 on both surfaces, and each is the one
farthest, in OKLab, from all before it among those that have. The second sixteen are the same colours, dashed.
"""

from typing import NamedTuple

SERIES_COLORS = (
    "#4C7DE8",
    "#FE5828",
    "#367C14",
    "#BF2B96",
    "#8F8F65",
    "#CC65EA",
    "#B34917",
    "#67648A",
    "#A173A5",
    "#8A4ADA",
    "#228A8D",
    "#2AA033",
    "#E94287",
    "#C96811",
    "#82734B",
    "#7496B5",
)


class SeriesLook(NamedTuple):
    """How one of several lines is drawn; `dash` is ``solid`` or ``dashed``."""

    color: str
    dash: str


def series_look(number: int) -> SeriesLook:
    """The look of the `number`-th of several lines, from 0; it repeats after 32."""
    place = number % (2 * len(SERIES_COLORS))
    return SeriesLook(SERIES_COLORS[place % len(SERIES_COLORS)], "solid" if place < len(SERIES_COLORS) else "dashed")
