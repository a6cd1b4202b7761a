"""Precision, recall and F1 of every class with intervals, one row a class."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.learn.intervals import Interval, exact_binomial, percentiles, resample_sums
from pipelines.learn.metrics import confusion_counts

NOT_KNOWN = Interval(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class ClassRow:
    """One class: tested, called so, right, and precision, recall, false alarm rate and F1 with 95 % intervals."""

    name: str
    tested: int
    called: int
    right: int
    precision: Interval
    recall: Interval
    false_alarms: Interval
    f1: Interval
    most_taken_for: str
    words: str


def class_table(
    label: NDArray[np.int64],
    predicted: NDArray[np.int64],
    classes: tuple[str, ...],
    unit: NDArray[np.int64],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> tuple[ClassRow, ...]:
    """Return the per-class table.

    Where every unit is one row, shares have the exact interval of Clopper and Pearson; where units hold several rows,
    which are then not independent, all intervals are percentile bootstraps over units, as those of F1 always are.

    Parameters
    ----------
    label, predicted, unit : ndarray, shape (n,), int
        True class, predicted class, and the recording or group that is drawn as a whole.
    """
    single = len(np.unique(unit)) == len(unit)
    counts = confusion_counts(label, predicted, len(classes))
    cells = np.zeros((len(label), len(classes) ** 2))
    cells[np.arange(len(label)), label * len(classes) + predicted] = 1.0
    drawn = resample_sums(cells, unit, draws, np.random.default_rng(seed)).reshape(draws, len(classes), len(classes))
    rows = []
    for c, name in enumerate(classes):
        tested, called, right = int(counts[c].sum()), int(counts[:, c].sum()), int(counts[c, c])
        others = int(counts.sum()) - tested
        spread_right, spread_tested, spread_called = drawn[:, c, c], drawn[:, c].sum(axis=1), drawn[:, :, c].sum(axis=1)
        wrong = counts[c].copy()
        wrong[c] = 0
        taken_for = classes[int(wrong.argmax())] if wrong.any() else ""
        rows.append(
            ClassRow(
                name=name,
                tested=tested,
                called=called,
                right=right,
                precision=_share(right, called, spread_right, spread_called, single),
                recall=_share(right, tested, spread_right, spread_tested, single),
                false_alarms=_share(
                    called - right,
                    others,
                    spread_called - spread_right,
                    drawn.sum(axis=(1, 2)) - spread_tested,
                    single,
                ),
                f1=_share(2 * right, tested + called, 2 * spread_right, spread_tested + spread_called, False),
                most_taken_for=taken_for,
                words=_words(name, tested, right, called, taken_for),
            )
        )
    return tuple(rows)


def as_frame(rows: tuple[ClassRow, ...]) -> pd.DataFrame:
    """Return the table as a frame for download: a share has three columns, its value and its interval."""
    plain = []
    for row in rows:
        told: dict[str, object] = {"class": row.name, "tested": row.tested, "called": row.called, "right": row.right}
        for measure in ("precision", "recall", "false_alarms", "f1"):
            found: Interval = getattr(row, measure)
            told |= {measure: found.value, f"{measure}_low": found.low, f"{measure}_high": found.high}
        plain.append(told | {"most_taken_for": row.most_taken_for})
    return pd.DataFrame(plain)


def _share(
    part: int, whole: int, spread_part: NDArray[np.float64], spread_whole: NDArray[np.float64], exact: bool
) -> Interval:
    if whole == 0:
        return NOT_KNOWN
    if exact:
        return exact_binomial(part, whole)
    usable = spread_whole > 0
    return percentiles(part / whole, spread_part[usable] / spread_whole[usable])


def _words(name: str, tested: int, right: int, called: int, taken_for: str) -> str:
    if tested == 0:
        return f"No {name!r} was tested; {called} were taken for it."
    missed = f", most often taken for {taken_for!r}" if taken_for else ""
    alarms = f"{called - right} others were taken for it" if called > right else "nothing else was taken for it"
    return f"{right} of {tested} {name!r} found{missed}; {alarms}."
