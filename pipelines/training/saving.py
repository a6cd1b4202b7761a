"""Networks as bytes, and back without running anybody's code.

A line of JSON (magic, versions, checksum), then tensors and plain values in torch's .pt format.
"""

import hashlib
import json
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from pipelines.errors import InputError
from pipelines.learn.calibration import Calibration
from pipelines.learn.environment import environment
from pipelines.learn.novelty import NoveltyGate
from pipelines.learn.plain import calibration_from, plain_calibration, plain_sets, sets_from
from pipelines.learn.standardiser import Standardiser
from pipelines.training.network_model import NetworkModel
from pipelines.training.reading import NETWORK_MAGIC, header_of
from pipelines.training.settings import InputSettings
from pipelines.training.tasks import TaskScale
from pipelines.training.version import TRAINING_VERSION
from pipelines.training.weights import from_bytes, to_bytes
from pipelines.training.window_network import WindowNetwork
from pipelines.training.windows import Scaling


def save_network(model: NetworkModel) -> bytes:
    """Return the model as bytes that `load_network` reads."""
    prepare = model.standardiser
    arrays = {"kept": prepare.kept, "median": prepare.median, "mean": prepare.mean, "scale": prepare.scale}
    content = {
        "network": as_plain(model.network),
        "standardiser": {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()},
        "gate": {
            "reference": torch.from_numpy(np.ascontiguousarray(model.gate.reference)),
            "threshold": model.gate.threshold,
            "most_missing": model.gate.most_missing,
        },
        "about": json.dumps(
            {
                "model": model.model,
                "target": model.target,
                "classes": model.classes,
                "features": model.features,
                "trained_on": model.trained_on,
                "conformal": plain_sets(model.conformal),
            }
        ),
    }
    payload = to_bytes(content)
    header = {
        "magic": NETWORK_MAGIC,
        "environment": environment() | model.made_with,
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    return json.dumps(header, sort_keys=True).encode() + b"\n" + payload


def load_network(data: bytes) -> NetworkModel:
    """Read a model written by `save_network`.

    Raises
    ------
    InputError
        The bytes are no such model, were changed, hold more than numbers, or were written by another version.
    """
    header, payload = header_of(data)
    if header.get("magic") != NETWORK_MAGIC:
        raise InputError("these bytes are not a saved network", hint="save networks with save_network")
    if hashlib.sha256(payload).hexdigest() != header.get("sha256"):
        raise InputError("the saved network is damaged: its checksum does not match", hint="train it again")
    saved = dict(header.get("environment", {}))
    if saved.get("training") != TRAINING_VERSION:
        raise InputError(
            f"the network was saved by training {saved.get('training')}, this is {TRAINING_VERSION}",
            hint="train the model again",
        )
    plain = from_bytes(payload, "the saved network's contents")
    try:
        told = json.loads(plain["about"])
        kept = {name: tensor.numpy() for name, tensor in plain["standardiser"].items()}
        gate = plain["gate"]
        model = NetworkModel(
            listener=from_plain(plain["network"]),
            standardiser=Standardiser(**kept),
            gate=NoveltyGate(gate["reference"].numpy(), gate["threshold"], gate["most_missing"]),
            model=told["model"],
            target=told["target"],
            classes=tuple(told["classes"]),
            features=tuple(told["features"]),
            trained_on=told["trained_on"],
            conformal=sets_from(told.get("conformal")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"the saved network is incomplete: {error}", hint="train it again") from error
    if saved.get("torch") != torch.__version__:
        note = f"Saved with torch {saved.get('torch')}, read with {torch.__version__}: predictions may differ slightly."
        model = replace(model, notes=(note,))
    return model


def as_plain(network: WindowNetwork) -> dict[str, Any]:
    """The network as tensors and plain values."""
    return {
        "network": network.network,
        "architecture": {n: list(v) if isinstance(v, tuple) else v for n, v in network.architecture.items()},
        "classes": network.classes,
        "input": network.input.model_dump(mode="json"),
        "rate_hz": network.rate_hz,
        "scaling": [network.scaling.mean, network.scaling.spread],
        "weights": dict(network.weights),
        "calibration": plain_calibration(network.calibration),
        "scales": {task: [scale.centre, scale.spread] for task, scale in network.scales.items()},
    }


def from_plain(plain: dict[str, Any]) -> WindowNetwork:
    """The network that `as_plain` took apart."""
    weights: dict[str, torch.Tensor] = plain["weights"]
    # networks saved before there were several ways to calibrate have a temperature only
    calibration = (
        calibration_from(plain["calibration"])
        if "calibration" in plain
        else Calibration(plain["temperature"], None, plain["calibrated"])
    )
    return WindowNetwork(
        network=plain["network"],
        architecture=plain["architecture"],
        classes=plain["classes"],
        input=InputSettings.model_validate(plain["input"]),
        rate_hz=plain["rate_hz"],
        scaling=Scaling(*plain["scaling"]),
        weights=weights,
        calibration=calibration,
        scales={task: TaskScale(*scale) for task, scale in plain.get("scales", {}).items()},
    )
