"""How large a network is and how much it computes."""

import copy
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.networks.network import Network


@dataclass(frozen=True, slots=True)
class Sizes:
    """Size of a network.

    Attributes
    ----------
    parameters : int
        Numbers that are learned.
    multiply_adds : int
        Of one record, forward; training costs about three times as many. Convolutions, products of matrices,
        attention and Fourier transforms (a transform of n points as 2 n log2 n) are counted, the rest is small.
    length : int
        Samples of that record.
    """

    parameters: int
    multiply_adds: int
    length: int


def sizes(network: "Network", length: int) -> Sizes:
    """Count the parameters of a network and its multiply-adds for one record; nothing is computed, only shapes.

    Parameters
    ----------
    network : Network
    length : int
        Samples of a record.

    Raises
    ------
    InputError
        Fewer samples than the network takes.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    fft = torch.ops.aten
    counted = {fft._fft_r2c: _transform, fft._fft_c2c: _transform}
    shapes_only = copy.deepcopy(network).to("meta").eval()
    with torch.no_grad(), FlopCounterMode(display=False, custom_mapping=counted) as counter:
        shapes_only(torch.empty(1, network.channels, length, device="meta"))
    parameters = sum(one.numel() for one in network.parameters() if one.requires_grad)
    return Sizes(parameters, counter.get_total_flops() // 2, length)


def _transform(shape: tuple[int, ...], dims: Any, *_: Any, **__: Any) -> int:
    """Return the operations of Fourier transforms over `dims`, two a multiply-add."""
    points = math.prod(shape[dim] for dim in dims)
    return 2 * round(2 * math.prod(shape) * math.log2(max(points, 2)))
