"""A fitted MiniRocket with everything that stands between a signal and its probabilities."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.minirocket import MiniRocket, Ridge
from pipelines.training.window_model import Told, WindowModel


@dataclass(frozen=True, kw_only=True)
class WindowRocket(WindowModel):
    """Kernels, and the linear judge of their features.

    Attributes
    ----------
    transform : MiniRocket
    ridge : Ridge
    known : (K,) int64
        Classes met in training, in the order of the judge's scores.
    """

    transform: MiniRocket
    ridge: Ridge
    known: NDArray[np.int64]

    def tell(self, windows: NDArray[np.float32]) -> Told:
        """Scores (W, C) of scaled windows (W, 1, length)."""
        return self.scores(self.transform.transform(windows)), {}

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scores (W, C) of features of windows; a class that was not met in training scores below all others."""
        return spread(self.ridge.margins(features), self.known, self.classes)


def spread(margins: NDArray[np.float64], known: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """Put the scores (W, K) of known classes at their places among all, (W, C)."""
    found = np.full((len(margins), classes), float(margins.min(initial=0.0)) - 1.0)
    found[:, known] = margins
    return found
