"""How well features tell classes apart, one by one or as a set: ANOVA F, mutual information, mRMR."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError, NotEnoughDataError

Method = Literal["anova", "mutual_information", "mrmr"]
METHODS: tuple[Method, ...] = get_args(Method)

BINS = 10
"""Bins of equal frequency that mRMR counts a feature in."""

MOST_SIGNALS = 4000
"""More signals than this are drawn from at random: the estimates change by less than they differ between two seeds."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Features in the order of a score.

    Attributes
    ----------
    order : (F,) int64
        Columns, the best first.
    scores : (F,) float64
        Score of each in that order: F, nats, or for mRMR nats of relevance less mean redundancy when it was chosen.
    method : str
    count : int
        Signals it was computed from.
    drawn : bool
        Whether those were drawn at random from more.
    """

    order: NDArray[np.int64]
    scores: NDArray[np.float64]
    method: Method
    count: int
    drawn: bool


def ranking(
    values: ArrayLike, labels: Sequence[str] | NDArray[np.object_], *, method: Method, seed: int = 0
) -> Ranking:
    """Columns by how well they tell the classes apart.

    ``anova`` is the one-way F: variance between the class means over variance within the classes.
    ``mutual_information`` is that of Ross (PLoS ONE 9 (2014) e87357), by the three nearest neighbours: it sees
    relations of any shape.
    ``mrmr`` chooses one feature after another: the greatest mutual information with the class less the mean mutual
    information with those chosen before (Peng, Long, Ding, IEEE TPAMI 27 (2005) 1226), counted in `BINS` bins of equal
    frequency.

    Parameters
    ----------
    values : (N, F) array_like
        Signals by features, finite.
    labels : (N,) sequence of str
        Class of each signal.
    seed : int
        Of the draw from more than `MOST_SIGNALS` signals and of the tie-breaking noise of ``mutual_information``.

    Raises
    ------
    InputError
        Shapes that do not fit, values that are not finite, or an unknown method.
    NotEnoughDataError
        A single class, or no more signals than classes.
    """
    table, classes = np.asarray(values, dtype=np.float64), np.asarray(labels, dtype=str)
    if method not in _SCORES:
        raise InputError(f"no ranking is called {method!r}", hint=f"There are: {', '.join(METHODS)}.")
    if table.ndim != 2 or classes.shape != table.shape[:1] or table.shape[1] < 1:
        raise InputError(f"values of shape {table.shape} and labels of shape {classes.shape} do not fit")
    if not np.isfinite(table).all():
        raise InputError("values that are not finite", hint="Leave out features that some signal does not have.")
    present = np.unique(classes).size
    if present < 2 or len(classes) <= present:
        raise NotEnoughDataError(
            f"{len(classes)} signals of {present} classes", hint="It takes two labelled classes with several signals."
        )
    drawn = method != "anova" and len(classes) > MOST_SIGNALS
    if drawn:
        chosen = np.sort(np.random.default_rng(seed).choice(len(classes), MOST_SIGNALS, replace=False))
        table, classes = table[chosen], classes[chosen]
    order, scores = _SCORES[method](table, np.unique(classes, return_inverse=True)[1], seed)
    return Ranking(order, scores, method, len(classes), drawn)


Scored = tuple[NDArray[np.int64], NDArray[np.float64]]


def _best_first(scores: NDArray[np.float64]) -> Scored:
    order = np.argsort(-scores, kind="stable")
    return order, scores[order]


def _anova(table: NDArray[np.float64], classes: NDArray[np.int64], _seed: int) -> Scored:
    counts = np.bincount(classes)
    # the mean is taken off first: sums of squares of large equal numbers would cancel
    apart = table - table.mean(axis=0)
    sums = np.stack([apart[classes == one].sum(axis=0) for one in range(counts.size)])
    between = (sums**2 / counts[:, None]).sum(axis=0)
    within = (apart**2).sum(axis=0) - between
    free = counts.size - 1, len(classes) - counts.size
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = (between / free[0]) / (np.maximum(within, 0.0) / free[1])
    return _best_first(np.nan_to_num(scores, nan=0.0, posinf=np.inf))


def _mutual_information(table: NDArray[np.float64], classes: NDArray[np.int64], seed: int) -> Scored:
    from sklearn.feature_selection import mutual_info_classif

    found = mutual_info_classif(table, classes, discrete_features=False, n_neighbors=3, random_state=seed)
    return _best_first(np.asarray(found, dtype=np.float64))


def _mrmr(table: NDArray[np.float64], classes: NDArray[np.int64], _seed: int) -> Scored:
    binned = np.stack([equal_frequency(column) for column in table.T], axis=1)
    relevance = np.array([shared_information(column, classes) for column in binned.T])
    redundancy = np.zeros(len(relevance))
    left = np.ones(len(relevance), dtype=bool)
    order, scores = [], []
    for taken in range(len(relevance)):
        worth = np.where(left, relevance - redundancy / max(taken, 1), -np.inf)
        best = int(np.argmax(worth))
        order.append(best)
        scores.append(float(worth[best]))
        left[best] = False
        for other in np.flatnonzero(left):
            redundancy[other] += shared_information(binned[:, best], binned[:, other])
    return np.array(order, np.int64), np.array(scores)


_SCORES: Mapping[str, Callable[[NDArray[np.float64], NDArray[np.int64], int], Scored]] = {
    "anova": _anova,
    "mutual_information": _mutual_information,
    "mrmr": _mrmr,
}


def equal_frequency(values: NDArray[np.float64], bins: int = BINS) -> NDArray[np.int64]:
    """Bin of each value, int64 (N,); bins hold equally many values where ties allow it."""
    inner = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.searchsorted(inner, values, side="right")


def shared_information(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Mutual information of two discrete variables (N,) in nats, from their counts."""
    width = int(second.max()) + 1
    joint = np.bincount(first * width + second, minlength=(int(first.max()) + 1) * width).reshape(-1, width)
    share = joint / len(first)
    expected = share.sum(axis=1, keepdims=True) * share.sum(axis=0, keepdims=True)
    seen = share > 0
    return float(np.sum(share[seen] * np.log(share[seen] / expected[seen])))
