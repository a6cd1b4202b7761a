"""How fast a network learns on this machine, timed with the real loop on noise; and how large it is."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.networks import build, sizes
from pipelines.training.declaring import NetworkModelDeclaration
from pipelines.training.devices import best_device
from pipelines.training.learning_set import LearningSet
from pipelines.training.trainer import Trainer

BATCHES = 2
"""Of a timed epoch."""

EPOCHS = 3
"""Epochs that are run; the first also pays for what is set up once, so the fastest of the others counts."""


@dataclass(frozen=True)
class NetworkSpeed:
    """What was measured of a network.

    Attributes
    ----------
    windows_per_s : float
        Windows learned from in a second: forward, backward, the step of the optimiser, and changes of the windows.
    parameters : int
        Numbers that are learned.
    multiply_adds : int
        Of one window, forward.
    device : str
        Where, in words.
    """

    windows_per_s: float
    parameters: int
    multiply_adds: int
    device: str


def probe_network(declaration: NetworkModelDeclaration, given: dict[str, Any], classes: int) -> NetworkSpeed:
    """Train a network for a few batches of noise.

    Parameters
    ----------
    declaration : NetworkModelDeclaration
    given : dict
        Its parameters; what is absent takes its default.
    classes : int
        Classes it is to tell apart, at least 2.

    Raises
    ------
    InputError
        A parameter that does not fit, or windows shorter than the network takes.
    """
    params = declaration.validate(given)
    settings = declaration.training(params)
    model = build(declaration.name, declaration.architecture(params), length=settings.length, classes=classes)
    counted = sizes(model, settings.length)
    bag = settings.bag if settings.pooling != "none" else 1
    recordings = BATCHES * settings.batch_size
    rng = np.random.default_rng(0)
    # lines of a spectrum are amplitudes
    noise = np.abs(rng.standard_normal((recordings * bag, 1, settings.length), dtype=np.float32))
    owner = np.repeat(np.arange(recordings), bag)
    device = best_device()
    timed = settings.model_copy(update={"epochs": EPOCHS, "patience": None, "schedule": "none"})
    trainer = Trainer(model, timed, classes, device=device)
    history = trainer.fit(LearningSet(lambda rows: noise[rows], owner % classes, owner))
    return NetworkSpeed(max(history[1:, "samples_per_s"]), counted.parameters, counted.multiply_adds, device.words)
