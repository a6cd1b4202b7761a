"""Amplitude spectrum, Hann window, whole record or averaged segments (Welch)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra.signal_input import checked_rate, checked_signal


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
    rate = checked_rate(rate_hz)
    signal = checked_signal(x)
    size = signal.size if segment is None else int(segment)
    if not 16 <= size <= signal.size:
        raise InputError(
            f"segment of {size} samples, expected 16 to {signal.size} (the length of the signal)",
            hint="Choose a shorter segment.",
        )
    if not 0 <= overlap <= 0.95:
        raise InputError(f"overlap {overlap}, expected 0 to 0.95", hint="0.5 suits a Hann window.")
    step = max(1, round(size * (1 - overlap)))
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    power = np.zeros(size // 2 + 1)
    starts = range(0, signal.size - size + 1, step)
    for start in starts:
        lines = scipy.fft.rfft(signal[start : start + size] * window)
        power += lines.real.astype(np.float64) ** 2 + lines.imag.astype(np.float64) ** 2
    amplitude = np.sqrt(power / len(starts)) * (2 / window.sum(dtype=np.float64))
    amplitude[0] /= 2
    if size % 2 == 0:
        amplitude[-1] /= 2
    if scale == "rms":
        amplitude /= np.sqrt(2)
    words = f"Hann {size}, Δf {rate / size:.3g} Hz"
    return AmplitudeSpectrum(
        freq_hz=np.arange(size // 2 + 1, dtype=np.float64) * (rate / size),
        amplitude=amplitude.astype(np.float32),
        resolution_hz=rate / size,
        segments=len(starts),
        method=words if len(starts) == 1 else f"Welch, {words}, {len(starts)} segments",
    )
