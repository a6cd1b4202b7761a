"""How the tests of a comparison hang together: that, not taste, decides which test fits."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.learn.paired.verdicts import Paired


@dataclass(frozen=True)
class Layout:
    """Counts of what the models were tested on.

    `partitions` counts the distinct ways the recordings were split: several seeds on one split are one partition.
    `units` counts what is independent (bearings, assets, or single recordings); `splits` the pairs of seed and fold.
    """

    models: int
    datasets: int
    seeds: int
    partitions: int
    splits: int
    units: int
    recordings: int

    @property
    def one_verdict_a_unit(self) -> bool:
        """Whether every independent unit is one recording that was tested once."""
        return self.seeds == 1 and self.units == self.recordings


def layout_of(paired: Paired) -> Layout:
    """Count how the tests hang together."""
    tests = paired.tests
    partitions = {
        frozenset(frozenset(side["recording"]) for _, side in of_seed.groupby("fold"))
        for _, of_seed in tests.groupby("seed")
    }
    return Layout(
        models=len(paired.models),
        datasets=tests["dataset"].nunique(),
        seeds=tests["seed"].nunique(),
        partitions=len(partitions),
        splits=len(tests.groupby(["seed", "fold"])),
        units=tests["unit"].nunique(),
        recordings=tests["recording"].nunique(),
    )


def scores_by(paired: Paired, columns: list[str]) -> NDArray[np.float64]:
    """Return the share of right tests by value of the columns, shape (blocks, models)."""
    correct = pd.DataFrame(paired.correct.astype(np.float64), columns=list(paired.models))
    return correct.groupby([paired.tests[column] for column in columns]).mean().to_numpy()


def tested_over_trained(paired: Paired) -> float:
    """Return the mean over splits of recordings tested over recordings trained on."""
    splits = paired.tests.groupby(["seed", "fold"])["trained_on"].agg(["size", "first"])
    return float((splits["size"] / splits["first"]).mean())
