"""Bands of an order spectrum in which faults must show, and what is paid for looking elsewhere."""

import math
from functools import lru_cache

import torch
from torch import Tensor


@lru_cache(maxsize=8)
def band_edges(
    length: int, orders: tuple[float, ...], harmonics: int, tolerance: float, highest_order: float
) -> tuple[tuple[int, int], ...]:
    """Return the first sample of an order spectrum that lies in each band, and the first after it.

    Sample i is the order i highest_order / (length - 1). There is one band for each harmonic of each order, as wide as
    `tolerance` times its own order to both sides; what reaches beyond the spectrum is left out.
    """
    lines = (length - 1) / highest_order
    centres = sorted({order * harmonic for order in orders for harmonic in range(1, harmonics + 1)})
    return tuple(
        (math.ceil(centre * (1 - tolerance) * lines), math.floor(centre * (1 + tolerance) * lines) + 1)
        for centre in centres
        if centre * (1 + tolerance) <= highest_order
    )


def band_energy_penalty(attention: Tensor, energy: Tensor, inside: Tensor) -> Tensor:
    """Return the share of the attended energy that lies outside all bands, 0 to 1, the mean over the batch.

    With attention a and energy e of the samples i it is ``1 − Σ_{i inside} a_i e_i / Σ_i a_i e_i``. Its gradient
    ``∂/∂a_i = (e_i / Σ a e) (Σ_{inside} a e / Σ a e − [i inside])`` is negative inside the bands and positive outside:
    descent moves the attention into the bands, most where there is most energy.

    Parameters
    ----------
    attention : (batch, length)
        Not negative.
    energy : (batch, length)
        Not negative.
    inside : (length,) bool
        What lies in any band.
    """
    attended = attention * energy
    total = attended.sum(dim=-1)
    # a record without energy attends to none outside
    outside = torch.where(inside, torch.zeros_like(attended), attended).sum(dim=-1)
    return (outside / total.clamp_min(torch.finfo(total.dtype).tiny)).mean()
