"""What a loop learns from: a reader of windows, their labels, and which recording each belongs to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError, NotEnoughDataError

Reader = Callable[[NDArray[np.int64]], NDArray[np.float32]]


@dataclass(frozen=True)
class LearningSet:
    """N windows that `read` returns on demand.

    Attributes
    ----------
    read : callable
        ``read(rows)`` returns float32 (len(rows), channels, length) for rows of 0 to N - 1; called on a thread of its
        own.
    label : (N,) int64
        Class of each window, from 0.
    owner : (N,) int64
        Recording of each window, numbered freely; all windows of one share the label.
    targets : mapping
        By task beyond the class what is to be told of each window, (N,) float32; NaN where it is not known.
    """

    read: Reader
    label: NDArray[np.int64]
    owner: NDArray[np.int64]
    targets: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.label.ndim != 1 or self.label.shape != self.owner.shape:
            raise InputError(f"labels of shape {self.label.shape} and owners of shape {self.owner.shape}")
        if len(self.label) == 0:
            raise NotEnoughDataError("there is no window to learn from", hint="Use shorter windows or longer records.")

    def __len__(self) -> int:
        return len(self.label)

    @classmethod
    def from_arrays(cls, x: ArrayLike, label: ArrayLike, owner: ArrayLike | None = None) -> "LearningSet":
        """Windows that are in memory: x (N, channels, length); without owners each window is a recording."""
        windows = np.asarray(x, dtype=np.float32)
        if windows.ndim != 3:
            raise InputError(f"windows of shape {windows.shape}, expected (windows, channels, length)")
        owners = np.arange(len(windows)) if owner is None else np.asarray(owner, dtype=np.int64)
        return cls(lambda rows: windows[rows], np.asarray(label, dtype=np.int64), owners)

    def recordings(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the class of each recording (n,), and the recording of each window from 0 to n - 1, (N,)."""
        _, first, owner = np.unique(self.owner, return_index=True, return_inverse=True)
        return self.label[first], owner
