"""How a network learned, epoch by epoch."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipelines.figures import axis_over
from pipelines.figures.drawing import SOFT, Drawing, Item, Words, rule
from pipelines.reports.plots.paper import OTHER, RIGHT, SMALL, WIDTH, WRONG, Frame, path, percent_axis

_HEIGHT = 205.0
KEPT = "kept"

Rows = Sequence[Mapping[str, Any]]


def learning_figure(histories: Mapping[str, Rows]) -> Drawing | None:
    """Loss and share right over the epochs of the model that is kept, those of the folds thin beside it.

    Parameters
    ----------
    histories : mapping
        Rows of `pipelines.training.history` by the name of the fold, and of the kept model under ``kept``.

    Returns
    -------
    Drawing or None
        None where no epoch was recorded.
    """
    epochs = [row["epoch"] for rows in histories.values() for row in rows]
    losses = [value for rows in histories.values() for _, value in _loss(rows)]
    if not epochs or not losses:
        return None
    kept = histories.get(KEPT, ())
    across = axis_over(float(min(epochs)), float(max(epochs)), 5)
    half = WIDTH / 2
    # a few steps of the beginning may dwarf everything after it
    most = max(np.quantile(losses, 0.98), max((value for _, value in _loss(kept)), default=0.0))
    loss = Frame(42, 36, half - 58, _HEIGHT - 74, across, axis_over(0.0, float(most), 4))
    right = Frame(half + 42, 36, half - 58, _HEIGHT - 74, across, percent_axis())
    items = loss.axes("Loss", "Epoch", "Loss", above=22)
    items += right.axes("Right in validation", "Epoch", "Right (%)", above=22)
    items += _key(loss, (("learning", RIGHT, None), ("validation", WRONG, (4.0, 2.0)), ("folds", OTHER, None)))
    items += _key(right, (("recordings", RIGHT, None), ("windows", WRONG, (4.0, 2.0)), ("folds", OTHER, None)))
    for name, rows in histories.items():
        if name != KEPT:
            items += _line(loss, rows, "valid_loss", OTHER, 0.7)
            items += _line(right, rows, "valid_record_accuracy", OTHER, 0.7, worth=100.0)
    items += _line(loss, kept, "train_loss", RIGHT, 1.6)
    items += _line(loss, kept, "valid_loss", WRONG, 1.6, (4.0, 2.0))
    items += _line(right, kept, "valid_accuracy", WRONG, 1.6, (4.0, 2.0), worth=100.0)
    items += _line(right, kept, "valid_record_accuracy", RIGHT, 1.6, worth=100.0)
    best = [row["epoch"] for row in kept if row.get("best")]
    for frame in (loss, right) if best else ():
        x = float(frame.x(float(best[-1])))
        items.append(rule(x, frame.top, x, frame.bottom, SOFT, 0.8, (1.5, 2.5)))
    return Drawing(WIDTH, _HEIGHT, tuple(items), "Curves of training")


def _loss(rows: Rows) -> list[tuple[int, float]]:
    return [
        (row["epoch"], row[name]) for row in rows for name in ("train_loss", "valid_loss") if row.get(name) is not None
    ]


def _line(
    frame: Frame,
    rows: Rows,
    name: str,
    color: str,
    width: float,
    dash: tuple[float, float] | None = None,
    worth: float = 1.0,
) -> list[Item]:
    known = [(row["epoch"], worth * row[name]) for row in rows if row.get(name) is not None]
    places = [(float(frame.x(float(epoch))), float(frame.y(min(value, frame.upright.high)))) for epoch, value in known]
    if len(places) == 1:  # one epoch is a point, not a line
        places = [(places[0][0] - 2, places[0][1]), (places[0][0] + 2, places[0][1])]
    return [path(places, color, width, dash)] if places else []


def _key(frame: Frame, entries: Sequence[tuple[str, str, tuple[float, float] | None]]) -> list[Item]:
    """Names of the lines, with a sample, on the right above the plot."""
    items: list[Item] = []
    x = frame.left + 2
    for name, color, dash in entries:
        items.append(rule(x, frame.top - 9, x + 12, frame.top - 9, color, 1.6, dash))
        items.append(Words(x + 16, frame.top - 6.5, name, SMALL, SOFT))
        x += 16 + 4.3 * len(name) + 14
    return items
