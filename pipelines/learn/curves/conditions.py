"""The score by condition: does the model hold at every load, speed, severity and noise level?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.learn.intervals import Interval, exact_binomial, percentiles, resample_sums
from pipelines.learn.table import NOT_GIVEN, as_keys, ordered
from pipelines.learn.wording import counted

MOST_VALUES = 12
"""A number with more distinct values than this is put into bands."""
BANDS = 5


@dataclass(frozen=True)
class ConditionScore:
    """Accuracy at one value or band of a condition; `low` and `high` are the bounds of a band, else NaN."""

    value: str
    low: float
    high: float
    tested: int
    right: int
    accuracy: Interval


@dataclass(frozen=True)
class ByCondition:
    """Scores at each value of a condition, in order, what is not known last, and the sentence about them."""

    condition: str
    scores: tuple[ConditionScore, ...]
    overall: float
    words: str


def score_by_condition(
    condition: str,
    values: Sequence[object] | pd.Series,
    correct: NDArray[np.bool_],
    unit: NDArray[np.int64],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> ByCondition:
    """Score what was tested at each value of a condition.

    Numbers with more than 12 distinct values are put into five bands of about equal count. Intervals are exact where
    every unit is one row, else bootstraps over units.

    Parameters
    ----------
    condition : str
        What the values are (load, speed_rpm, severity, snr_db …), for the words.
    values : sequence, length n
        Value of the condition for each thing tested; missing ones are told apart.
    correct : ndarray, shape (n,), bool
    unit : ndarray, shape (n,), int
        The recording or group that is drawn as a whole.
    """
    column = pd.Series(list(values), dtype=object)
    if not len(column) == len(correct) == len(unit):
        raise InputError(
            f"{len(column)} values of {condition}, {len(correct)} verdicts and {len(unit)} units do not fit"
        )
    if not len(column):
        raise InputError(f"nothing was tested, so there is no score by {condition}")
    single = len(np.unique(unit)) == len(unit)
    parts = _parts(column)
    counts = np.column_stack([of for part in parts for of in (part[3] & correct, part[3])]).astype(np.float64)
    drawn = None if single else resample_sums(counts, unit, draws, np.random.default_rng(seed))
    scores = []
    for number, (name, low, high, inside) in enumerate(parts):
        tested, right = int(inside.sum()), int(correct[inside].sum())
        accuracy = exact_binomial(right, tested)
        if drawn is not None:
            of_right, of_tested = drawn[:, 2 * number], drawn[:, 2 * number + 1]
            accuracy = percentiles(right / tested, of_right[of_tested > 0] / of_tested[of_tested > 0])
        scores.append(ConditionScore(name, low, high, tested, right, accuracy))
    overall = float(correct.mean())
    return ByCondition(condition, tuple(scores), overall, _words(condition, scores, overall))


def _parts(column: pd.Series) -> list[tuple[str, float, float, NDArray[np.bool_]]]:
    """Return name, bounds and rows of every value or band."""
    keys = as_keys(column)
    known = keys != NOT_GIVEN
    nan = float("nan")
    numbers = np.array([_number(key) for key in keys], dtype=np.float64)
    if np.isfinite(numbers[known]).all() and len(np.unique(numbers[known])) > MOST_VALUES:
        edges = np.unique(np.quantile(numbers[known], np.linspace(0.0, 1.0, BANDS + 1)))
        which = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)
        parts = [
            (f"{edges[b]:.4g} to {edges[b + 1]:.4g}", float(edges[b]), float(edges[b + 1]), known & (which == b))
            for b in range(len(edges) - 1)
        ]
    else:
        parts = [(name, nan, nan, keys == name) for name in ordered(keys[known].tolist())]
    if not known.all():
        parts.append((NOT_GIVEN, nan, nan, ~known))
    return [part for part in parts if part[3].any()]


def _number(key: str) -> float:
    try:
        return float(key)
    except ValueError:
        return float("nan")


def _words(condition: str, scores: list[ConditionScore], overall: float) -> str:
    if len(scores) == 1:
        return f"All {counted(scores[0].tested, 'test')} have {condition} {scores[0].value}: nothing can be compared."
    worst = min(scores, key=lambda score: (score.accuracy.value, score.value))
    if worst.accuracy.value == max(score.accuracy.value for score in scores):
        return f"The same score at every {condition}."
    told = f"Worst at {condition} {worst.value}: {worst.right} of {worst.tested} right ({worst.accuracy.value:.0%}), "
    if worst.accuracy.high < overall:
        return told + f"beyond chance below the {overall:.0%} overall."
    return told + f"which its interval does not tell from the {overall:.0%} overall."
