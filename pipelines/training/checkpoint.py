"""The state of a training in one file, and the refusal of a state that is not of this training."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from pipelines.training.errors import CheckpointMismatchError
from pipelines.training.version import LOOP_VERSION, TRAINING_VERSION
from pipelines.training.weights import from_bytes, to_bytes, write_whole

WORDS = {
    "code": "by other code",
    "configuration": "for another configuration",
    "data": "on other data",
}


@dataclass(frozen=True)
class Identity:
    """What a state belongs to; it may only be continued where all three are the same."""

    code: str
    configuration: str
    data: str


def code_of(model: torch.nn.Module) -> str:
    """The version of the loop, of torch, and the layers of a network with their shapes."""
    shapes = [(name, list(tensor.shape)) for name, tensor in model.state_dict().items()]
    layers = hashlib.sha256(f"{model}{shapes}".encode()).hexdigest()[:16]
    return f"training {TRAINING_VERSION}, loop {LOOP_VERSION}, torch {torch.__version__}, layers {layers}"


def digest(content: Any) -> str:
    """A short hash of plain values."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Checkpoint:
    """A file that holds the last state of a training.

    `every_s` is the longest time of learning that a killed process loses within an epoch.
    """

    path: Path
    every_s: float = 30.0

    def write(self, identity: Identity, state: Mapping[str, Any]) -> None:
        """Replace the state, atomically."""
        write_whole(self.path, to_bytes({"identity": asdict(identity), **state}))

    def read(self, identity: Identity) -> dict[str, Any] | None:
        """Return the state, or None where there is none.

        Raises
        ------
        CheckpointMismatchError
            It is of another training; says in which respect.
        UnreadableWeightsError
            It is no checkpoint.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        state = from_bytes(data, "the checkpoint's contents")
        found = state.get("identity")
        mine = asdict(identity)
        if not isinstance(found, dict):
            raise CheckpointMismatchError("the file is no checkpoint of a training", hint="Start the training anew.")
        differing = [name for name in WORDS if found.get(name) != mine[name]]
        if differing:
            name = differing[0]
            raise CheckpointMismatchError(
                f"the checkpoint was written {' and '.join(WORDS[one] for one in differing)}: "
                f"{found.get(name)}, this is {mine[name]}",
                hint="Start the training anew; to go on from it, use the code, settings and data it was begun with.",
            )
        return state

    def remove(self) -> None:
        """Delete the file, if there is one."""
        self.path.unlink(missing_ok=True)
