"""Cepstrum: families of evenly spaced lines, gathered into one peak each."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra.averaged import averaged_spectrum

#: Lines more than this below the mean power count as so low: the logarithm of nothing would outweigh all else.
FLOOR = 1e-12


@dataclass(frozen=True, slots=True)
class Cepstrum:
    """Cepstrum over quefrency.

    Attributes
    ----------
    quefrency_s : (Q,) float64
        0 up to half the segment; a family of lines Δf apart peaks at 1/Δf.
    values : (Q,) float32 or float64, as the signal
    kind : {"real", "power"}
    segments : int
    method : str
    """

    quefrency_s: NDArray[np.float64]
    values: NDArray[np.floating]
    kind: Literal["real", "power"]
    segments: int
    method: str


def cepstrum(
    x: ArrayLike,
    rate_hz: float,
    *,
    kind: Literal["real", "power"] = "real",
    window: str = "hann",
    segment: int | None = None,
    overlap: float = 0.5,
) -> Cepstrum:
    """Inverse transform of the logarithm of the spectrum (Randall, Mech. Syst. Signal Process. 97 (2017) 3).

    Parameters
    ----------
    x : (L,) array_like
        One signal.
    rate_hz : float
        Sampling rate, Hz.
    kind : {"real", "power"}
        ``real``: F⁻¹(ln |X|), signed, an echo of strength a peaks at a/2. ``power``: |F⁻¹(ln |X|²)|² (Bogert 1963).
    window, segment, overlap
        As in `averaged_spectrum`; the powers of the segments are averaged before the logarithm.

    Raises
    ------
    InputError
        Unusable signal, rate, segment or overlap, a silent signal, or an unknown kind.
    UnknownNameError
        Unknown window.
    """
    if kind not in ("real", "power"):
        raise InputError(f"cepstrum {kind!r}, expected 'real' or 'power'", hint="real keeps the sign of echoes.")
    found = averaged_spectrum(x, rate_hz, scale="power", window=window, segment=segment, overlap=overlap)
    power = found.values.astype(np.float64)
    floor = FLOOR * float(power.mean())
    if floor <= 0:
        raise InputError("the signal is constant: it has no cepstrum", hint="Choose a signal with vibration in it.")
    power[0] = power[1]
    real = scipy.fft.irfft(0.5 * np.log(np.maximum(power, floor)), found.segment)[: found.segment // 2 + 1]
    values = real if kind == "real" else (2 * real) ** 2
    return Cepstrum(
        quefrency_s=np.arange(values.size) / float(rate_hz),
        values=values.astype(found.values.dtype),
        kind=kind,
        segments=found.segments,
        method=f"{kind} cepstrum, {found.method}",
    )
