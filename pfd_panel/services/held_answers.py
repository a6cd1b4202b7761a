"""What a model said of recordings (or their channels) while they were held out, as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_catalog import models
from data_catalog.schema import ModelVersion, Prediction
from pfd_panel.errors import RequestError
from pfd_panel.services import training
from pfd_panel.services.context import Context
from pfd_panel.services.judged import Level


@dataclass(frozen=True)
class HeldOut:
    """Held-out answers at one level, one row each: names, probabilities (n, C), labels, units and folds (n,)."""

    level: Level
    names: list[str]
    probabilities: NDArray[np.float64]
    label: NDArray[np.int64]
    unit: NDArray[np.int64]
    fold: NDArray[np.int64]
    signal_ids: list[str]
    classes: tuple[str, ...]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which were answered correctly, (n,)."""
        return np.asarray(self.probabilities.argmax(axis=1) == self.label)


def answers(context: Context, reference: str, level: Level = "recording") -> tuple[ModelVersion, HeldOut]:
    """What a model said while each recording (or signal) was held out.

    Raises
    ------
    RequestError
        The version keeps no probabilities.
    """
    model = training.get(context, reference)
    with context.read() as session:
        rows = models.predictions(session, model.id, kind="held_out", limit=1_000_000).rows
    return model, _put_together(model, rows, level)


def _put_together(model: ModelVersion, rows: Sequence[Prediction], level: Level) -> HeldOut:
    """Put the held-out answers of a model together; see `HeldOut`."""
    classes = tuple(model.metrics["classes"])
    split = model.metrics["split"]
    unit_of = dict(zip(split["signal_ids"], split["unit"], strict=True))
    first: dict[str, Prediction] = {}
    for row in rows:
        first.setdefault(row.recording, row)
    told: list[tuple[str, str, int, str, Mapping[str, Any]]]
    if level == "signal":
        told = [
            (f"{row.recording} / {row.channel}" if row.channel else row.recording, str(row.truth),
             int(row.detail.get("fold", 0)), str(row.signal_id), row.detail)
            for row in rows
        ]  # fmt: skip
    else:
        told = [
            (str(one["recording"]), one["true"], int(one["fold"]), str(first[str(one["recording"])].signal_id), one)
            for one in model.metrics.get("recordings") or ()
            if str(one["recording"]) in first
        ]
    if not told or any(f"p_{name}" not in told[0][4] for name in classes):
        raise RequestError(
            f"{model.name}:{model.number} keeps no probabilities of held-out {level}s", hint="Train the model again."
        )
    return HeldOut(
        level=level,
        names=[one[0] for one in told],
        probabilities=np.array([[float(one[4][f"p_{name}"]) for name in classes] for one in told]),
        label=np.array([classes.index(one[1]) for one in told]),
        unit=np.array([unit_of.get(one[3], -1) for one in told]),
        fold=np.array([one[2] for one in told]),
        signal_ids=[one[3] for one in told],
        classes=classes,
    )
