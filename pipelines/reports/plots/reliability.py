"""Does a confidence come true?"""

from collections.abc import Mapping
from typing import Any

from pipelines.figures.drawing import SOFT, Area, Drawing, Item, Words, rule
from pipelines.reports.plots.paper import OTHER, RIGHT, SMALL, WIDTH, Frame, marker, path, percent_axis

_HEIGHT = 205.0


def reliability_figure(levels: Mapping[str, Mapping[str, Any]]) -> Drawing:
    """One plot a level: the share right in each bin of confidence, and the dashed line of a confidence that comes true.

    Parameters
    ----------
    levels : mapping
        By name (``Recordings``) the bins and the ECE, as `pipelines.learn.reliability` stores them.
    """
    items: list[Item] = []
    room = WIDTH / 2
    for place, (name, told) in enumerate(levels.items()):
        frame = Frame(place * room + 42, 24, room - 58, _HEIGHT - 62, percent_axis(), percent_axis())
        total = sum(one["count"] for one in told["bins"])
        items += frame.axes(f"{name}: ECE {100 * told['ece']:.1f} %, {total:,} answers", "Confidence (%)", "Right (%)")
        for one in told["bins"]:
            x0, x1 = (float(frame.x(100 * one[end])) for end in ("low", "high"))
            y = float(frame.y(100 * one["accuracy"]))
            items.append(Area(x0 + 1, y, x1 - x0 - 2, frame.bottom - y, RIGHT, 0.3))
            items.append(rule(x0 + 1, y, x1 - 1, y, RIGHT, 1.4))
            items.append(marker(float(frame.x(100 * one["confidence"])), y, RIGHT))
            items.append(
                Words(
                    (x0 + x1) / 2,
                    y - 5 if y > frame.top + 12 else y + 13,
                    f"{one['count']:,}",
                    SMALL - 1,
                    SOFT,
                    "middle",
                )
            )
        ends = [(float(frame.x(at)), float(frame.y(at))) for at in (0.0, 100.0)]
        items.append(path(ends, OTHER, 1.0, (4.0, 3.0)))
    return Drawing(WIDTH, _HEIGHT, tuple(items), "Reliability diagram")
