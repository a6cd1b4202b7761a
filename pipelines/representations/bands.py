"""Which bands are demodulated: by a rule in Hz that is the same for every record, or by the kurtogram."""

import math

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError
from pipelines.spectra.kurtogram import kurtogram

REFERENCE_HZ = 1000.0
"""Reference frequency of octave bands (IEC 61260-1)."""

OCTAVES_WIDE = (1, 2)
KURTOGRAM_DEPTH = 5


def bands_for(rule: str, x: NDArray[np.float32], rate_hz: float, widest_hz: float) -> tuple[tuple[float, float], ...]:
    """Bands (low, high) in Hz, none narrower than `widest_hz`, the highest modulation that is to be seen.

    Raises
    ------
    InputError
        Half the rate is less than that.
    """
    if widest_hz > rate_hz / 2:
        raise InputError(
            f"modulation up to {widest_hz:.5g} Hz does not fit below half the rate of {rate_hz:g} Hz",
            hint="Use a record of a higher rate, fewer harmonics or a lower highest order.",
        )
    return octave_bands(rate_hz, widest_hz) if rule == "octaves" else (_most_impulsive(x, rate_hz, widest_hz),)


def octave_bands(rate_hz: float, widest_hz: float) -> tuple[tuple[float, float], ...]:
    """Half-overlapping bands of one and two octaves that fit below half the rate, and the whole spectrum."""
    found = [(0.0, rate_hz / 2)]
    for octaves in OCTAVES_WIDE:
        step = octaves / 2
        top = math.floor(math.log2(rate_hz / 2 / REFERENCE_HZ) / step + 1e-9)
        # a band up to f is f (1 - 2^-octaves) wide
        bottom = math.ceil(math.log2(widest_hz / (1 - 2.0**-octaves) / REFERENCE_HZ) / step - 1e-9)
        highs = [REFERENCE_HZ * 2 ** (k * step) for k in range(bottom, top + 1)]
        found += [(high * 2.0**-octaves, high) for high in highs]
    return tuple(found)


def _most_impulsive(x: NDArray[np.float32], rate_hz: float, widest_hz: float) -> tuple[float, float]:
    depth = min(KURTOGRAM_DEPTH, int(math.log2(x.size / 64)))
    cells = kurtogram(x, rate_hz, depth=depth).cells()
    wide = [cell for cell in cells if cell.band_hz[1] - cell.band_hz[0] >= widest_hz]
    return max(wide, key=lambda cell: cell.kurtosis).band_hz
