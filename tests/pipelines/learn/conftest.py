"""Feature tables made on the spot, with as much or as little structure as a test needs."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.learn import FeatureTable

TableMaker = Callable[..., FeatureTable]


def build_table(
    labels: Sequence[str],
    *,
    channels: int = 1,
    windows: int = 6,
    features: int = 6,
    separation: float = 3.0,
    fingerprint: float = 0.3,
    seed: int = 0,
    **columns: Sequence[Any],
) -> FeatureTable:
    """Make a table with one recording a label.

    Feature k is shifted by `separation` for the k-th class; every recording adds its own offset with standard deviation
    `fingerprint`, every window noise with standard deviation 1.
    """
    rng = np.random.default_rng(seed)
    classes = sorted(set(labels))
    rows, values, record = [], [], []
    for r, label in enumerate(labels):
        for c in range(channels):
            meta = {name: column[r] for name, column in columns.items()}
            rows.append({"signal_id": f"s{r}-{c}", "recording": f"r{r}", "fault": label, "channel": f"ch{c}", **meta})
            centre = rng.normal(0.0, fingerprint, features)
            centre[classes.index(label) % features] += separation
            values.append(centre + rng.normal(size=(windows, features)))
            record += [len(rows) - 1] * windows
    start = np.tile(np.arange(windows) * 1000, len(rows))
    names = tuple(f"feature_{k}" for k in range(features))
    return FeatureTable(np.concatenate(values), names, np.array(record), start, pd.DataFrame(rows))


@pytest.fixture(scope="session")
def make_table() -> TableMaker:
    """The builder of feature tables."""
    return build_table
