"""A network and a problem that are learned in a moment."""

import numpy as np
import torch
from torch import Tensor, nn

from pipelines.training.learning_set import LearningSet
from pipelines.training.settings import TrainingSettings
from pipelines.training.trainer import Trainer

LENGTH = 64
CLASSES = 3


class SmallNet(nn.Module):
    """One convolution, dropout (so that the generator's state matters) and batch normalisation (buffers)."""

    def __init__(self, classes: int = CLASSES) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(1, 8, 9, stride=2), nn.BatchNorm1d(8), nn.ReLU(), nn.AdaptiveAvgPool1d(4), nn.Flatten()
        )
        self.drop, self.head = nn.Dropout(0.2), nn.Linear(32, classes)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(self.drop(self.body(x)))
        return out


def small_net(seed: int = 0, classes: int = CLASSES) -> SmallNet:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return SmallNet(classes)


def tones(recordings: int = 24, windows: int = 5, noise: float = 0.7, seed: int = 1) -> LearningSet:
    """Recordings of `windows` windows; the class is the frequency of a tone in noise."""
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(recordings), windows)
    label = owner % CLASSES
    phase = rng.uniform(0, 2 * np.pi, (len(owner), 1))
    tone = np.sin(2 * np.pi * (4 + 6 * label[:, None]) * np.arange(LENGTH) / LENGTH + phase)
    x = (tone + noise * rng.standard_normal(tone.shape))[:, None, :]
    return LearningSet.from_arrays(x, label, owner)


def settings(**changed: object) -> TrainingSettings:
    plain = {"epochs": 4, "batch_size": 16, "length": LENGTH, "learning_rate": 0.01, "patience": None}
    return TrainingSettings.model_validate(plain | changed)


def trainer(seed: int = 0, **given: object) -> Trainer:
    """A trainer of the small network; `settings` and what `Trainer` takes may be given."""
    chosen = given.pop("settings", settings())
    model = given.pop("model", None) or small_net(seed)
    return Trainer(model, chosen, classes=CLASSES, seed=seed, **given)  # type: ignore[arg-type]


def same(a: nn.Module, b: nn.Module) -> bool:
    """Whether every weight and buffer is equal to the bit."""
    one, other = a.state_dict(), b.state_dict()
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
