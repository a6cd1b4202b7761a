"""What was measured epoch by epoch, as the curves of a figure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pandas as pd

from pfd_panel.components.plots.curves import Curve
from pfd_panel.theme import TRACE
from pfd_panel.theme.classes import looks
from pfd_panel.theme.tokens import ACCENTS, JOURNAL_COLORS

KEPT = "kept"
RECALL = "recall:"
SEED_COLORS = (TRACE, *ACCENTS, *(color for color in JOURNAL_COLORS if color not in ACCENTS))
"""Of the first seed, the second, and so on, wherever there are several."""

Line = tuple[str, str, str]
"""What a number is called, ``solid`` or ``dashed``, and its colour where there is one seed."""

Points = tuple[tuple[int, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Measured:
    """Epochs and values by run, part and name, and the seed of each run; compared by value."""

    points: Mapping[tuple[int, str, str], Points]
    seeds: Mapping[int, int]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "Measured":
        """From the columns run, seed, part, epoch, name and value; what was not measured is left out."""
        known = frame.dropna(subset=["value"])
        points: dict[tuple[int, str, str], Points] = {}
        for key, rows in known.sort_values("epoch").groupby(["run", "part", "name"], sort=False):
            run, part, name = cast("tuple[int, str, str]", key)
            points[int(run), str(part), str(name)] = tuple(rows["epoch"].tolist()), tuple(rows["value"].tolist())
        return cls(points, {int(run): int(seed) for run, seed in zip(frame["run"], frame["seed"], strict=True)})

    @property
    def parts(self) -> list[str]:
        """Folds in their order, the model that is kept last."""
        found = list(dict.fromkeys(part for _, part, _ in self.points))
        return [*(one for one in found if one != KEPT), *(one for one in found if one == KEPT)]

    @property
    def classes(self) -> list[str]:
        """Classes whose share found was measured."""
        return sorted({name.removeprefix(RECALL) for _, _, name in self.points if name.startswith(RECALL)})

    @property
    def newest_part(self) -> str:
        """What the run that began last is learning, or learned last."""
        run = max((run for run, _, _ in self.points), default=0)
        here = [part for part in self.parts if any(key[:2] == (run, part) for key in self.points)]
        return here[-1] if here else KEPT

    @property
    def epochs(self) -> int:
        """Epochs of the longest training."""
        return max((epochs[-1] for epochs, _ in self.points.values()), default=0)

    def last(self, run: int, part: str, name: str) -> float | None:
        """The newest value of something, None where it was not measured."""
        found = self.points.get((run, part, name))
        return found[1][-1] if found else None

    def best_epoch(self, run: int, part: str) -> int | None:
        """The epoch whose weights are the best so far."""
        epochs, values = self.points.get((run, part, "best"), ((), ()))
        marked = [epoch for epoch, value in zip(epochs, values, strict=True) if value == 1.0]
        return marked[-1] if marked else None


def part_words(part: str) -> str:
    """A part in words."""
    return "the model that is kept" if part == KEPT else part


def color_of(measured: Measured, run: int) -> str:
    """The colour of a run."""
    return SEED_COLORS[sorted(measured.seeds).index(run) % len(SEED_COLORS)]


def curves(measured: Measured, names: Mapping[str, Line], *, runs: Iterable[int], part: str) -> list[Curve]:
    """Curves of several numbers.

    Parameters
    ----------
    names : mapping
        Name of the number to how it is drawn.
    runs : iterable of int
        Numbers of the runs.
    part : str
        What is drawn strongly; empty for all parts.
    """
    found = []
    chosen = list(runs)
    several = len(measured.seeds) > 1
    for run in chosen:
        for name, (label, dash, own) in names.items():
            for one in [part] if part else measured.parts:
                if (run, one, name) not in measured.points:
                    continue
                epochs, values = measured.points[run, one, name]
                color = color_of(measured, run) if several else own
                seed = f", seed {measured.seeds[run]}" if several else ""
                of = "" if part else f", {part_words(one)}"
                finite = [(x, y) for x, y in zip(epochs, values, strict=True) if math.isfinite(y)]
                found.append(
                    Curve(f"{label}{seed}{of}", color, dash, tuple(x for x, _ in finite), tuple(y for _, y in finite))
                )
    return found


def recall_curves(measured: Measured, *, runs: Sequence[int], part: str) -> list[Curve]:
    """The share found of each class, in its own colour; the mean of the runs where there are several."""
    named = looks(measured.classes)
    shown = part or measured.newest_part
    found = []
    for name in measured.classes:
        every: dict[int, list[float]] = {}
        for run in runs:
            epochs, values = measured.points.get((run, shown, RECALL + name), ((), ()))
            for epoch, value in zip(epochs, values, strict=True):
                every.setdefault(epoch, []).append(value)
        if every:
            order = tuple(sorted(every))
            means = tuple(sum(every[epoch]) / len(every[epoch]) for epoch in order)
            found.append(Curve(named[name].label, named[name].color, "solid", order, means))
    return found
