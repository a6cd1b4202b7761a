"""Projections that were computed, kept by what they were computed from: equal content is computed once."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from data_catalog import derived
from pipelines.projections import Layout, ProjectionConfig, fingerprint

OPERATION = "projection"
VERSION = 2
BUDGET_BYTES = 256 << 20
"""That of `derived.DerivedCache`."""

Heard = tuple[str, float, float | None]
"""A signal as a network is shown it: its id, which is of its samples, rate in Hz and speed in rpm."""


def key_of(config: ProjectionConfig, signal_ids: Sequence[str], names: Sequence[str], values: np.ndarray) -> str:
    """Key of a projection: the method with what matters to it, and every number of the table (N, F)."""
    return derived.key(OPERATION, VERSION, config.relevant(), fingerprint(signal_ids, names, values))


def key_of_embedding(config: ProjectionConfig, artifact_id: str, heard: Sequence[Heard]) -> str:
    """Key of a projection of what a network makes of signals: its weights by their hash, and all that it was shown."""
    return derived.key(OPERATION, VERSION, config.relevant(), {"embedding_of": artifact_id, "heard": list(heard)})


def packed(layout: Layout) -> dict[str, Any]:
    """A projection as plain values."""
    return {
        "points": base64.b64encode(layout.points.astype("<f4").tobytes()).decode(),
        "trustworthiness": layout.trustworthiness,
        "explained": layout.explained,
        "features": layout.features,
        "left_out": layout.left_out,
    }


def unpacked(stored: dict[str, Any]) -> Layout:
    """What `packed` told."""
    points = np.frombuffer(base64.b64decode(stored["points"]), "<f4").reshape(-1, 2)
    explained = tuple(stored["explained"]) if stored["explained"] else None
    return Layout(
        points, stored["trustworthiness"], explained, tuple(stored["features"]), tuple(stored["left_out"])
    )  # fmt: skip
