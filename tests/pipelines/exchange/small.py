"""A small fitted network, and the facts its files carry."""

import numpy as np
from numpy.typing import NDArray

from pipelines.exchange import ModelFacts
from pipelines.learn.temperature import soften
from pipelines.networks import NETWORKS, build
from pipelines.training.saving import from_plain
from pipelines.training.settings import InputSettings
from pipelines.training.window_network import WindowNetwork
from pipelines.training.windows import Scaling

CLASSES = ("healthy", "inner_race", "outer_race")
LENGTH = 256
RATE_HZ = 12_000.0
FACTS = ModelFacts(
    "id", "rig cnn:3", "a" * 64, "rig", "2", "b" * 32, "held out by recording", "c" * 64, "2026-11-22T07:00:00"
)


def fitted(name: str = "cnn_1d", scaling: Scaling | None = None, **given: object) -> WindowNetwork:
    """A network with weights of its own, whose logits are far apart."""
    small = {"width": 4, "stages": 2} if name == "cnn_1d" else {}
    least = NETWORKS[name].validate(small).smallest_length()
    settings = InputSettings.model_validate({"length": max(LENGTH, least + 100 if least > LENGTH else 0)} | given)
    made = build(name, small, length=settings.length, classes=len(CLASSES), seed=3)
    made.head.weight.data *= 20.0
    scale = scaling or Scaling(0.5, 2.0)
    return from_plain(
        {
            "network": name,
            "architecture": NETWORKS[name].validate(small).model_dump(),
            "classes": len(CLASSES),
            "input": settings.model_dump(mode="json"),
            "rate_hz": RATE_HZ,
            "scaling": [scale.mean, scale.spread],
            "weights": {key: tensor.clone() for key, tensor in made.state_dict().items()},
            "temperature": 1.7,
            "calibrated": True,
        }
    )


def windows(network: WindowNetwork, count: int = 12, seed: int = 0) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return (0.5 + 3.0 * rng.standard_normal((count, 1, network.input.length))).astype(np.float32)


def answers(network: WindowNetwork, x: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the network says of windows that are not scaled."""
    logits = network.logits(network.scaling.apply(x))
    return logits, soften(logits, network.temperature)
