"""How long a model on features takes to fit, timed on generated windows and carried on to the real number."""

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.learn.models import ModelDeclaration
from pipelines.learn.split import SplitConfig

FEW, MORE = 300, 900
"""Windows of the two fits that are timed."""

MOST_POWER = 3.0
"""The kernel matrix of a support vector machine costs the square of the windows, its solution up to the cube."""

CALIBRATION_SHARE = 2 / 3
"""Of the training windows that a fit for the calibration learns from; there are three of them."""
CALIBRATION_FITS = 3


@dataclass(frozen=True)
class FitTime:
    """Seconds of one fit: ``seconds * (n / windows) ** power`` of n windows."""

    seconds: float
    windows: int
    power: float

    def of(self, windows: float) -> float:
        """Seconds of a fit of so many windows."""
        return self.seconds * (windows / self.windows) ** self.power


def probe_model(
    declaration: ModelDeclaration, given: dict[str, Any], windows: int, features: int, classes: int
) -> FitTime:
    """Fit a model to generated windows of two numbers, at most 900, and take the time.

    The classes lie apart as in an easy task, so a model that looks until it is sure takes longer on a hard one.

    Raises
    ------
    InputError
        A parameter that does not fit.
    """
    params = declaration.validate(given)
    counts = sorted({min(windows, FEW), min(windows, MORE)})
    taken = [_timed(declaration, params, max(count, 3 * classes), features, classes) for count in counts]
    if len(taken) == 1:
        return FitTime(taken[0], max(counts[0], 3 * classes), 1.0)
    power = math.log(max(taken[1], 1e-6) / max(taken[0], 1e-6)) / math.log(counts[1] / counts[0])
    return FitTime(taken[1], counts[1], min(max(power, 0.0), MOST_POWER))


def _timed(declaration: ModelDeclaration, params: Any, windows: int, features: int, classes: int) -> float:
    rng = np.random.default_rng(windows)
    label = np.arange(windows) % classes
    # every recording has a few windows, as in a real table
    recording = np.arange(windows) // (3 * classes) * classes + label
    values = rng.standard_normal((windows, features)) + 2.0 * rng.standard_normal((classes, features))[label]
    estimator = declaration.build(params, 0, 1)
    whole = {"unit": recording} if declaration.keeps_units else {}
    begun = time.perf_counter()
    estimator.fit(values, label, sample_weight=np.ones(windows), **whole)
    return time.perf_counter() - begun


def experiment_seconds(fit: FitTime, windows: int, split: SplitConfig, *, calibrate: bool) -> float:
    """Seconds of all fits of an experiment: of every fold, of the model that is kept, and for their calibration."""
    shares = [1.0 - 1.0 / split.folds] * split.folds if split.folds else [1.0 - split.test_share]
    learned = [share * windows for share in (*shares, 1.0)]
    again = CALIBRATION_FITS if calibrate else 0
    return sum(fit.of(count) + again * fit.of(CALIBRATION_SHARE * count) for count in learned)
