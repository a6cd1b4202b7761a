"""How a network does on windows it does not learn from."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.training.bags import POOLS
from pipelines.training.learning_set import LearningSet, Reader
from pipelines.training.loading import Prefetcher
from pipelines.training.running import recall

if TYPE_CHECKING:
    from pipelines.training.trainer import Trainer


def window_logits(trainer: "Trainer", read: Reader, windows: int) -> torch.Tensor:
    """Logits (windows, C) of windows 0 to `windows` - 1, on the processor."""

    def blocks() -> Iterator[NDArray[np.float32]]:
        for begin in range(0, windows, trainer.batch_size):
            yield read(np.arange(begin, min(begin + trainer.batch_size, windows)))

    found = []
    with Prefetcher(blocks()) as ready:
        for x in ready:
            trainer.poll()
            found.append(trainer.logits(x).cpu())
    return torch.cat(found)


def evaluate(trainer: "Trainer", valid: LearningSet) -> dict[str, Any]:
    """Loss, accuracy and recall on the validation side; recordings by the pooling that is learned with, else the mean.

    The loss is that of the windows, or of the recordings where those are learned from; every class counts the same, so
    that the best epoch is not the best for the most common class only.
    """
    logits = window_logits(trainer, valid.read, len(valid))
    label = torch.from_numpy(valid.label)
    of_recording, owner = valid.recordings()
    pooling = trainer.settings.pooling
    pool = POOLS["mean" if pooling == "none" else pooling]
    places = torch.from_numpy(owner)
    log_p = torch.cat([pool(logits[places == one].unsqueeze(0)) for one in range(len(of_recording))])
    windows = logits.log_softmax(dim=-1)
    judged, true = (windows, label) if pooling == "none" else (log_p, torch.from_numpy(of_recording))
    told = windows.argmax(dim=1)
    loss = -judged[torch.arange(len(true)), true].double()
    weight = 1.0 / torch.bincount(true, minlength=trainer.classes)[true].double()
    return {
        "valid_loss": float((loss * weight).sum() / weight.sum()),
        "valid_accuracy": float((told == label).double().mean()),
        "valid_record_accuracy": float((log_p.argmax(dim=1).numpy() == of_recording).mean()),
        "recall": recall(told, label, trainer.classes),
    }
