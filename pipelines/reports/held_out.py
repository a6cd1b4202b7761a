"""The recordings of a test as arrays, from what was stored of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.learn.curves import (
    ByCondition,
    ClassRow,
    Judged,
    class_table,
    confident_mistakes,
    score_by_condition,
)
from pipelines.learn.paired import verdicts
from pipelines.reports.facts import CONDITIONS, ModelFacts

MOST_VALUES = 14
"""A condition with more values than this (assets of a large plant) is not told value by value."""


@dataclass(frozen=True)
class HeldOut:
    """The n recordings of a test, each answered by a model that had not seen it: held out.

    Attributes
    ----------
    names : tuple of str
    classes : tuple of str
        C classes.
    probabilities : (n, C) float64
        Means over the windows and channels of a recording.
    label, predicted, fold, unit : (n,) int64
        Indices of the true and the named class, the fold, and what is drawn as a whole for intervals: a recording, or
        the group it was kept together with.
    conditions : dict
        For each of `CONDITIONS` the value of each recording; None where it is not recorded or not the same throughout.
    """

    names: tuple[str, ...]
    classes: tuple[str, ...]
    probabilities: NDArray[np.float64]
    label: NDArray[np.int64]
    predicted: NDArray[np.int64]
    fold: NDArray[np.int64]
    unit: NDArray[np.int64]
    conditions: dict[str, list[str | float | None]]

    @classmethod
    def of(cls, facts: ModelFacts) -> "HeldOut":
        """From the stored result of a model."""
        rows = pd.DataFrame(facts.metrics["recordings"])
        classes = facts.classes
        place = {name: number for number, name in enumerate(classes)}
        split = facts.metrics["split"]
        unit_of_signal = dict(zip(split["signal_ids"], split["unit"], strict=True))
        unit_of: dict[str, int] = {}
        values: dict[str, dict[str, set[str | float | None]]] = {name: {} for name in CONDITIONS}
        for signal in facts.signals:
            if signal.signal_id in unit_of_signal:
                unit_of.setdefault(signal.recording, unit_of_signal[signal.signal_id])
            for name in CONDITIONS:
                values[name].setdefault(signal.recording, set()).add(signal.conditions.get(name))
        names = tuple(rows["recording"].astype(str))
        apart = max(unit_of_signal.values(), default=0) + 1
        return cls(
            names=names,
            classes=classes,
            probabilities=rows[[f"p_{name}" for name in classes]].to_numpy(dtype=np.float64),
            label=np.array([place[name] for name in rows["true"]], dtype=np.int64),
            predicted=np.array([place[name] for name in rows["predicted"]], dtype=np.int64),
            fold=rows["fold"].to_numpy(dtype=np.int64),
            unit=np.array([unit_of.get(name, apart + row) for row, name in enumerate(names)], dtype=np.int64),
            conditions={name: [_only(values[name].get(one, set())) for one in names] for name in CONDITIONS},
        )

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Which were called what they are, (n,)."""
        return self.label == self.predicted

    def class_rows(self) -> tuple[ClassRow, ...]:
        """Precision, recall and F1 of each class with intervals."""
        return class_table(self.label, self.predicted, self.classes, self.unit)

    def mistakes(self, most: int) -> tuple[Judged, ...]:
        """What was wrong, the surest first."""
        return confident_mistakes(self.names, self.probabilities, self.label, self.classes, most=most)

    def by_conditions(self, target: str) -> tuple[ByCondition, ...]:
        """Scores at each value of every condition that varies and is not what is predicted."""
        return tuple(
            score_by_condition(name, self.conditions[name], self.correct, self.unit)
            for name in self.varying()
            if name != target
        )

    def varying(self) -> tuple[str, ...]:
        """The conditions with at least two known values, and not too many to tell."""
        return tuple(name for name in CONDITIONS if self.known(name) >= 2 and not self._too_many(name))

    def known(self, condition: str) -> int:
        """How many values of a condition are known."""
        return len(set(self.conditions[condition]) - {None})

    def _too_many(self, name: str) -> bool:
        values = set(self.conditions[name]) - {None}
        return len(values) > MOST_VALUES and any(isinstance(value, str) for value in values)


def verdicts_of(facts: ModelFacts) -> pd.DataFrame:
    """Which recordings a model got right, as `pipelines.learn.paired` takes it."""
    tested = HeldOut.of(facts)
    trained = [fold["train_recordings"] for fold in facts.metrics["folds"]]
    return verdicts(
        facts.reference,
        tested.names,
        tested.correct.tolist(),
        dataset=f"{facts.data.name} version {facts.data.version}",
        seed=facts.seed,
        fold=tested.fold.tolist(),
        unit=tested.unit.tolist(),
        trained_on=[trained[fold] for fold in tested.fold.tolist()],
    )


def _only(values: Sequence[str | float | None] | set[str | float | None]) -> str | float | None:
    """The value that all signals of a recording share."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
