"""Drift: whether features are distributed differently in two sets of signals, and how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import NotEnoughDataError
from pipelines.statistics.distributions import known

BINS = 10
FEWEST = 8
"""Values on each side below which neither number says anything."""

SIGNIFICANT = 0.01
WATCHED, MOVED = 0.1, 0.25
"""Limits of the population stability index in common use (Siddiqi, Credit Risk Scorecards, 2006): below 0.1 little has
changed, above 0.25 much has."""

Word = Literal["stable", "shifted", "moved", "not compared"]


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """One feature in two sets; the four numbers are None with fewer than `FEWEST` values on a side.

    Attributes
    ----------
    name : str
    statistic : float
        Kolmogorov–Smirnov: the greatest difference of the two distribution functions, 0 to 1.
    p_value : float
        Of two independent samples of one distribution, how often the difference would be as great.
    stability_index : float
        Population stability index, from 0.
    expected_index : float
        The stability index to expect if nothing had changed, from the number of values alone.
    medians : tuple of float
        Before and after.
    counts : tuple of int
        Values before and after.
    word : str
        ``stable``, ``shifted``, ``moved``, or ``not compared`` with fewer than `FEWEST` values.
    """

    name: str
    statistic: float | None
    p_value: float | None
    stability_index: float | None
    expected_index: float | None
    medians: tuple[float | None, float | None]
    counts: tuple[int, int]
    word: Word


@dataclass(frozen=True, slots=True)
class Drift:
    """Several features in two sets, those that changed most first, and what it comes to in words."""

    features: list[FeatureDrift]
    verdict: str


def feature_drift(
    before: Mapping[str, ArrayLike], after: Mapping[str, ArrayLike], *, names: Sequence[str] | None = None
) -> Drift:
    """Compare features of two sets of signals.

    A feature has *shifted* if the Kolmogorov–Smirnov test of it, at 1 % over all features together (Holm, Scand. J.
    Statist. 6 (1979) 65), and its stability index, above 0.1 and above twice what chance makes of so few values, agree;
    it has *moved* if the index is above 0.25 as well. One of the two alone is no drift: with many signals the test
    finds differences that do not matter, with few the index finds some that are not there.

    Parameters
    ----------
    before, after : mapping of str to (N,), (M,) array_like
        Values by feature; those that are not finite are left out.
    names : sequence of str, optional
        Which features; those of both if omitted.
    """
    asked = [name for name in before if name in after] if names is None else list(names)
    found = [_compared(name, known(before[name]), known(after[name])) for name in asked]
    significant = _holm({one.name: one.p_value for one in found if one.p_value is not None})
    told = [_worded(one, one.name in significant) for one in found]
    told.sort(key=lambda one: (-(one.stability_index or 0.0), -(one.statistic or 0.0), one.word, one.name))
    return Drift(told, verdict(told))


def stability_index(before: ArrayLike, after: ArrayLike, *, bins: int = BINS) -> float:
    """Population stability index: Σ (q − p) ln(q / p) over bins that hold equally many values of `before`.

    Half a value is added to every bin, so that an empty one does not make the sum infinite.

    Raises
    ------
    NotEnoughDataError
        A side without values.
    """
    first, second = known(before), known(after)
    if not first.size or not second.size:
        raise NotEnoughDataError("a side without values", hint="Choose versions that hold the feature.")
    inner = np.unique(np.quantile(first, np.linspace(0, 1, bins + 1)[1:-1]))
    p, q = (_smoothed(side, inner) for side in (first, second))
    return float(np.sum((q - p) * np.log(q / p)))


def verdict(features: Sequence[FeatureDrift]) -> str:
    """What the comparison comes to, in one or two sentences."""
    compared = [one for one in features if one.word != "not compared"]
    if not compared:
        return f"No feature has {FEWEST} values on both sides, so nothing is compared."
    moved = [one.name for one in compared if one.word == "moved"]
    shifted = [one.name for one in compared if one.word == "shifted"]
    if not moved and not shifted:
        return f"No drift: none of {len(compared)} features is distributed differently beyond chance."
    parts = []
    if moved:
        parts.append(f"{len(moved)} of {len(compared)} features moved far ({_few(moved)})")
    if shifted:
        parts.append(f"{len(shifted)} shifted a little ({_few(shifted)})")
    return f"Drift: {', '.join(parts)}."


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + ("" if len(names) <= 3 else f" and {len(names) - 3} more")


def _smoothed(values: NDArray[np.float64], inner: NDArray[np.float64]) -> NDArray[np.float64]:
    counts = np.bincount(np.searchsorted(inner, values, side="right"), minlength=inner.size + 1) + 0.5
    return counts / counts.sum()


def _compared(name: str, first: NDArray[np.float64], second: NDArray[np.float64]) -> FeatureDrift:
    counts = first.size, second.size
    middle = _median(first), _median(second)
    if min(counts) < FEWEST:
        return FeatureDrift(name, None, None, None, None, middle, counts, "not compared")
    from scipy.stats import ks_2samp

    tested = ks_2samp(first, second, method="asymp")
    statistic, p_value = float(tested.statistic), float(tested.pvalue)
    bins = np.unique(np.quantile(first, np.linspace(0, 1, BINS + 1)[1:-1])).size + 1
    # the index is chi-square distributed about this mean under no change (Yurdakul, Western Michigan Univ., 2018)
    chance = (bins - 1) * (1 / counts[0] + 1 / counts[1])
    index = stability_index(first, second)
    return FeatureDrift(name, statistic, p_value, index, chance, middle, counts, "stable")


def _median(values: NDArray[np.float64]) -> float | None:
    return float(np.median(values)) if values.size else None


def _worded(one: FeatureDrift, significant: bool) -> FeatureDrift:
    index, chance = one.stability_index, one.expected_index
    if index is None or chance is None or not significant or index < max(WATCHED, 2 * chance):
        return one
    return replace(one, word="moved" if index >= MOVED else "shifted")


def _holm(p_values: Mapping[str, float]) -> set[str]:
    """Names whose null hypotheses are rejected together at `SIGNIFICANT`."""
    rejected = set()
    for place, (name, value) in enumerate(sorted(p_values.items(), key=lambda pair: pair[1])):
        if value > SIGNIFICANT / (len(p_values) - place):
            break
        rejected.add(name)
    return rejected
