"""Bands of an order spectrum in which faults must show, and what is paid for looking elsewhere."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@lru_cache(maxsize=8)
def band_membership(
    length: int, orders: Sequence[float], harmonics: int, tolerance: float, highest_order: float
) -> NDArray[np.bool_]:
    """Return which samples of an order spectrum lie in which band, (bands, length).

    Sample i is the order i highest_order / (length - 1). There is one band for each harmonic of each order, as wide as
    `tolerance` times its own order to both sides; what lies beyond the spectrum is left out.
    """
    at = np.linspace(0.0, highest_order, length)
    centres = np.array(sorted({order * harmonic for order in orders for harmonic in range(1, harmonics + 1)}))
    centres = centres[centres * (1 + tolerance) <= highest_order]
    inside: NDArray[np.bool_] = np.abs(at - centres[:, None]) <= tolerance * centres[:, None]
    return inside


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
