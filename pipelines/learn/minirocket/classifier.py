"""MiniRocket and ridge as one classifier of waveforms."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.errors import InputError
from pipelines.learn.minirocket.ridge import Ridge, fit_ridge
from pipelines.learn.minirocket.transform import MiniRocket, Waveforms, fit_minirocket
from pipelines.learn.models.declaration import ModelDeclaration, ModelParams


class MiniRocketParams(ModelParams):
    """Parameters of MiniRocket with ridge."""

    features: int = Field(default=9996, ge=84, le=50_000, description="features a window; multiples of 84 are used")
    standardise: bool = Field(
        default=True, description="bring every window to the same level, so that only its shape counts"
    )


class MiniRocketClassifier:
    """Classifier of waveforms: `fit_minirocket`, then `fit_ridge`.

    Unlike the models on features it takes the waveforms themselves, of any length and with one or several channels.
    """

    def __init__(self, params: MiniRocketParams | None = None, seed: int = 0) -> None:
        self.params = params or MiniRocketParams()
        self.seed = seed
        self.transform: MiniRocket | None = None
        self.ridge: Ridge | None = None
        self.classes_: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def fit(
        self,
        waveforms: Waveforms,
        label: NDArray[np.int64],
        sample_weight: NDArray[np.float64] | None = None,
        unit: NDArray[np.int64] | None = None,
    ) -> Self:
        """Learn from R waveforms, each (L,) or (channels, L).

        Parameters
        ----------
        waveforms : sequence of array_like or ndarray
        label : ndarray, shape (R,), int
        sample_weight : ndarray, shape (R,), optional
        unit : ndarray, shape (R,), int, optional
            Recording or group of each waveform, left out as a whole when the penalty is chosen; none: each by itself.
        """
        label = np.asarray(label)
        if len(waveforms) != len(label):
            raise InputError(f"{len(waveforms)} waveforms were given with {len(label)} labels")
        self.transform = fit_minirocket(
            waveforms, features=self.params.features, standardise=self.params.standardise, seed=self.seed
        )
        self.classes_, which = np.unique(label, return_inverse=True)
        weight = np.ones(len(label)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        whole = np.arange(len(label)) if unit is None else np.asarray(unit)
        self.ridge = fit_ridge(self.transform.transform(waveforms), which, weight, whole)
        return self

    def decision_function(self, waveforms: Waveforms) -> NDArray[np.float64]:
        """Return one score a class, shape (R, C); they are no probabilities until calibrated."""
        if self.transform is None or self.ridge is None:
            raise InputError("this classifier has not been fitted")
        return self.ridge.margins(self.transform.transform(waveforms))

    def predict(self, waveforms: Waveforms) -> NDArray[np.int64]:
        """Return the class with the largest score, shape (R,)."""
        return self.classes_[self.decision_function(waveforms).argmax(axis=1)]


def build(params: MiniRocketParams, seed: int, n_jobs: int) -> MiniRocketClassifier:
    """Return the unfitted classifier; it runs on one thread."""
    return MiniRocketClassifier(params, seed)


MINIROCKET = ModelDeclaration(
    name="minirocket",
    title="MiniRocket and ridge",
    summary="Thousands of fixed kernels and a linear judge; learns from waveforms, in minutes on one core.",
    citation="A. Dempster, D. Schmidt, G. Webb, MiniRocket, KDD 2021, 248-257",
    params=MiniRocketParams,
    build=build,
    scores_are="margins",
    keeps_units=True,
)
"""Declared like the models on features but not in their list: its windows are waveforms, not rows of features."""
