"""Batches ahead of the learning: in the order of the seed, changed by the seed, ready before they are asked for."""

import queue
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipelines.training.augment import augment
from pipelines.training.learning_set import LearningSet
from pipelines.training.settings import AugmentSettings

AHEAD = 4
"""Batches that wait ready; enough for a slow read now and then, few enough for any memory."""


@dataclass(frozen=True)
class Batch:
    """Windows x (B, channels, length), targets (n, C), and how many items of the epoch are behind after it.

    An item is a window, n = B; or a recording with K windows one after the other, B = n K. `beyond` has by task what is
    to be told of each window beyond the class, (B,).
    """

    x: NDArray[np.float32]
    target: NDArray[np.float32]
    label: NDArray[np.int64]
    position: int
    beyond: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


class TrainingOrder:
    """Which rows make up each batch: a function of seed, epoch and position, so that nothing need be remembered.

    Parameters
    ----------
    windows : LearningSet
    classes : int
    seed : int
    bag : int
        Windows drawn of a recording, or 0 where every window is an item of its own.
    """

    def __init__(self, windows: LearningSet, classes: int, seed: int, bag: int, changes: AugmentSettings) -> None:
        self._windows, self._seed, self._bag, self._changes = windows, seed, bag, changes
        self._one_hot = np.eye(classes, dtype=np.float32)
        label, owner = windows.recordings()
        self._label = label if bag else windows.label
        by_owner = np.argsort(owner, kind="stable")
        self._of_recording = np.split(by_owner, np.cumsum(np.bincount(owner))[:-1])
        self.items = len(self._label)

    def batches(self, epoch: int, position: int, size: int) -> Iterator[Batch]:
        """Read the batches of an epoch from an item on."""
        order = np.random.default_rng([self._seed, epoch]).permutation(self.items)
        while position < self.items:
            items = order[position : position + size]
            # a batch of one has no spread to normalise by; it joins the one before
            if position + size + 1 == self.items:
                items = order[position:]
            rng = np.random.default_rng([self._seed, epoch, position])
            position += len(items)
            yield self._batch(items, rng, position)

    def _batch(self, items: NDArray[np.int64], rng: np.random.Generator, position: int) -> Batch:
        rows = items
        if self._bag:
            rows = np.concatenate([_draw(self._of_recording[item], self._bag, rng) for item in items])
        label = self._label[items]
        x, target = augment(self._windows.read(rows), self._one_hot[label], self._changes, rng)
        beyond = {task: known[rows] for task, known in self._windows.targets.items()}
        return Batch(np.ascontiguousarray(x, dtype=np.float32), target, label, position, beyond)


def _draw(rows: NDArray[np.int64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw `count` windows of a recording, each once while there are enough."""
    whole, rest = divmod(count, len(rows))
    return np.concatenate([*([rows] * whole), rng.permutation(rows)[:rest]])


class Prefetcher[T]:
    """Runs an iterator on a thread of its own, `AHEAD` items in advance; a context manager and an iterator.

    `waited_s` is how long the consumer stood still for want of an item.
    """

    def __init__(self, source: Iterator[T], ahead: int = AHEAD) -> None:
        self._source = source
        self._ready: queue.Queue[T | _Ended] = queue.Queue(ahead)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="batches", daemon=True)
        self.waited_s = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        while self._thread.is_alive():
            # room for whatever it is trying to hand over
            while not self._ready.empty():
                self._ready.get_nowait()
            self._thread.join(0.01)

    def __iter__(self) -> Iterator[T]:
        while True:
            begun = time.perf_counter()
            item = self._ready.get()
            self.waited_s += time.perf_counter() - begun
            if isinstance(item, _Ended):
                if item.error is not None:
                    raise item.error
                return
            yield item

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._source:
                self._ready.put(item)
                if self._over.is_set():
                    return
        except BaseException as raised:  # noqa: BLE001 - the consumer's thread raises it
            error = raised
        self._ready.put(_Ended(error))


@dataclass(frozen=True)
class _Ended:
    error: BaseException | None
