"""What may happen around the batches and epochs of a training."""

import copy
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.training.trainer import Trainer


class Callback:
    """Base: nothing happens. `state` and `load_state` make a resumed training go on as if it had not been stopped."""

    def on_batch_end(self, trainer: "Trainer") -> None:
        """After the weights were changed by a batch; `trainer.position` items of the epoch are behind."""

    def on_epoch_end(self, trainer: "Trainer", row: dict[str, Any]) -> None:
        """After an epoch; `row` is what the history will hold and may be added to."""

    def state(self) -> dict[str, Any]:
        """What a checkpoint must keep: tensors and plain values."""
        return {}

    def load_state(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave."""


def monitored(row: dict[str, Any]) -> float:
    """The loss by which epochs are compared: of the validation side, or of the training side where there is none."""
    value = row["train_loss"] if row["valid_loss"] is None else row["valid_loss"]
    return float(value)


class BestWeights(Callback):
    """Keeps a copy of the weights of the best epoch; `restore` puts them back."""

    def __init__(self) -> None:
        self.loss = math.inf
        self.epoch = 0
        self.weights: dict[str, Any] | None = None

    def on_epoch_end(self, trainer: "Trainer", row: dict[str, Any]) -> None:
        row["best"] = monitored(row) < self.loss
        if row["best"]:
            self.loss, self.epoch = monitored(row), row["epoch"]
            # state_dict() hands out the tensors that go on being trained: without a copy the best would be the last
            self.weights = copy.deepcopy(trainer.model.state_dict())

    def restore(self, trainer: "Trainer") -> None:
        """Give the model the weights of the best epoch."""
        if self.weights is not None:
            trainer.model.load_state_dict(self.weights)

    def state(self) -> dict[str, Any]:
        return {"loss": self.loss, "epoch": self.epoch, "weights": self.weights}

    def load_state(self, state: dict[str, Any]) -> None:
        self.loss, self.epoch, self.weights = state["loss"], state["epoch"], state["weights"]


class EarlyStopping(Callback):
    """Ends the training after `patience` epochs without a better one."""

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.loss = math.inf
        self.waited = 0

    def on_epoch_end(self, trainer: "Trainer", row: dict[str, Any]) -> None:
        better = monitored(row) < self.loss
        self.loss = min(self.loss, monitored(row))
        self.waited = 0 if better else self.waited + 1
        if self.waited >= self.patience:
            trainer.end_early(f"no better epoch for {self.patience} epochs")

    def state(self) -> dict[str, Any]:
        return {"loss": self.loss, "waited": self.waited}

    def load_state(self, state: dict[str, Any]) -> None:
        self.loss, self.waited = state["loss"], state["waited"]
