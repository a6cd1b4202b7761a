"""Whether a file says what the model says, on windows of real signals, with the largest difference."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError

TOLERANCE = 1e-4
"""Of the largest logit: float32 sums of another order differ by some 1e-6, another weight by more than this."""


class ParityError(InputError):
    """A file does not say what its model says."""


@dataclass(frozen=True)
class Parity:
    """How far two ways to run a network are apart.

    Attributes
    ----------
    windows : int
        How many were compared.
    largest_logit, largest_probability : float
        Largest absolute differences.
    scale : float
        Largest absolute logit of the original.
    agree : float
        Share of the windows with the same most probable class.
    """

    windows: int
    largest_logit: float
    largest_probability: float
    scale: float
    agree: float

    @property
    def relative(self) -> float:
        """The largest difference of logits over the largest logit."""
        return self.largest_logit / max(self.scale, float(np.finfo(np.float32).tiny))

    def to_json(self) -> dict[str, Any]:
        """As plain numbers."""
        return {
            "windows": self.windows,
            "largest_logit": self.largest_logit,
            "largest_probability": self.largest_probability,
            "relative": self.relative,
            "agree": self.agree,
        }


Answers = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Logits and probabilities, (W, C) each."""


def compare(original: Answers, other: Answers) -> Parity:
    """Compare what two runs said of the same windows."""
    (logits, probabilities), (its_logits, its_probabilities) = original, other
    if logits.shape != its_logits.shape or len(logits) == 0:
        raise InputError(
            f"answers of shapes {logits.shape} and {its_logits.shape}", hint="Compare the same windows, at least one."
        )
    if not (np.isfinite(logits).all() and np.isfinite(its_logits).all()):
        raise ParityError("an answer is not a number", hint="Look at the signals, and train again.")
    return Parity(
        windows=len(logits),
        largest_logit=float(np.abs(logits - its_logits).max()),
        largest_probability=float(np.abs(probabilities - its_probabilities).max()),
        scale=float(np.abs(logits).max()),
        agree=float((probabilities.argmax(axis=1) == its_probabilities.argmax(axis=1)).mean()),
    )


def check_parity(
    original: Answers, run: Callable[[NDArray[np.float32]], Answers], windows: NDArray[np.float32]
) -> Parity:
    """Compare a file with its model on windows (W, 1, length).

    Raises
    ------
    ParityError
        The logits are farther apart than `TOLERANCE` of the largest.
    """
    found = compare(original, run(windows))
    if found.relative > TOLERANCE:
        raise ParityError(
            f"the file says something else than the model: logits differ by up to {found.largest_logit:.3g}, "
            f"{found.relative:.1e} of the largest, at most {TOLERANCE:.0e} is rounding",
            hint="The file is not handed out; report this with the network's name and settings.",
        )
    return found
