"""A network's weights as a `.pt` that anybody may open: tensors and plain values, no code."""

from dataclasses import dataclass
from typing import Any

from pipelines.errors import InputError
from pipelines.exchange.facts import ModelFacts
from pipelines.training.network_model import NetworkModel
from pipelines.training.saving import as_plain, from_plain
from pipelines.training.weights import from_bytes, to_bytes
from pipelines.training.window_network import WindowNetwork

WEIGHTS_FORMAT = "pfd-weights-1"


@dataclass(frozen=True)
class ReadWeights:
    """A network that was read from a file, and what the file says of it."""

    network: WindowNetwork
    classes: tuple[str, ...]
    facts: dict[str, str]


def write_weights(model: NetworkModel, facts: ModelFacts) -> bytes:
    """Return the weights with what is needed to use them, in torch's .pt format."""
    return to_bytes(
        {
            "format": WEIGHTS_FORMAT,
            "network": as_plain(model.network),
            "classes": list(model.classes),
            "target": model.target,
            "facts": facts.plain(),
        }
    )


def read_weights(data: bytes) -> ReadWeights:
    """Read what `write_weights` wrote; nothing in the file is run.

    Raises
    ------
    UnreadableWeightsError
        Damaged, or it holds anything but tensors and plain values.
    InputError
        Another format, or tensors that do not fit the network they are named for.
    """
    content: dict[str, Any] = from_bytes(data, "the file's contents")
    if content.get("format") != WEIGHTS_FORMAT:
        raise InputError(
            f"a file of the format {content.get('format')!r}, expected {WEIGHTS_FORMAT!r}",
            hint="Export the model again; training states and files of others are not read here.",
        )
    try:
        network = from_plain(content["network"])
        _ = network.model  # the weights must fit the layers
        return ReadWeights(network, tuple(content["classes"]), dict(content["facts"]))
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise InputError(f"the weights do not fit the network they name: {error}", hint="Export it again.") from error
