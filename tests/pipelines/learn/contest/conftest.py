"""Results small enough to be counted by hand."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from pipelines.learn.contest import Contestant, Run
from pipelines.learn.metrics import confusion_counts, score_confusion

CLASSES = ("ball", "healthy", "inner")
Make = Callable[..., Contestant]


def metrics_of(
    truth: Sequence[int], said: Sequence[int], *, folds: Sequence[int] | None = None, target: str = "fault"
) -> dict[str, Any]:
    """The JSON of a result whose recordings r0, r1 … are of the classes `truth` and were said to be `said`."""
    label, predicted = np.array(truth), np.array(said)
    scores = score_confusion("recording", confusion_counts(label, predicted, len(CLASSES)), 0.25, CLASSES)
    per_class = [
        {"name": one.name, "precision": one.precision, "recall": one.recall, "f1": one.f1, "tested": one.tested}
        for one in scores.per_class
    ]
    for row in per_class:
        row.update({name: None for name, value in row.items() if value != value})
    level = {
        "accuracy": scores.accuracy,
        "balanced_accuracy": scores.balanced_accuracy,
        "macro_f1": scores.macro_f1,
        "log_loss": scores.log_loss,
        "per_class": per_class,
    }
    places = list(folds) if folds is not None else [0] * len(truth)
    return {
        "recording": level,
        "window": level,
        "intervals": {"recording": {"macro_f1": {"value": scores.macro_f1, "low": 0.1, "high": 0.9}}, "window": {}},
        "exact_accuracy": {"value": scores.accuracy, "low": 0.2, "high": 0.8},
        "calibration": {"recording": {"ece": 0.05}},
        "config": {"target": target},
        "folds": [{"train_recordings": len(truth) - places.count(fold)} for fold in range(max(places) + 1)],
        "recordings": [
            {
                "recording": f"r{number}",
                "fold": places[number],
                "true": CLASSES[one],
                "predicted": CLASSES[other],
                "correct": one == other,
            }
            for number, (one, other) in enumerate(zip(truth, said, strict=True))
        ],
    }


@pytest.fixture
def make() -> Make:
    """``make("forest", truth, said, said of the second seed, …)``."""

    def made(
        name: str, truth: Sequence[int], *said: Sequence[int], seeds: Sequence[int] = (), **more: Any
    ) -> Contestant:
        units = more.pop("units", {})
        runs = tuple(
            Run(seed, metrics_of(truth, one, **more), units)
            for seed, one in zip(seeds or range(len(said)), said, strict=True)
        )
        return Contestant(name, "rig", runs)

    return made
