"""A model that learns how far to trust other models, from what they say of units they have not seen."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from pipelines.learn.temperature import log_scores
from pipelines.learn.units import class_counts, deal_into_folds


class Stacked:
    """Members fitted on all windows, and a judge fitted on their logarithmic probabilities for held-out units.

    The folds keep units (recordings or groups) whole: windows of one recording on both sides would teach the judge to
    trust the member that remembers best. Where no two classes can be held out and still be learned from the rest,
    nothing is known about whom to trust, and all members have the same say (`judged` is false).
    """

    def __init__(self, members: Sequence[Any], folds: int, freedom: float, seed: int) -> None:
        self.members = list(members)
        self.folds = folds
        self.seed = seed
        self.judge = LogisticRegression(C=freedom, max_iter=500)
        self.judged = False
        self.classes_: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def fit(
        self,
        values: NDArray[np.float64],
        label: NDArray[np.int64],
        sample_weight: NDArray[np.float64] | None = None,
        unit: NDArray[np.int64] | None = None,
    ) -> Self:
        """Fit judge and members on the windows (R, F); `unit` (R,) numbers what stays whole, none: each window."""
        weight = np.ones(len(label)) if sample_weight is None else sample_weight
        whole = np.arange(len(label)) if unit is None else np.unique(unit, return_inverse=True)[1]
        self.classes_, which = np.unique(label, return_inverse=True)
        counts = class_counts(whole, whole, which)
        fold_of = deal_into_folds(counts, min(self.folds, len(counts)), True, np.random.default_rng(self.seed))
        said = np.zeros((len(label), len(self.members) * len(self.classes_)))
        heard = np.zeros(len(label), dtype=bool)
        for fold in range(fold_of.max() + 1):
            held_out = fold_of[whole] == fold
            # a class that the inner members have not met would teach the judge that they never name it
            if held_out.all() or len(np.unique(label[~held_out])) < len(self.classes_):
                continue
            members = deepcopy(self.members)
            for member in members:
                member.fit(values[~held_out], label[~held_out], sample_weight=weight[~held_out])
            said[held_out] = _said(members, values[held_out])
            heard |= held_out
        self.judged = len(np.unique(label[heard])) > 1
        if self.judged:
            self.judge.fit(said[heard], label[heard], sample_weight=weight[heard])
        for member in self.members:
            member.fit(values, label, sample_weight=weight)
        return self

    def predict_proba(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return class probabilities of windows, shape (R, C)."""
        if not self.judged:
            return np.mean([member.predict_proba(values) for member in self.members], axis=0)
        probabilities = np.zeros((len(values), len(self.classes_)))
        known = np.searchsorted(self.classes_, self.judge.classes_)
        probabilities[:, known] = self.judge.predict_proba(_said(self.members, values))
        return probabilities


def _said(members: Sequence[Any], values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hstack([log_scores(member.predict_proba(values)) for member in members])
