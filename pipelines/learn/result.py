"""What an experiment found: scores with intervals, calibration, predictions, warnings and the model itself."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pipelines.learn.config import TrainConfig
from pipelines.learn.intervals import Interval
from pipelines.learn.leaks import LeakReport
from pipelines.learn.metrics import LevelScores
from pipelines.learn.reliability import Reliability
from pipelines.learn.split import Split
from pipelines.learn.tested_sets import SetScores
from pipelines.learn.trained_model import KeptModel


@dataclass(frozen=True)
class FoldScore:
    """Scores of one fold: what it tested, on how much it learned, and how often it was right."""

    name: str
    train_recordings: int
    test_recordings: int
    recording_accuracy: float
    balanced_accuracy: float
    window_accuracy: float
    temperature: float


@dataclass(frozen=True)
class Baselines:
    """What guessing would score on the same recordings."""

    most_common: LevelScores
    at_random: dict[str, float]


@dataclass(frozen=True)
class ExperimentResult:
    """Result of `run_experiment`.

    A recording is what is diagnosed: probabilities are averaged over the windows of a signal, then over the signals
    (channels) of the recording. `predictions` has one row a signal, `recordings` one row a recording, both out of fold;
    with `sets`, the column ``set`` names the classes that could not be ruled out for the recording.
    """

    config: TrainConfig
    split: Split
    classes: tuple[str, ...]
    features: tuple[str, ...]
    recording: LevelScores
    window: LevelScores
    intervals: dict[str, dict[str, Interval]]
    exact_accuracy: Interval
    calibration: dict[str, Reliability]
    baselines: Baselines
    folds: tuple[FoldScore, ...]
    predictions: pd.DataFrame
    recordings: pd.DataFrame
    leaks: LeakReport
    dropped_features: tuple[str, ...]
    notes: tuple[str, ...]
    statement: str
    environment: dict[str, str]
    model: KeptModel = field(repr=False)
    sets: SetScores | None = None

    def to_json(self) -> dict[str, Any]:
        """Return everything but the model and the per-recording tables as plain JSON values; NaN becomes None."""
        apart = {"model", "predictions", "recordings", "config", "split"}
        plain = {name: value for name, value in _shallow(self).items() if name not in apart}
        plain = {name: _plain(value) for name, value in plain.items()}
        for level in ("recording", "window"):  # properties are not fields, and readers count in recordings
            plain[level] |= {"right": getattr(self, level).right, "tested": getattr(self, level).tested}
        plain["config"] = self.config.model_dump(mode="json")
        plain["split"] = {**self.split.to_json(), "description": self.split.describe()}
        plain["trained_on"] = _plain(self.model.trained_on)
        return json.loads(json.dumps(plain, allow_nan=False))


def _shallow(result: ExperimentResult) -> dict[str, Any]:
    return {name: getattr(result, name) for name in result.__dataclass_fields__}


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value
