"""Amplitude spectrum, Hann window, whole record or averaged segments (Welch)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.spectra.averaged import averaged_spectrum
from pipelines.spectra.signal_input import checked_signal


@dataclass(frozen=True, slots=True)
class AmplitudeSpectrum:
    """One-sided amplitude spectrum.

    Attributes
    ----------
    freq_hz : (K,) float64
    amplitude : (K,) float32
        Unit of the signal; a sine of amplitude A at a line reads A (``peak``) or A/sqrt(2) (``rms``).
    resolution_hz : float
        Distance of two lines.
    segments : int
        Segments averaged.
    method : str
        In words, for captions.
    """

    freq_hz: NDArray[np.float64]
    amplitude: NDArray[np.float32]
    resolution_hz: float
    segments: int
    method: str


def amplitude_spectrum(
    x: ArrayLike,
    rate_hz: float,
    *,
    segment: int | None = None,
    overlap: float = 0.5,
    scale: Literal["peak", "rms"] = "peak",
) -> AmplitudeSpectrum:
    """Amplitude spectrum with a Hann window, corrected for the window's coherent gain (Heinzel et al. 2002, eq. 24).

    Parameters
    ----------
    x : (L,) array_like
        One signal; its mean is removed.
    rate_hz : float
        Sampling rate, Hz.
    segment : int, optional
        Samples per averaged segment (Welch 1967); the whole record if omitted. Powers are averaged, then rooted.
    overlap : float
        Share of a segment that the next one repeats, 0 up to 0.95.
    scale : {"peak", "rms"}
        What a sine reads.

    Raises
    ------
    InputError
        Unusable signal, rate, segment (shorter than 16 or longer than the signal) or overlap.
    """
    found = averaged_spectrum(checked_signal(x), rate_hz, scale=scale, window="hann", segment=segment, overlap=overlap)
    return AmplitudeSpectrum(
        freq_hz=found.freq_hz,
        amplitude=found.values.astype(np.float32, copy=False),
        resolution_hz=found.resolution_hz,
        segments=found.segments,
        method=found.method,
    )
