"""How the learning rate runs over a training, as a function of how far it is."""

import math
from collections.abc import Callable, Mapping

from pipelines.training.callbacks import monitored
from pipelines.training.settings import LoopSettings

ONE_CYCLE_RISE = 0.3
"""Share of the training in which one cycle rises (L. N. Smith and N. Topin, Super-Convergence, 2019)."""
ONE_CYCLE_START = 1 / 25
ONE_CYCLE_END = 1e-4


def _constant(done: float) -> float:
    return 1.0


def _cosine(done: float) -> float:
    """I. Loshchilov and F. Hutter, SGDR, ICLR 2017, without restarts."""
    return 0.5 * (1.0 + math.cos(math.pi * done))


def _one_cycle(done: float) -> float:
    if done < ONE_CYCLE_RISE:
        low, high, part = ONE_CYCLE_START, 1.0, done / ONE_CYCLE_RISE
    else:
        low, high, part = 1.0, ONE_CYCLE_END, (done - ONE_CYCLE_RISE) / (1.0 - ONE_CYCLE_RISE)
    return high + (low - high) * _cosine(part)


SHAPES: Mapping[str, Callable[[float], float]] = {
    "none": _constant,
    "plateau": _constant,
    "cosine": _cosine,
    "one_cycle": _one_cycle,
}


class LearningRate:
    """The learning rate at any moment of a training.

    It depends on the share of the training that is done, not on a count of steps, so halving the batch or resuming does
    not bend it. One cycle has a rise of its own; before the others the rate rises linearly over the `warmup` share.
    On a plateau it is halved after `plateau_patience` epochs without a lower loss.
    """

    def __init__(self, settings: LoopSettings) -> None:
        self._settings = settings
        self._shape = SHAPES[settings.schedule]
        self._loss = math.inf
        self._waited = 0
        self._reduced = 1.0

    def at(self, done: float) -> float:
        """Return the rate when the share `done` (0 to 1) of the training is behind."""
        warmup = 0.0 if self._settings.schedule == "one_cycle" else self._settings.warmup
        if done < warmup:
            # the first batch, too, is to change something
            return self._settings.learning_rate * max(done / warmup, 0.01)
        return self._settings.learning_rate * self._reduced * self._shape((done - warmup) / (1.0 - warmup))

    def end_epoch(self, row: dict[str, float]) -> None:
        """Hear how the epoch went."""
        if self._settings.schedule != "plateau":
            return
        better = monitored(row) < self._loss
        self._loss = min(self._loss, monitored(row))
        self._waited = 0 if better else self._waited + 1
        if self._waited >= self._settings.plateau_patience:
            self._reduced, self._waited = self._reduced / 2.0, 0

    def state(self) -> dict[str, float]:
        """What a checkpoint keeps."""
        return {"loss": self._loss, "waited": self._waited, "reduced": self._reduced}

    def load_state(self, state: dict[str, float]) -> None:
        """Take up what `state` gave."""
        self._loss, self._waited, self._reduced = state["loss"], int(state["waited"]), state["reduced"]
