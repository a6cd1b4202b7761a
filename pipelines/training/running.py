"""The numbers of an epoch under way; they outlive an interruption."""

from typing import Any

import torch
from torch import Tensor


class Running:
    """Sums over the batches of one epoch; what stands on a GPU is fetched now and then, together."""

    def __init__(self, classes: int) -> None:
        self.seconds = 0.0
        self.stalled_s = 0.0
        self.batches = 0
        self._classes = classes
        self._windows = 0
        self._rate = 0.0
        self._looked = 0
        self._losses: list[Tensor] = []
        self._norms: list[Tensor] = []
        self._told: list[Tensor] = []
        self._label: list[Tensor] = []

    def add(self, loss: Tensor, log_p: Tensor, label: Tensor, norm: Tensor, windows: int, rate: float) -> None:
        """Count a batch: loss, log-probabilities (n, C), true classes (n,), gradient norm, windows, learning rate."""
        self._losses.append(loss.reshape(1))
        self._norms.append(norm.reshape(1))
        self._told.append(log_p.argmax(dim=1))
        self._label.append(label)
        self._windows += windows
        self._rate = rate
        self.batches += 1

    def fetch_losses(self) -> list[tuple[int, float]]:
        """The losses since the last call, each with the place of its batch in the epoch, from 0."""
        fresh = _joined(self._losses[self._looked :])
        places = range(self.batches - len(fresh), self.batches)
        self._looked = len(self._losses)
        return list(zip(places, fresh.tolist(), strict=True))

    def row(self) -> dict[str, Any]:
        """What the history says of the epoch, before validation."""
        losses, norms = _joined(self._losses).double(), _joined(self._norms).double()
        label, told = _joined(self._label), _joined(self._told)
        return {
            "train_loss": float(losses.mean()),
            "train_accuracy": float((told == label).double().mean()),
            "valid_loss": None,
            "valid_accuracy": None,
            "valid_record_accuracy": None,
            "recall": recall(told, label, self._classes),
            "learning_rate": self._rate,
            "gradient_norm": float(norms.mean()),
            "largest_gradient_norm": float(norms.max()),
            "seconds": self.seconds,
            "samples_per_s": self._windows / self.seconds,
            "stall_share": min(self.stalled_s / self.seconds, 1.0),
            "best": False,
        }

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        parts = {name: _joined(getattr(self, f"_{name}")) for name in _PARTS}
        return parts | {
            "seconds": self.seconds,
            "stalled_s": self.stalled_s,
            "batches": self.batches,
            "windows": self._windows,
            "rate": self._rate,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave."""
        for name in _PARTS:
            setattr(self, f"_{name}", [state[name]] if state["batches"] else [])
        self.seconds, self.stalled_s = state["seconds"], state["stalled_s"]
        self.batches, self._windows, self._rate = state["batches"], state["windows"], state["rate"]
        self._looked = len(self._losses)


_PARTS = ("losses", "norms", "told", "label")


def _joined(parts: list[Tensor]) -> Tensor:
    """One tensor on the processor."""
    return torch.cat([part.cpu() for part in parts]) if parts else torch.zeros(0)


def recall(told: Tensor, label: Tensor, classes: int) -> list[float | None]:
    """The share of each class that was found; None for a class that did not occur."""
    count = torch.bincount(label, minlength=classes)
    found = torch.bincount(label[told == label], minlength=classes)
    return [float(f) / int(n) if n else None for f, n in zip(found, count, strict=True)]
