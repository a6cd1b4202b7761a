"""The loop: batches in order, weights out, everything that happened kept, and stoppable at any batch."""

import copy
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pipelines.errors import InputError
from pipelines.training.callbacks import BestWeights, Callback, EarlyStopping
from pipelines.training.checkpoint import Checkpoint, Identity, code_of, digest
from pipelines.training.devices import CPU, Device, out_of_memory
from pipelines.training.errors import DeviceMemoryError, NotFiniteError
from pipelines.training.evaluation import evaluate
from pipelines.training.history import History
from pipelines.training.learning_set import LearningSet
from pipelines.training.loading import Batch, Prefetcher, TrainingOrder
from pipelines.training.losses import Loss
from pipelines.training.optimisers import OPTIMISERS
from pipelines.training.running import Running
from pipelines.training.schedules import LearningRate
from pipelines.training.settings import TrainingSettings

GPU_CHECK_EVERY = 16
"""Batches between two looks at the losses on a GPU: looking at each would make it wait for the processor."""


def _go_on() -> None:
    """Nobody asked to stop."""


@dataclass
class Trainer:
    """Trains one network.

    Parameters
    ----------
    model : nn.Module
        Takes x (batch, channels, length) float32, returns logits (batch, classes). One with `embed`, `head` and
        `extra_loss` adds its own term to the loss.
    settings : TrainingSettings
    classes : int
    seed : int
        Of the order of the windows, their changes, and dropout.
    device : Device
    callbacks : sequence of Callback
        Beside the best weights and early stopping.
    checkpoint : Checkpoint, optional
        Where the state is kept; one that exists is continued.
    poll : callable
        Called before every batch; raises to stop. Whatever it raises leaves `fit` after the state is kept.
    data : str
        Names the data in a checkpoint, as by a hash.
    log : callable
        Takes a level and a sentence.
    """

    model: nn.Module
    settings: TrainingSettings
    classes: int
    seed: int = 0
    device: Device = CPU
    callbacks: Sequence[Callback] = ()
    checkpoint: Checkpoint | None = None
    poll: Callable[[], None] = _go_on
    data: str = ""
    log: Callable[[str, str], None] = field(default=lambda level, text: None)

    def __post_init__(self) -> None:
        self.model.to(self.device.name)
        self.history = History()
        self.best = BestWeights()
        stopping = [EarlyStopping(self.settings.patience)] if self.settings.patience else []
        self._all: tuple[Callback, ...] = (self.best, *stopping, *self.callbacks)
        self._weights = list(self.model.parameters())
        self.optimiser = OPTIMISERS[self.settings.optimiser](self._weights, self.settings)
        self.rate = LearningRate(self.settings)
        self.epoch, self.position, self.items = 0, 0, 1
        self.batch_size = self.settings.batch_size
        self.halved = False
        self.why_ended = ""
        self._running = Running(self.classes)
        self._whole = True
        self._good: dict[str, Any] | None = None
        self._identity = Identity(
            code_of(self.model), digest([self.settings.model_dump(), self.classes, self.seed]), self.data
        )
        self._half = self.settings.mixed_precision and self.device.half

    def end_early(self, why: str) -> None:
        """Make this epoch the last; for callbacks."""
        self.why_ended = why

    def fit(self, train: LearningSet, valid: LearningSet | None = None) -> History:
        """Learn from `train`; the model ends with the weights of the epoch that was best on `valid`.

        Parameters
        ----------
        train, valid : LearningSet
            Without a validation side the epoch with the least training loss is the best.

        Raises
        ------
        NotFiniteError
            The loss was no longer a number; the model holds the last good weights.
        DeviceMemoryError
            Half the batch did not fit either.
        CheckpointMismatchError
            The state that was kept is of another training.
        """
        _refuse_unlearnable(train, valid, self.classes)
        bag = self.settings.bag if self.settings.pooling != "none" else 0
        order = TrainingOrder(train, self.classes, self.seed, bag, self.settings)
        if order.items < 2:
            raise InputError("one recording is not enough to learn from", hint="Add recordings.")
        self.items = order.items
        self._loss = Loss(self.settings, train, self.classes, self.device.name)
        with torch.random.fork_rng(devices=[0] if self.device.is_gpu else []):
            torch.manual_seed(self.seed)
            self._continue()
            try:
                while self.epoch < self.settings.epochs and not self.why_ended:
                    self._learn(order)
                    self._end_epoch(valid)
            except (NotFiniteError, DeviceMemoryError):
                raise
            except BaseException:
                # asked to stop, most likely: what was learned so far is to be continued
                if self._whole:
                    self._keep()
                raise
        self.best.restore(self)
        return self.history

    # -- an epoch --------------------------------------------------------------------------------------------------

    def _learn(self, order: TrainingOrder) -> None:
        """Learn from what is left of the epoch; again with half the batch when the memory did not do."""
        if self.best.weights is None and self._good is None:
            self._good = copy.deepcopy(self.model.state_dict())
        try:
            self._learn_in(order, self.batch_size)
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
        else:
            return
        # out here the error is gone, and with it what its frames held of the memory
        self._halve()
        self._learn(order)

    def _learn_in(self, order: TrainingOrder, size: int) -> None:
        self.model.train()
        kept_at = begun = time.monotonic()
        spent, stalled = self._running.seconds, self._running.stalled_s
        source = order.batches(self.epoch, self.position, size)
        with Prefetcher(source) as batches:
            for batch in batches:
                self.poll()
                self._step(batch)
                self._running.seconds = spent + time.monotonic() - begun
                self._running.stalled_s = stalled + batches.waited_s
                for callback in self._all:
                    callback.on_batch_end(self)
                if self.checkpoint is not None and time.monotonic() - kept_at > self.checkpoint.every_s:
                    self._keep()
                    kept_at = time.monotonic()
        self._look()

    def _step(self, batch: Batch) -> None:
        rate = self.rate.at((self.epoch + self.position / self.items) / self.settings.epochs)
        x = torch.from_numpy(batch.x)
        if self.device.is_gpu:
            x = x.pin_memory().to(self.device.name, non_blocking=True)
        target = torch.from_numpy(batch.target).to(self.device.name, non_blocking=True)
        beyond = {task: torch.from_numpy(known).to(self.device.name) for task, known in batch.beyond.items()}
        self.optimiser.forget()
        with torch.autocast(self.device.name.split(":")[0], torch.bfloat16, enabled=self._half):
            log_p, loss = self._loss(self.model, x, target, beyond)
        # a GPU would have to be waited for; there the losses are looked at now and then
        if not self.device.is_gpu:
            self._refuse_endless("loss", loss)
        loss.backward()
        norm = nn.utils.get_total_norm([weight.grad for weight in self._weights if weight.grad is not None])
        if not self.device.is_gpu:
            self._refuse_endless("gradient", norm)
        self._whole = False
        self.optimiser.step(rate, self._too_long(norm))
        self.position = batch.position
        self._running.add(loss.detach(), log_p.detach(), torch.from_numpy(batch.label), norm.detach(), len(x), rate)
        self._whole = True
        if self._running.batches % GPU_CHECK_EVERY == 0:
            self._look()

    def _too_long(self, norm: torch.Tensor) -> torch.Tensor | None:
        """By which factor a gradient of this length is too long; None where it is not."""
        longest = self.settings.clip_norm
        if longest is None:
            return None
        # a GPU would have to be waited for to compare, and divides by one instead
        if self.device.is_gpu:
            return (norm / longest).clamp_(min=1.0)
        return norm / longest if norm.item() > longest else None

    def _refuse_endless(self, what: str, value: torch.Tensor) -> None:
        if not math.isfinite(number := value.item()):
            self._refuse(self._running.batches, what, number)

    def _look(self) -> None:
        """Refuse to go on when a loss that was not looked at yet is no number."""
        for place, loss in self._running.fetch_losses():
            if not math.isfinite(loss):
                self._refuse(place, "loss", loss)

    def _refuse(self, batch: int, what: str, value: float) -> None:
        good = self.best.weights or self._good
        if good is not None:
            self.model.load_state_dict(good)
        kept = f"of epoch {self.best.epoch}" if self.best.epoch else "before the first epoch"
        raise NotFiniteError(
            f"the {what} became {value} at batch {batch + 1} of epoch {self.epoch + 1}; the weights {kept} were kept",
            hint="Lower the learning rate, clip the gradient, or look at the signals for values that are no numbers.",
        )

    def _halve(self) -> None:
        if self.halved or self.batch_size < 4:
            raise DeviceMemoryError(
                f"the memory {self.device.words} does not hold {self.batch_size} windows of this network, "
                f"half of what was set",
                hint="Set a smaller batch, shorter windows or a smaller network.",
            )
        self.halved = True
        self.batch_size //= 2
        if self.device.is_gpu:
            torch.cuda.empty_cache()
        self.log(
            "warning",
            f"the memory was full at batch {self._running.batches + 1} of epoch {self.epoch + 1}: "
            f"goes on with {self.batch_size} windows at once instead of {2 * self.batch_size}",
        )

    def _end_epoch(self, valid: LearningSet | None) -> None:
        running = self._running
        row: dict[str, Any] = {"epoch": self.epoch + 1, **running.row()}
        if valid is not None:
            begun = time.monotonic()
            row |= evaluate(self, valid)
            row["seconds"] += time.monotonic() - begun
        self.rate.end_epoch(row)
        for callback in self._all:
            callback.on_epoch_end(self, row)
        self.history.add(row)
        self.epoch, self.position, self._running = self.epoch + 1, 0, Running(self.classes)
        self._keep()

    # -- the state -------------------------------------------------------------------------------------------------

    def logits(self, x: NDArray[np.float32]) -> torch.Tensor:
        """Logits of windows (B, channels, length), in evaluation mode, without a trace for learning."""
        self.model.eval()
        with torch.inference_mode(), torch.autocast(self.device.name.split(":")[0], torch.bfloat16, enabled=self._half):
            out: torch.Tensor = self.model(torch.from_numpy(x).to(self.device.name))
        return out.float()

    def _keep(self) -> None:
        if self.checkpoint is None:
            return
        self._look()
        state = {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state(),
            "rate": self.rate.state(),
            "random": torch.get_rng_state(),
            "random_gpu": torch.cuda.get_rng_state() if self.device.is_gpu else None,
            "epoch": self.epoch,
            "position": self.position,
            "batch_size": self.batch_size,
            "halved": self.halved,
            "why_ended": self.why_ended,
            "running": self._running.state(),
            "history": self.history.to_json(),
            "callbacks": [callback.state() for callback in self._all],
        }
        self.checkpoint.write(self._identity, state)

    def _continue(self) -> None:
        state = None if self.checkpoint is None else self.checkpoint.read(self._identity)
        if state is None:
            return
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state(state["optimiser"])
        self.rate.load_state(state["rate"])
        torch.set_rng_state(state["random"])
        if self.device.is_gpu and state["random_gpu"] is not None:
            torch.cuda.set_rng_state(state["random_gpu"])
        self.epoch, self.position = state["epoch"], state["position"]
        self.batch_size, self.halved, self.why_ended = state["batch_size"], state["halved"], state["why_ended"]
        self._running.load_state(state["running"])
        self.history = History(state["history"])
        for callback, kept in zip(self._all, state["callbacks"], strict=True):
            callback.load_state(kept)
        self.log("info", f"continues in epoch {self.epoch + 1} after {self.position} of its items")


def _refuse_unlearnable(train: LearningSet, valid: LearningSet | None, classes: int) -> None:
    for side, name in ((train, "training"), (valid, "validation")):
        if side is not None and (side.label.min() < 0 or side.label.max() >= classes):
            raise InputError(
                f"the {name} side has classes {side.label.min()} to {side.label.max()}, expected 0 to {classes - 1}"
            )
