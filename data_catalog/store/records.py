"""What is handed to the store and what it says it wrote."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RowInput:
    """One signal to store: its channel name and samples (L,), any real dtype."""

    channel: str
    samples: np.ndarray


@dataclass(frozen=True)
class StoredSignal:
    """Where one signal lies, and what is true of its samples alone.

    `rms` includes the mean; `peak` is max |x|; `crest_factor` = peak / rms; `kurtosis` is the excess (0 for Gaussian
    noise); NaN samples are left out of all of them and counted in `nan_count`. `clipped_fraction` is the share of
    samples in runs of three or more at the largest or smallest value.
    """

    signal_id: str
    channel: str
    length: int
    row: int
    segment_id: str
    mean: float
    rms: float
    peak: float
    crest_factor: float | None
    kurtosis: float | None
    nan_count: int
    clipped_fraction: float

    @property
    def constant(self) -> float | None:
        """The value of every sample that is a number, if there is only one: such a signal has no kurtosis."""
        return self.mean if self.kurtosis is None and self.nan_count < self.length else None


@dataclass(frozen=True)
class SegmentManifest:
    """One written segment: `kind` is 'short' or 'long', `bytes` what it takes on disk."""

    id: str
    kind: str
    dtype: str
    rows: int
    bytes: int
    checksum: str
    stored: tuple[StoredSignal, ...]


@dataclass(frozen=True)
class PartManifest:
    """One written group of feature rows (R, F)."""

    id: str
    rows: int
    names: tuple[str, ...]
    bytes: int
    checksum: str


@dataclass(frozen=True)
class ArtifactManifest:
    """One written artifact: `id` is the sha256 of its content, `path` is relative to the artifact folder."""

    id: str
    path: str
    bytes: int
