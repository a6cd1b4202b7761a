"""From windows to recordings: several windows that share one label, as one answer."""

import math
from collections.abc import Callable, Mapping

from torch import Tensor


def _mean(logits: Tensor) -> Tensor:
    """The mean of the windows' probabilities: what a diagnosis of a recording is."""
    return logits.log_softmax(dim=-1).logsumexp(dim=1) - math.log(logits.shape[1])


def _log_sum_exp(logits: Tensor) -> Tensor:
    """A smooth maximum (P. O. Pinheiro and R. Collobert, From Image-level to Pixel-level Labeling, CVPR 2015)."""
    return logits.logsumexp(dim=1).log_softmax(dim=-1)


def _maximum(logits: Tensor) -> Tensor:
    """Each class by the window that speaks most for it."""
    return logits.amax(dim=1).log_softmax(dim=-1)


POOLS: Mapping[str, Callable[[Tensor], Tensor]] = {"mean": _mean, "log_sum_exp": _log_sum_exp, "max": _maximum}
"""By name: logits (N, K, C) of the K windows of N recordings to log-probabilities (N, C) of the recordings."""
