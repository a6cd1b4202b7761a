"""What judging a model version answers: plain values, None where a number does not exist."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pipelines.learn.intervals import Interval

Level = Literal["recording", "signal"]
"""What is counted: recordings, or each of their channels by itself."""


@dataclass(frozen=True)
class Bounds:
    """A score with its 95 % interval; None where it cannot be computed."""

    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, found: Interval) -> "Bounds":
        """From an interval, whose unknown numbers are NaN."""
        return cls(finite(found.value), finite(found.low), finite(found.high))

    @classmethod
    def stored(cls, told: dict[str, Any] | None) -> "Bounds":
        """From an interval as a model version keeps it."""
        given = told or {}
        return cls(given.get("value"), given.get("low"), given.get("high"))


@dataclass(frozen=True)
class Score:
    """One measure of a model at both levels, and of the baseline beside it; no interval where none was stored."""

    name: str
    title: str
    share: bool
    recording: Bounds
    window: Bounds
    baseline_recording: Bounds
    baseline_window: Bounds


@dataclass(frozen=True)
class Scores:
    """All measures; `baseline` names what stands beside the model, `is_baseline` says that it is one itself."""

    baseline: str
    is_baseline: bool
    tested_recordings: int
    tested_windows: int
    units: int
    scores: list[Score]


@dataclass(frozen=True)
class OperatingPoints:
    """One class against the rest; the threshold None calls nothing this class. Areas are None with one side only."""

    name: str
    kind: Literal["roc", "precision_recall"]
    x: list[float]
    y: list[float]
    threshold: list[float | None]
    area: Bounds
    chance: float | None
    positives: int
    negatives: int
    words: str


@dataclass(frozen=True)
class OperatingCurves:
    """ROC and precision-recall curves of all classes at one level; the macro areas are means over classes."""

    level: Level
    tested: int
    units: int
    curves: list[OperatingPoints]
    macro_roc: float | None
    macro_precision: float | None


@dataclass(frozen=True)
class ClassScores:
    """One class: tested, called so, right, and shares with their intervals."""

    name: str
    tested: int
    called: int
    right: int
    precision: Bounds
    recall: Bounds
    false_alarms: Bounds
    f1: Bounds
    most_taken_for: str
    words: str


@dataclass(frozen=True)
class AtCondition:
    """The score at one value (or band) of a condition."""

    value: str
    tested: int
    right: int
    accuracy: Bounds


@dataclass(frozen=True)
class ConditionScores:
    """Scores at each value of a condition, counted in recordings, or in signals where a recording has several values.

    `recorded` is false where no tested signal has the condition; then there are no scores.
    """

    condition: str
    level: Level
    recorded: bool
    overall: float
    scores: list[AtCondition]
    words: str


@dataclass(frozen=True)
class JudgedRecording:
    """One recording: what it is, what it was taken for, the probability of either, and a signal of it to open."""

    recording: str
    signal_id: str
    fold: int
    true: str
    predicted: str
    confidence: float
    probability_of_truth: float


@dataclass(frozen=True)
class Mistakes:
    """The recordings worth looking at.

    `confident` were wrong, the surest first; `hardest` have the least probability of what they are, right or wrong.
    """

    tested: int
    wrong: int
    confident: list[JudgedRecording]
    hardest: list[JudgedRecording]


@dataclass(frozen=True)
class ReliabilityBin:
    """Answers whose confidence lies in (low, high]."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: Bounds


@dataclass(frozen=True)
class Calibration:
    """What one calibration makes of the held-out recordings, each calibrated by what the others teach.

    `refused` says why it cannot be fitted; then there are no numbers.
    """

    method: str
    title: str
    refused: str
    ece: Bounds
    log_loss: Bounds
    brier: Bounds
    bins: list[ReliabilityBin]
    temperatures: list[float]


@dataclass(frozen=True)
class Reliability:
    """Does the confidence come true? At both levels as stored, and for recordings under each calibration.

    `advice` names the calibration with the least log loss, and whether the intervals tell them apart.
    """

    recordings: int
    windows: int
    window_ece: float | None
    window_bins: list[ReliabilityBin]
    calibrations: list[Calibration]
    advice: str


@dataclass(frozen=True)
class SetOfClass:
    """How often the sets of one class's recordings held it."""

    name: str
    covered: Bounds


@dataclass(frozen=True)
class ConformalAnswer:
    """Sets of classes that cannot be ruled out, for held-out recordings; thresholds come from the other recordings.

    Shares of recordings whose set names `one` class, `several`, `none` or `all`; with none or all of them the answer is
    "I don't know", which `unknown` adds up.
    """

    calibration: str
    coverage: float
    per_class: bool
    recordings: int
    needed: int
    covered: Bounds
    mean_size: float
    one: float
    one_right: Bounds
    several: float
    none: float
    all: float
    unknown: float
    classes: list[SetOfClass]
    statement: str


@dataclass(frozen=True)
class Distance:
    """How unlike its training side a held-out recording is: above 1 it is refused."""

    recording: str
    true: str
    right: bool
    novelty: float | None
    refused: bool
    reason: str


@dataclass(frozen=True)
class Unfamiliar:
    """The gate that says "I don't know" because a recording is unlike the training data, tested fold by fold.

    `threshold` is the largest familiar distance of the stored model (root mean square per standardised feature),
    `thresholds` those of the folds. `answered_right` and `refused_right` are shares of right answers.
    """

    recordings: list[Distance]
    refused: Bounds
    answered_right: Bounds
    refused_right: Bounds
    threshold: float
    thresholds: list[float]
    words: str


@dataclass(frozen=True)
class NoiseScore:
    """Score at one ratio of signal to added noise; `snr_db` None: as recorded."""

    snr_db: float | None
    tested: int
    right: int
    accuracy: Bounds
    balanced_accuracy: float | None


@dataclass(frozen=True)
class NoiseSweep:
    """The last test of a model with noise: its job, and what it found once that is done.

    `as_before` counts the recordings of which the models that were refitted for it, without noise, say what the
    experiment said.
    """

    job_id: str
    state: str
    finished_at: datetime | None
    levels: list[NoiseScore]
    tested: int
    left_out: int
    as_before: int
    words: str


@dataclass(frozen=True)
class WrittenFile:
    """Something that a training wrote: what it is, its id, size, checksum (and by which method) and when."""

    what: str
    kind: str
    id: str
    bytes: int
    checksum: str
    method: str
    created_at: datetime
    detail: str


def finite(value: float | None) -> float | None:
    """A number, or None for what is not finite."""
    return None if value is None or not math.isfinite(value) else float(value)


def finites(values: Iterable[float]) -> list[float | None]:
    """Numbers, with None for those that are not finite."""
    return [finite(value) for value in values]
