"""Which bins a definition means: lengths, bands and search ranges on the frequency grid.

The reference and the fast path ask the same functions, so they can only differ in arithmetic, never in the choice of
bins.
"""

import math
from bisect import bisect_right
from functools import lru_cache

MIN_SAMPLES = 64

#: Band edges in Hz of the four band energies.
BANDS_HZ = {"low": (0.0, 500.0), "mid": (500.0, 2000.0), "high": (2000.0, 5000.0), "very_high": (5000.0, 10000.0)}

#: Half width of the search around a shaft harmonic, as a part of the harmonic's frequency: nominal speeds of induction
#: machines are off by their slip, 1 to 3 % at full load.
HARMONIC_TOLERANCE = 0.03

#: A rotation below this many bins is not resolved: 1X, 2X and the drift around 0 Hz would share bins.
RESOLVED_BINS = 3

#: Slower modulation than this is drift of the operating point, not a fault's.
MODULATION_FLOOR_HZ = 1.0

#: Samples of one bispectrum segment.
SEGMENT = 512

#: Last bin of the diagonal slice is SLICE_STOP - 1, so that twice its frequency lies below a segment's Nyquist bin.
SLICE_STOP = SEGMENT // 4


@lru_cache(maxsize=1024)
def transform_length(length: int) -> int:
    """Return the largest multiple of 4 not above `length` that has no prime factor above 5.

    Transforms of such a length are exact and fast; the samples beyond it (1 % of a long record on average) are seen by
    the time domain only. Padding with zeros instead would smear every line and add steps at the end of the record.
    """
    smooth = _smooth_multiples_of_4(1 << max(7, length.bit_length()))
    return smooth[bisect_right(smooth, length) - 1]


@lru_cache(maxsize=64)
def _smooth_multiples_of_4(limit: int) -> tuple[int, ...]:
    found = []
    two = 4
    while two <= limit:
        three = two
        while three <= limit:
            five = three
            while five <= limit:
                found.append(five)
                five *= 5
            three *= 3
        two *= 2
    return tuple(sorted(found))


def band_bins(low_hz: float, high_hz: float, samples: int, rate_hz: float) -> tuple[int, int] | None:
    """Return bins (start, stop) with low ≤ f < high, without 0 Hz and Nyquist; None for a band above Nyquist."""
    if low_hz >= rate_hz / 2:
        return None
    start = max(1, math.ceil(low_hz * samples / rate_hz))
    stop = min(samples // 2, math.ceil(high_hz * samples / rate_hz))
    return start, max(start, stop)


def harmonic_bins(multiple: int, shaft_hz: float, samples: int, rate_hz: float) -> tuple[int, int] | None:
    """Return bins (start, stop) to search for a harmonic of the shaft speed, or None where it cannot be seen.

    The search spans ± `HARMONIC_TOLERANCE` of the harmonic's frequency and at least one bin to each side. It is None
    when the speed is unknown (NaN), the rotation is not resolved, or the harmonic lies above Nyquist.
    """
    if not math.isfinite(shaft_hz):
        return None
    centre = multiple * shaft_hz * samples / rate_hz
    if shaft_hz * samples / rate_hz < RESOLVED_BINS or centre >= samples / 2:
        return None
    reach = max(1.0, HARMONIC_TOLERANCE * centre)
    start, stop = math.ceil(centre - reach), math.floor(centre + reach) + 1
    return max(1, start), min(samples // 2, stop)


def modulation_start(samples: int, rate_hz: float) -> int:
    """Return the first bin above `MODULATION_FLOOR_HZ`."""
    return math.floor(MODULATION_FLOOR_HZ * samples / rate_hz) + 1
