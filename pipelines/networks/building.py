"""A network from its name and settings, the same for the same seed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipelines.errors import InputError
from pipelines.networks.declared import NETWORKS

if TYPE_CHECKING:
    from pipelines.networks.network import Network


def build(
    name: str,
    settings: Mapping[str, Any] | None = None,
    *,
    channels: int = 1,
    length: int,
    classes: int,
    seed: int = 0,
) -> "Network":
    """Build a network with weights drawn from the seed; torch is loaded here and not before.

    Parameters
    ----------
    name : str
        One of `NETWORKS`.
    settings : mapping
        What is absent takes its default.
    channels : int
        Channels of a record.
    length : int
        Samples of a record; the network takes any other length from its `smallest_length` on too, and its weights do
        not depend on it.
    classes : int
    seed : int
        The global generator of torch is left as it was.

    Raises
    ------
    UnknownNameError
        There is no such network.
    InputError
        Wrong settings, or a length below the smallest.
    """
    declaration = NETWORKS[name]
    chosen = declaration.validate(settings or {})
    if channels < 1 or classes < 2:
        raise InputError(
            f"{channels} channels and {classes} classes, expected at least one channel and two classes",
            hint="There is nothing to tell apart otherwise.",
        )

    import torch

    from pipelines.networks.network import too_short

    if length < chosen.smallest_length():
        raise too_short(length, chosen.smallest_length())
    with torch.random.fork_rng(devices=[]):
        # torch.manual_seed would seed the accelerators too, which the fork does not restore
        torch.default_generator.manual_seed(seed)
        return declaration.builder()(chosen, channels, classes)
