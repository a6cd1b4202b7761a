"""Saved models of any kind; torch is loaded for networks only."""

import json
from typing import Any

from pipelines.learn import load_model

NETWORK_MAGIC = "pfd-network"
"""First thing that a saved network says of itself."""
ROCKET_MAGIC = "pfd-minirocket"
"""First thing that a saved MiniRocket says of itself."""


def header_of(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the first line of a saved model, {} where it is none, and what follows."""
    line, found, payload = data.partition(b"\n")
    try:
        header = json.loads(line) if found else {}
    except ValueError:
        header = {}
    return (header if isinstance(header, dict) else {}), payload


def load_any(data: bytes) -> Any:
    """Read a saved `TrainedModel`, `RocketModel` or `NetworkModel`; its `learns_from` says what it is given.

    Raises
    ------
    InputError
        As `pipelines.learn.load_model`, `pipelines.training.rocket_saving.load_rocket` and
        `pipelines.training.saving.load_network`.
    """
    magic = header_of(data)[0].get("magic")
    if magic == ROCKET_MAGIC:
        from pipelines.training.rocket_saving import load_rocket

        return load_rocket(data)
    if magic != NETWORK_MAGIC:
        return load_model(data)
    from pipelines.training.saving import load_network

    return load_network(data)
