"""A smaller variant beside its original, on recordings that the network had not learned from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.intervals import exact_binomial
from pipelines.learn.pooling import mean_by


@dataclass(frozen=True)
class HeldOutWindows:
    """Windows of real signals with what they show.

    Attributes
    ----------
    windows : (W, 1, length) float32
        In the unit of the signals.
    owner : (W,) int
        Recording of each window, 0 to R - 1.
    truth : (R,) int
        Class of each recording.
    """

    windows: NDArray[np.float32]
    owner: NDArray[np.int64]
    truth: NDArray[np.int64]


Probabilities = Callable[[NDArray[np.float32]], NDArray[np.float64]]


@dataclass(frozen=True)
class Beside:
    """How many of `recordings` two variants recognise, and of how many they say the same."""

    recordings: int
    windows: int
    original_right: int
    variant_right: int
    same: int
    largest_probability: float

    def to_json(self) -> dict[str, Any]:
        """As plain numbers, with 95 % intervals of both shares."""
        return {
            "recordings": self.recordings,
            "windows": self.windows,
            "original_right": self.original_right,
            "variant_right": self.variant_right,
            "original_interval": _interval(self.original_right, self.recordings),
            "variant_interval": _interval(self.variant_right, self.recordings),
            "same": self.same,
            "largest_probability": self.largest_probability,
        }


def _interval(right: int, of: int) -> dict[str, float]:
    found = exact_binomial(right, of)
    return {"low": found.low, "high": found.high}


def beside(original: Probabilities, variant: Probabilities, held_out: HeldOutWindows) -> Beside:
    """Judge recordings by the mean over their windows, by the original and by the variant."""
    recordings = len(held_out.truth)
    pooled = [mean_by(one(held_out.windows), held_out.owner, recordings) for one in (original, variant)]
    said, its = (one.argmax(axis=1) for one in pooled)
    return Beside(
        recordings=recordings,
        windows=len(held_out.windows),
        original_right=int((said == held_out.truth).sum()),
        variant_right=int((its == held_out.truth).sum()),
        same=int((said == its).sum()),
        largest_probability=float(np.abs(pooled[0] - pooled[1]).max()),
    )


def joined(parts: Sequence[tuple[int, NDArray[np.float32]]], truth: Sequence[int]) -> HeldOutWindows:
    """Windows of signals, each with its recording, put together."""
    return HeldOutWindows(
        np.concatenate([windows for _, windows in parts]),
        np.repeat([recording for recording, _ in parts], [len(windows) for _, windows in parts]),
        np.asarray(truth, dtype=np.int64),
    )
