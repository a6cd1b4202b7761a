"""The measures of a comparison: mean over the seeds, their spread, and an interval where one can be given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.contest.contestant import Contestant
from pipelines.learn.intervals import percentiles, resample_sums

DRAWS = 1000


@dataclass(frozen=True)
class Measure:
    """A measure: its name, title and unit (empty: a share), which direction is better, and where it is read."""

    name: str
    title: str
    unit: str
    higher_is_better: bool
    meaning: str
    read: Callable[[Mapping[str, Any]], float | None]
    interval: Callable[[Mapping[str, Any]], tuple[Mapping[str, Any] | None, str]] = lambda _: (None, "")


@dataclass(frozen=True)
class Measured:
    """A measure of one contestant.

    Attributes
    ----------
    value : float or None
        Mean over the seeds; None without a finished run.
    low, high : float or None
        95 % interval.
    how : str
        How the interval was got; empty where there is none.
    deviation : float or None
        Standard deviation over the seeds (n - 1); None for one seed.
    seeds : tuple of (int, float)
        Each seed with its value.
    """

    value: float | None
    low: float | None
    high: float | None
    how: str
    deviation: float | None
    seeds: tuple[tuple[int, float], ...]


def _bootstrap(level: str, name: str) -> Callable[[Mapping[str, Any]], tuple[Mapping[str, Any] | None, str]]:
    return lambda metrics: (metrics["intervals"].get(level, {}).get(name), "bootstrap over what moves as a whole")


MEASURES: Mapping[str, Measure] = {
    one.name: one
    for one in (
        Measure(
            "record_accuracy",
            "Recordings right",
            "",
            True,
            "share of held-out recordings whose class was named",
            lambda metrics: metrics["recording"]["accuracy"],
            lambda metrics: (metrics["exact_accuracy"], "exact binomial"),
        ),
        Measure(
            "balanced_accuracy",
            "Balanced accuracy",
            "",
            True,
            "mean recall of the classes, so that each counts alike however many recordings it has",
            lambda metrics: metrics["recording"]["balanced_accuracy"],
            _bootstrap("recording", "balanced_accuracy"),
        ),
        Measure(
            "macro_f1",
            "Macro F1",
            "",
            True,
            "mean over the classes of the harmonic mean of precision and recall",
            lambda metrics: metrics["recording"]["macro_f1"],
            _bootstrap("recording", "macro_f1"),
        ),
        Measure(
            "window_accuracy",
            "Windows right",
            "",
            True,
            "share of held-out windows whose class was named, before they are averaged over the recording",
            lambda metrics: metrics["window"]["accuracy"],
            _bootstrap("window", "accuracy"),
        ),
        Measure(
            "log_loss",
            "Log loss",
            "nat",
            False,
            "mean of -ln of the probability given to the true class of a recording",
            lambda metrics: metrics["recording"]["log_loss"],
            _bootstrap("recording", "log_loss"),
        ),
        Measure(
            "calibration_error",
            "Calibration error",
            "",
            False,
            "mean distance between the probability given and the share that was right (ECE, 10 bins)",
            lambda metrics: metrics["calibration"]["recording"]["ece"],
        ),
    )
}
"""What is compared, the first being what the paired tests test."""


def measured(contestant: Contestant, draws: int = DRAWS, seed: int = 0) -> dict[str, Measured]:
    """Return every measure of a contestant.

    One run keeps the intervals that were computed with it. With several, recordings (or what they move together with)
    are drawn with replacement, all runs of a recording together, and the measure is averaged over the runs (B. Efron,
    R. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 8): how far another choice of recordings would move
    the mean. How far another seed would is `deviation`.
    """
    drawn = _over_runs(contestant, draws, np.random.default_rng(seed)) if len(contestant.runs) > 1 else {}
    return {name: _one(measure, contestant, drawn) for name, measure in MEASURES.items()}


def _one(measure: Measure, contestant: Contestant, drawn: Mapping[str, tuple[float, float]]) -> Measured:
    found = [(run.seed, measure.read(run.metrics)) for run in contestant.runs]
    seeds = tuple((seed, float(value)) for seed, value in found if value is not None)
    if not seeds:
        return Measured(None, None, None, "", None, ())
    values = np.array([value for _, value in seeds])
    deviation = float(values.std(ddof=1)) if len(values) > 1 else None
    low, high, how = None, None, ""
    if len(contestant.runs) == 1:
        bounds, how = measure.interval(contestant.runs[0].metrics)
        low, high = (None, None) if not bounds else (bounds["low"], bounds["high"])
    elif measure.name in drawn:
        (low, high), how = drawn[measure.name], "bootstrap over what moves as a whole, mean of the seeds"
    return Measured(float(values.mean()), low, high, how if low is not None else "", deviation, seeds)


def _over_runs(contestant: Contestant, draws: int, rng: np.random.Generator) -> dict[str, tuple[float, float]]:
    """Return bootstrap bounds of the means over the runs, units drawn with all runs of theirs."""
    place: dict[str, int] = {}
    unit_of: dict[str, Any] = {}
    for run in contestant.runs:
        for row in run.recordings:
            name = str(row["recording"])
            place.setdefault(name, len(place))
            unit_of.setdefault(name, run.units.get(name, name))
    classes = sorted(
        {str(row[what]) for run in contestant.runs for row in run.recordings for what in ("true", "predicted")}
    )
    code = {name: number for number, name in enumerate(classes)}
    counts = np.zeros((len(place), len(contestant.runs), 3, len(classes)))
    for number, run in enumerate(contestant.runs):
        for row in run.recordings:
            at, truth, said = place[str(row["recording"])], code[str(row["true"])], code[str(row["predicted"])]
            counts[at, number, 0, truth] += truth == said
            counts[at, number, 1, truth] += 1.0
            counts[at, number, 2, said] += 1.0
    names = {unit: number for number, unit in enumerate(dict.fromkeys(unit_of.values()))}
    unit = np.array([names[unit_of[name]] for name in place], dtype=np.int64)
    sums = resample_sums(counts.reshape(len(place), -1), unit, draws, rng).reshape(draws, *counts.shape[1:])
    found = {}
    for name, spread in _scores(sums).items():
        interval = percentiles(float("nan"), spread[np.isfinite(spread)])
        if np.isfinite(interval.low):
            found[name] = (interval.low, interval.high)
    return found


def _scores(sums: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the scores of counts, shape (draws, runs, 3, C): right, tested and claimed by class; means of the runs."""
    right, tested, claimed = np.moveaxis(sums, 2, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        accuracy = right.sum(axis=-1) / tested.sum(axis=-1)
        recall, f1 = right / tested, 2.0 * right / (tested + claimed)
    return {
        "record_accuracy": accuracy.mean(axis=-1),
        "balanced_accuracy": _known_mean(recall).mean(axis=-1),
        "macro_f1": _known_mean(f1).mean(axis=-1),
    }


def _known_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.isfinite(values)
    return np.where(known, values, 0.0).sum(axis=-1) / known.sum(axis=-1)
