"""Which calibration would serve: as trained, by a temperature, or isotonic, each judged where it was not fitted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UnknownNameError
from pipelines.learn.held_out.crossing import parts_of, require_shapes
from pipelines.learn.intervals import Interval, percentiles, resample_sums
from pipelines.learn.isotonic import fit_isotonic
from pipelines.learn.metrics import log_losses
from pipelines.learn.reliability import BINS, Reliability, reliability
from pipelines.learn.temperature import fit_temperature, log_scores, soften

Probabilities = NDArray[np.float64]
Applied = Callable[[Probabilities], Probabilities]


@dataclass(frozen=True)
class CalibrationCheck:
    """What one calibration makes of held-out answers.

    `probabilities` (n, C) are calibrated, each by a calibration that was fitted without its unit; expected calibration
    error, log loss (nat) and Brier score have 95 % bootstrap intervals over units.
    """

    method: str
    probabilities: Probabilities
    reliability: Reliability
    ece: Interval
    log_loss: Interval
    brier: Interval
    temperatures: tuple[float, ...]


def check_calibration(
    method: str,
    probabilities: Probabilities,
    label: NDArray[np.int64],
    unit: NDArray[np.int64],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> CalibrationCheck:
    """Judge a calibration on held-out recordings.

    The recordings are dealt into five parts, whole units together; those of each part are calibrated by what the other
    four teach. Brier score: the mean over recordings of the squared distance between the probabilities and the truth
    (G. Brier, Monthly Weather Review 78 (1950) 1), 0 to 2.

    Parameters
    ----------
    method : str
        One of `METHODS`.
    probabilities : ndarray, shape (n, C)
        Of recordings by models that have not learned from them.
    label, unit : ndarray, shape (n,), int
        True class, and the recording or group that is drawn as a whole.

    Raises
    ------
    NotEnoughDataError
        With too few units, or for ``isotonic`` when a class is missing among four of five parts.
    UnknownNameError, InputError
    """
    if method not in METHODS:
        raise UnknownNameError(f"unknown calibration {method!r}", hint=f"known calibrations: {', '.join(METHODS)}")
    require_shapes(probabilities, label, unit)
    calibrated, temperatures = cross_calibrated(method, probabilities, label, unit, seed)
    found = reliability(calibrated, label)
    losses = log_losses(calibrated, label)
    distance = ((calibrated - np.eye(probabilities.shape[1])[label]) ** 2).sum(axis=1)
    rng = np.random.default_rng(seed)
    columns = np.column_stack([losses, distance, np.ones(len(label)), _binned(calibrated, label)])
    drawn = resample_sums(columns, unit, draws, rng)
    count = drawn[:, 2]
    return CalibrationCheck(
        method=method,
        probabilities=calibrated,
        reliability=found,
        ece=percentiles(found.ece, np.abs(drawn[:, 3:]).sum(axis=1) / count),
        log_loss=percentiles(float(losses.mean()), drawn[:, 0] / count),
        brier=percentiles(float(distance.mean()), drawn[:, 1] / count),
        temperatures=temperatures,
    )


def loss_difference(
    one: CalibrationCheck,
    other: CalibrationCheck,
    label: NDArray[np.int64],
    unit: NDArray[np.int64],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> Interval:
    """Return by how much the log loss of `one` is above that of `other`, with its paired bootstrap interval."""
    difference = log_losses(one.probabilities, label) - log_losses(other.probabilities, label)
    columns = np.column_stack([difference, np.ones(len(label))])
    drawn = resample_sums(columns, unit, draws, np.random.default_rng(seed))
    return percentiles(float(difference.mean()), drawn[:, 0] / drawn[:, 1])


def cross_calibrated(
    method: str, probabilities: Probabilities, label: NDArray[np.int64], unit: NDArray[np.int64], seed: int = 0
) -> tuple[Probabilities, tuple[float, ...]]:
    """Calibrate each part of the answers (n, C) by what the others teach; also the temperatures, if there are any."""
    calibrated, temperatures = np.array(probabilities, dtype=np.float64), []
    if method == "none":
        return calibrated, ()
    part = parts_of(label, unit, seed)
    for one in np.unique(part):
        inside = part == one
        apply, temperature = METHODS[method](probabilities[~inside], label[~inside])
        calibrated[inside] = apply(probabilities[inside])
        temperatures.append(temperature)
    return calibrated, tuple(one for one in temperatures if np.isfinite(one))


def _binned(probabilities: Probabilities, label: NDArray[np.int64]) -> Probabilities:
    """Confidence less correctness of each answer in the column of its bin, (n, bins); |column sums| make the ECE."""
    confidence = probabilities.max(axis=1)
    right = (probabilities.argmax(axis=1) == label).astype(np.float64)
    edges = np.linspace(0.0, 1.0, BINS + 1)
    columns = np.zeros((len(label), BINS))
    which = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, BINS - 1)
    columns[np.arange(len(label)), which] = confidence - right
    return columns


def _as_trained(probabilities: Probabilities, label: NDArray[np.int64]) -> tuple[Applied, float]:
    return (lambda given: given), float("nan")


def _by_temperature(probabilities: Probabilities, label: NDArray[np.int64]) -> tuple[Applied, float]:
    temperature = fit_temperature(log_scores(probabilities), np.arange(len(label)), label)
    return (lambda given: soften(log_scores(given), temperature)), temperature


def _isotonic(probabilities: Probabilities, label: NDArray[np.int64]) -> tuple[Applied, float]:
    return fit_isotonic(probabilities, label).calibrate, float("nan")


METHODS: Mapping[str, Callable[[Probabilities, NDArray[np.int64]], tuple[Applied, float]]] = {
    "none": _as_trained,
    "temperature": _by_temperature,
    "isotonic": _isotonic,
}
"""Calibrations by name: what fits one to held-out answers."""
