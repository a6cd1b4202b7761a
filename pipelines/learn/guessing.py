"""What guessing would score: always the most common class, or at random in the classes' proportions."""

import numpy as np
from numpy.typing import NDArray

from pipelines.learn.metrics import LevelScores, confusion_counts, log_losses, score_confusion

GUESSES = 200


def guess_most_common(label: NDArray[np.int64], shares: NDArray[np.float64], classes: tuple[str, ...]) -> LevelScores:
    """Score predicting, for every recording, the most common class of its training side.

    Parameters
    ----------
    label : ndarray, shape (n,), int
        True class of each tested recording.
    shares : ndarray, shape (n, C)
        Class shares among the training recordings of the fold that tests it.
    """
    confusion = confusion_counts(label, shares.argmax(axis=1), len(classes))
    return score_confusion("recording", confusion, float(log_losses(shares, label).mean()), classes)


def guess_at_random(
    label: NDArray[np.int64], shares: NDArray[np.float64], classes: tuple[str, ...], rng: np.random.Generator
) -> dict[str, float]:
    """Return mean scores over seeded random guesses in the proportions of the training side."""
    cumulative = shares.cumsum(axis=1)
    draws = rng.random((GUESSES, len(label), 1)) * cumulative[:, -1:]
    guesses = (draws >= cumulative).sum(axis=2)
    loss = float(log_losses(shares, label).mean())
    scores = [score_confusion("recording", confusion_counts(label, g, len(classes)), loss, classes) for g in guesses]
    return {
        name: float(np.mean([getattr(s, name) for s in scores]))
        for name in ("accuracy", "balanced_accuracy", "macro_f1", "log_loss")
    }
