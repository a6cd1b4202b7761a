"""What a network is to tell beyond the class: severity and speed, from what is known of signals, and how well it does.

Severity is a factor from 0 (no fault) to 1. Its words are those of the simulated machines, each at the middle of its
range; a number from 0 to 1 is taken as it is; anything else counts as unknown. Speed is in rpm.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.generate.severity import NOMINAL, SEVERITY_RANGES
from pipelines.learn.intervals import exact_binomial
from pipelines.learn.pooling import mean_by
from pipelines.learn.table import metadata
from pipelines.learn.wording import counted

COLUMNS: Mapping[str, str] = {"severity": "severity", "speed": "speed_rpm"}
"""The column of the table of signals that each task is learned from."""
UNITS: Mapping[str, str] = {"severity": "", "speed": "rpm"}
LEVELS: Mapping[str, float] = {NOMINAL: 0.0} | {
    level: (low + high) / 2 for level, (low, high) in SEVERITY_RANGES.items()
}
"""Severity of each word."""


@dataclass(frozen=True)
class TaskScale:
    """Between the unit of a task and the numbers that a network learns: ``(value - centre) / spread``."""

    centre: float = 0.0
    spread: float = 1.0

    def in_unit(self, told: NDArray[np.float64]) -> NDArray[np.float64]:
        """What was told, in the unit of the task."""
        return told * self.spread + self.centre

    def to_learn(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Values as a network learns them; NaN stays."""
        return ((values - self.centre) / self.spread).astype(np.float32)


def task_values(records: pd.DataFrame, tasks: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """What is known of each signal (S,) in the unit of each task; NaN where nothing is that is understood."""
    found = {}
    for task in tasks:
        column = COLUMNS[task]
        known = metadata(records, column) if column in records.columns else [""] * len(records)
        of_word = LEVELS if task == "severity" else {}
        values = np.array([of_word[word] if word in of_word else _number(word) for word in known])
        fits = (values >= 0) & (values <= 1) if task == "severity" else values > 0
        found[task] = np.where(fits, values, np.nan)
    return found


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return math.nan


def fit_scales(values: Mapping[str, NDArray[np.float64]], train: NDArray[np.bool_]) -> dict[str, TaskScale]:
    """Learn the scales from the training side (S,); a task that nothing is known of there is left out."""
    scales = {}
    for task, of_task in values.items():
        known = of_task[train & np.isfinite(of_task)]
        if len(known):
            spread = float(known.std())
            speed = TaskScale(float(known.mean()), spread if spread > 1e-9 * abs(float(known.mean())) else 1.0)
            scales[task] = speed if task == "speed" else TaskScale()
    return scales


@dataclass(frozen=True)
class TaskOutcome:
    """One task of the tested recordings: truth, estimate, mean and most common value of the training side, (n,) each.

    NaN in `truth` where nothing is known, in `estimate` where nothing was learned; `unit` (n,) is what is moved between
    training and test as a whole.
    """

    task: str
    truth: NDArray[np.float64]
    estimate: NDArray[np.float64]
    mean: NDArray[np.float64]
    common: NDArray[np.float64]
    unit: NDArray[np.int64]

    def to_json(self, draws: int, rng: np.random.Generator) -> dict[str, Any]:
        """Errors at the level of recordings with 95 % intervals (bootstrap over units), beside the guess, in words."""
        used = np.isfinite(self.truth) & np.isfinite(self.estimate)
        told: dict[str, Any] = {
            "task": self.task,
            "unit": UNITS[self.task],
            "tested": int(used.sum()),
            "unknown": int((~np.isfinite(self.truth)).sum()),
        }
        if not used.any():
            return told | {"statement": f"{self.task.capitalize()}: no tested recording has one that was learned."}
        error = np.abs(self.estimate - self.truth)[used]
        guessed = float(np.abs(self.mean - self.truth)[used].mean())
        low, high = _interval(error, self.unit[used], draws, rng)
        told |= {
            "mean_error": float(error.mean()),
            "interval": {"low": low, "high": high},
            "root_mean_square_error": float(np.sqrt((error**2).mean())),
            "bias": float((self.estimate - self.truth)[used].mean()),
            "guess_error": guessed,
        }
        if self.task == "severity":
            told |= self._levels(used)
        return told | {"statement": self._words(told)}

    def _levels(self, used: NDArray[np.bool_]) -> dict[str, Any]:
        """How often the nearest of the levels that occur is the true one; none where severities are plain numbers."""
        truth = self.truth[used]
        levels = [(name, value) for name, value in LEVELS.items() if np.isclose(truth, value).any()]
        at = np.array([value for _, value in levels])
        if not levels or not np.isclose(truth[:, None], at).any(axis=1).all():
            return {}
        true, told, guessed = (
            np.abs(of[used][:, None] - at).argmin(axis=1) for of in (self.truth, self.estimate, self.common)
        )
        right = int((true == told).sum())
        exact = exact_binomial(right, len(true))
        return {
            "levels": [name for name, _ in levels],
            "right": right,
            "accuracy": right / len(true),
            "accuracy_interval": {"low": exact.low, "high": exact.high},
            "guess_right": int((true == guessed).sum()),
        }

    def _words(self, told: dict[str, Any]) -> str:
        unit = f" {told['unit']}" if told["unit"] else ""
        digits = ".0f" if told["unit"] else ".2f"
        low, high = told["interval"]["low"], told["interval"]["high"]
        words = (
            f"{self.task.capitalize()}: off by {told['mean_error']:{digits}}{unit} on average over "
            f"{counted(told['tested'], 'recording')} (95 % interval {low:{digits}} to {high:{digits}}); always naming "
            f"the mean of the training side would be off by {told['guess_error']:{digits}}{unit}."
        )
        if "right" in told:
            between = told["accuracy_interval"]
            words += (
                f" Its level is right for {told['right']} ({told['accuracy']:.0%}, {between['low']:.0%} to "
                f"{between['high']:.0%}), the most common one would be for {told['guess_right']}."
            )
        if high >= told["guess_error"]:
            words += f" This does not show that {self.task} is told better than by guessing."
        if told["unknown"]:
            words += f" Of {counted(told['unknown'], 'recording')} it is not known."
        return words


def _interval(
    error: NDArray[np.float64], unit: NDArray[np.int64], draws: int, rng: np.random.Generator
) -> tuple[float, float]:
    """95 % percentile interval of the mean over recordings, drawing whole units."""
    _, owner = np.unique(unit, return_inverse=True)
    total, count = np.bincount(owner, weights=error), np.bincount(owner)
    chance = np.full(len(count), 1 / len(count))
    means = []
    for _ in range(draws):
        drawn = rng.multinomial(len(count), chance)
        means.append((drawn @ total) / (drawn @ count))
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def of_recordings(
    of_windows: NDArray[np.float64], signal: NDArray[np.int64], recording: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Average estimates (R,) of windows over each signal, then over the signals of each recording.

    `signal` (R,) is the signal of each window, `recording` (S,) the recording of each signal; returns the recordings
    that have windows, in rising order, and their estimates.
    """
    signals, owner = np.unique(signal, return_inverse=True)
    of_signals = mean_by(of_windows[:, None], owner, len(signals))
    recordings, owner = np.unique(recording[signals], return_inverse=True)
    return recordings, mean_by(of_signals, owner, len(recordings))[:, 0]
