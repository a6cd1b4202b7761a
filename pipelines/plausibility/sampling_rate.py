"""Signs in a spectrum that a sampling rate may be wrong; what they are and what they cannot know.

No spectrum tells its rate: every sample set fits every rate. But recorders and machines leave marks at places that are
known in hertz, and a mark at an impossible place speaks against the rate (or against what was said of the machine).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra.signal_input import checked_samples

SEGMENT = 4096
"""Samples of a segment of the spectrum that shows an edge."""

LONGEST = 2**18
"""Samples that are looked at: the first of a longer signal."""

EDGE_SHARE = 0.5
"""Recorders cut at 1/2.56 of the rate (78 % of Nyquist) or above; an edge below half of Nyquist is none of theirs."""

EDGE_DROP_DB = 40.0
"""Fall of an edge. No structure falls so far within a tenth of the band, a filter does."""

PRESENT_DB, ABSENT_DB, CLEAR_DB = 12.0, 6.0, 10.0
"""Height over the median around it of a line that is there, of a place that may be noise, and how much lower than the
lines that are there a place counts as empty."""

RATIOS = (2.0, 4.0)
"""How many times too high a rate is looked for: doubled, or 48 kHz for 12. Rates that are too low are not: lines at
halves and quarters of the shaft's frequency are what looseness and rubs make (Bently, Fundamentals of Rotating
Machinery Diagnostics, 2002)."""

_TOLERANCE = 0.006
_MULTIPLES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class RateCheck:
    """What speaks against a sampling rate.

    Attributes
    ----------
    edge_share : float, optional
        Where the spectrum ends as a filter ends it, as a share of the Nyquist frequency; None: nowhere.
    shaft_ratio : float, optional
        The lines of the shaft stand at so many times the frequency that rate and speed say; None: they stand where
        they should, or none is seen.
    reasons : tuple of str
        The same in words; empty if nothing speaks against the rate, which does not make it right.
    """

    edge_share: float | None
    shaft_ratio: float | None
    reasons: tuple[str, ...]


def check_rate(x: ArrayLike, rate_hz: float, *, speed_rpm: float | None = None) -> RateCheck:
    """Look for signs that a sampling rate is wrong.

    Parameters
    ----------
    x : (L,) array_like
        One signal; the first `LONGEST` samples are looked at.
    rate_hz : float
        The rate that is doubted, Hz.
    speed_rpm : float, optional
        Shaft speed; without it lines cannot be at a wrong place.

    Raises
    ------
    InputError
        Unusable signal, or a rate that is not above zero.
    """
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise InputError(f"a rate of {rate_hz} Hz, expected one above zero")
    values = checked_samples(np.asarray(x).ravel()[:LONGEST]).astype(np.float64)
    values = values - values.mean()
    edge = _edge(values)
    ratio = _shaft(values, rate_hz, speed_rpm) if speed_rpm else None
    reasons = []
    if edge is not None:
        reasons.append(
            f"the spectrum ends like a filter at {edge:.0%} of Nyquist: resampled, filtered on purpose, or a wrong rate"
        )
    if ratio is not None:
        reasons.append(
            f"the lines of the shaft stand at {ratio:g} times where rate and speed put them: one of the two is wrong"
        )
    return RateCheck(edge, ratio, tuple(reasons))


def _edge(values: NDArray[np.float64]) -> float | None:
    """Where the spectrum falls off as a filter makes it, as a share of Nyquist."""
    from scipy.ndimage import median_filter
    from scipy.signal import welch

    size = min(SEGMENT, values.size)
    if size < 512 or not values.any():
        return None
    # a window whose side lobes lie lower than any edge that is looked for
    _, power = welch(values, nperseg=size, window="blackmanharris", detrend=False)
    level = 10 * np.log10(np.maximum(power, power.max() * 1e-20))
    level = median_filter(level, size=max(5, level.size // 64), mode="nearest")
    step = level.size // 64
    best, at = 0.0, 0
    for place in range(3 * step, int(0.85 * level.size), step):
        width = max(step, place // 2)
        below = float(np.median(level[place - width : place]))
        # everything above must lie below the edge, not a notch between two bands
        above = float(np.quantile(level[place + max(step, level.size // 20) :], 0.95))
        if below - above > best:
            best, at = below - above, place
    share = at / level.size
    return share if best > EDGE_DROP_DB and share < EDGE_SHARE else None


def _shaft(values: NDArray[np.float64], rate_hz: float, speed_rpm: float) -> float | None:
    """How far off the lines of the shaft stand, as one of `RATIOS`."""
    from scipy.signal import welch

    turn = speed_rpm / 60
    size = min(values.size, 2 ** int(np.ceil(np.log2(12 * rate_hz / turn))))
    frequency, power = welch(values, rate_hz, nperseg=size, window="hann", detrend=False)
    # less than eight lines between two harmonics, and a line cannot be told from what surrounds it
    if frequency[1] * 8 > turn or not power.any():
        return None
    level = 10 * np.log10(np.maximum(power, power.max() * 1e-20))

    def height(at: float) -> float:
        """Level at a frequency over the median of half a turn to each side."""
        reach = max(frequency[1], _TOLERANCE * at)
        near = np.abs(frequency - at) <= reach
        around = (np.abs(frequency - at) <= turn / 2 * min(1.0, at / turn)) & ~near
        if not near.any() or around.sum() < 6:
            return float("nan")
        return float(level[near].max() - np.median(level[around]))

    for ratio in RATIOS:
        lines = [multiple * ratio for multiple in _MULTIPLES]
        seen = min(height(line * turn) for line in lines)
        elsewhere = [height(one * turn) for one in _MULTIPLES if one not in lines]
        if seen >= PRESENT_DB and all(one < max(ABSENT_DB, seen - CLEAR_DB) for one in elsewhere):
            return ratio
    return None
