"""Spectra of consecutive pieces of a recording: how much a healthy machine varies by itself."""

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra import amplitude_spectrum, envelope_spectrum
from pipelines.spectra.signal_input import checked_rate, checked_samples

AVERAGED = 4
"""Segments averaged in the spectrum of one piece, half overlapping: 2.5 segments of samples."""

MOST_PIECES = 16
"""Pieces of one recording; more of the same minute tell little."""


def spectrum_pieces(x: ArrayLike, rate_hz: float, *, resolution_hz: float, lines: int) -> NDArray[np.float32]:
    """Welch amplitude spectra (rms) of consecutive pieces, (P, `lines`), P from 1 to `MOST_PIECES`.

    Parameters
    ----------
    x : (L,) array_like
        One signal.
    rate_hz : float
        Its rate, Hz.
    resolution_hz : float
        Distance of two lines, by which the segment is chosen to the nearest sample. A recording at another speed is
        given its resolution times the ratio of speeds: then line k is the same order in both.
    lines : int
        Lines kept, from zero.

    Raises
    ------
    InputError
        Unusable signal, one shorter than a segment, or more lines than half the rate holds.
    """
    rate = checked_rate(rate_hz)
    samples = checked_samples(x)
    segment = round(rate / resolution_hz)
    if segment > samples.size or segment // 2 + 1 < lines:
        raise InputError(
            f"{samples.size / rate:g} s at {rate:g} Hz hold no {lines} lines of {resolution_hz:g} Hz",
            hint="Use a coarser resolution, a lower limit, or a longer recording.",
        )
    each = segment * (AVERAGED + 1) // 2
    count = min(MOST_PIECES, max(1, samples.size // each))
    return np.stack(
        [
            amplitude_spectrum(part, rate, segment=segment, scale="rms").amplitude[:lines]
            for part in _cut(samples, count)
        ]
    )


def envelope_pieces(
    x: ArrayLike, rate_hz: float, *, band: tuple[float, float], resolution_hz: float, lines: int
) -> NDArray[np.float32]:
    """Squared-envelope spectra of consecutive pieces of 1/`resolution_hz`, (P, `lines`); as `spectrum_pieces`.

    Raises
    ------
    InputError
        Unusable signal or band, a recording shorter than a piece, or more lines than the band carries.
    """
    rate = checked_rate(rate_hz)
    samples = checked_samples(x)
    each = round(rate / resolution_hz)
    if each > samples.size:
        raise InputError(
            f"{samples.size / rate:g} s are shorter than a piece of {1 / resolution_hz:g} s",
            hint="Use a coarser resolution or a longer recording.",
        )
    count = min(MOST_PIECES, samples.size // each)
    starts = np.linspace(0, samples.size - each, count).astype(np.intp)
    spectra = [envelope_spectrum(samples[start : start + each], rate, band=band).amplitude for start in starts]
    if min(one.size for one in spectra) < lines:
        raise InputError(
            f"the band {band[0]:g} to {band[1]:g} Hz carries no {lines} lines of {resolution_hz:g} Hz",
            hint="Widen the band or lower the limit.",
        )
    return np.stack([one[:lines] for one in spectra])


def _cut(samples: NDArray[np.floating], count: int) -> list[NDArray[np.floating]]:
    edges = np.linspace(0, samples.size, count + 1).astype(np.intp)
    return [samples[start:stop] for start, stop in pairwise(edges)]
