"""Signals whose class is the frequency of a tone, with features that say nothing of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines.learn import FeatureTable, TrainConfig
from pipelines.training.experiment import run_waveform_experiment
from pipelines.training.starting import Start
from pipelines.training.watching import Watcher
from pipelines.training.waveform_experiment import WaveformResult
from pipelines.training.windows import Source

RATE, LENGTH = 2048.0, 2048
NAMES = ("slow", "fast", "faster")
NAMED = ("a", "b", "c")


def tone(number: int, classes: int = 2, rate: float = RATE) -> np.ndarray:
    """Signal `number`: a tone of its class in noise, a second long."""
    rng = np.random.default_rng(number)
    time = np.arange(int(rate)) / rate
    x = np.sin(2 * np.pi * (100 + 200 * (number % classes)) * time + rng.uniform(0, 6))
    return (x + 0.5 * rng.standard_normal(len(time))).astype(np.float32)


def table(recordings: int, classes: int = 2, first: int = 0, **columns: Sequence[Any]) -> FeatureTable:
    """Features that say nothing: what is found is found in the samples."""
    numbers = range(first, first + recordings)
    records = pd.DataFrame(
        {
            "signal_id": [f"s{i}" for i in numbers],
            "recording": [f"r{i}" for i in numbers],
            "fault": [NAMES[i % classes] for i in numbers],
            **columns,
        }
    )
    values = np.random.default_rng(0).standard_normal((recordings, 3))
    return FeatureTable(values, NAMED, np.arange(recordings), np.zeros(recordings), records)


def run(
    model: str,
    params: Mapping[str, Any],
    *,
    recordings: int = 12,
    classes: int = 2,
    first: int = 0,
    folder: Path | None = None,
    start: Start | None = None,
    signals: Sequence[np.ndarray] | None = None,
    speeds: Sequence[float | None] | None = None,
    columns: Mapping[str, Sequence[Any]] | None = None,
    folds: int = 2,
    rate: float = RATE,
    config: Mapping[str, Any] | None = None,
    **watched: Any,
) -> WaveformResult:
    """An experiment with `model` on tones, or on `signals`."""
    asked = {"model": model, "params": dict(params), "bootstrap": 100, "split": {"folds": folds}}
    shown = signals if signals is not None else [tone(first + i, classes, rate) for i in range(recordings)]
    rpm = speeds or [None] * len(shown)
    return run_waveform_experiment(
        table(len(shown), classes, first, **(columns or {})),
        [Source(len(x), rate, speed) for x, speed in zip(shown, rpm, strict=True)],
        lambda i: shown[i],
        TrainConfig.model_validate(asked | dict(config or {})),
        folder=folder,
        data="d",
        watcher=Watcher(**watched),
        baseline="k_nearest",
        start=start,
    )


def answered(
    model: Any, samples: Sequence[np.ndarray], rate: float = RATE, rpm: float | None = None
) -> tuple[str, ...]:
    """What a model on samples says of signals, each its own recording, with features like those it met."""
    heard = [model.hear(x, rate, rpm) for x in samples]
    place = np.repeat(np.arange(len(samples)), [len(one) for one in heard])
    features = np.zeros((len(samples), 3))
    found = model.predict(features, list(NAMED), np.arange(len(samples)), np.concatenate(heard), place)
    assert not found.abstain.any()
    return found.label
