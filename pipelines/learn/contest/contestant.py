"""One side of a comparison: a configuration, run with one or several seeds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipelines.learn.paired.verdicts import verdicts


@dataclass(frozen=True)
class Run:
    """What one seed found.

    Attributes
    ----------
    seed : int
        Of the training.
    metrics : mapping
        `ExperimentResult.to_json`, with the rows of its table of recordings under ``recordings``.
    units : mapping of str to int
        What each recording moves together with (recordings of one bearing, asset …); its own where it is not named.
    """

    seed: int
    metrics: Mapping[str, Any] = field(repr=False)
    units: Mapping[str, int] = field(default_factory=dict, repr=False)

    @property
    def recordings(self) -> list[dict[str, Any]]:
        """The tested recordings, a row each: recording, fold, true, predicted, correct, p_<class>."""
        return list(self.metrics["recordings"])


@dataclass(frozen=True)
class Contestant:
    """A name that no other one has, the data, and one run a seed."""

    name: str
    dataset: str
    runs: tuple[Run, ...]

    def verdicts(self) -> pd.DataFrame:
        """Which recording came out right in which split and run, as `paired.compare_models` takes it."""
        return pd.concat([self._of(run) for run in self.runs], ignore_index=True)

    def _of(self, run: Run) -> pd.DataFrame:
        rows = run.recordings
        folds = [int(row["fold"]) for row in rows]
        trained = [int(fold["train_recordings"]) for fold in run.metrics["folds"]]
        names = [str(row["recording"]) for row in rows]
        return verdicts(
            self.name,
            names,
            [bool(row["correct"]) for row in rows],
            dataset=self.dataset,
            seed=run.seed,
            fold=folds,
            unit=[f"unit {run.units[name]}" if name in run.units else name for name in names],
            trained_on=[trained[fold] for fold in folds],
        )
