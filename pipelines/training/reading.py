"""Saved models of any kind; torch is loaded for networks only."""

import json
from typing import Any

from pipelines.learn import load_model

NETWORK_MAGIC = "pfd-network"
"""First thing that a saved network says of itself."""


def header_of(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the first line of a saved model, {} where it is none, and what follows."""
    line, found, payload = data.partition(b"\n")
    try:
        header = json.loads(line) if found else {}
    except ValueError:
        header = {}
    return (header if isinstance(header, dict) else {}), payload


def load_any(data: bytes) -> Any:
    """Read a saved `TrainedModel` or `NetworkModel`; its `learns_from` says which.

    Raises
    ------
    InputError
        As `pipelines.learn.load_model` and `pipelines.training.saving.load_network`.
    """
    if header_of(data)[0].get("magic") != NETWORK_MAGIC:
        return load_model(data)
    from pipelines.training.saving import load_network

    return load_network(data)
