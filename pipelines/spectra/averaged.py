"""Averaged spectra through any window: amplitudes, powers, densities."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra.signal_input import checked_overlap, checked_rate, checked_samples
from pipelines.spectra.windows import window_of

Scale = Literal["peak", "rms", "power", "psd"]
Average = Literal["power", "peak hold"]

#: What a value is measured in, `{unit}` being that of the signal.
SCALE_UNITS: dict[str, str] = {"peak": "{unit}", "rms": "{unit}", "power": "{unit}²", "psd": "{unit}²/Hz"}

# transforms of blocks this large stay in the processor's cache
_BLOCK_SAMPLES = 1 << 16


@dataclass(frozen=True, slots=True)
class AveragedSpectrum:
    """One-sided spectrum.

    Attributes
    ----------
    freq_hz : (K,) float64
    values : (K,) float32 or float64, as the signal
        A sine of amplitude A at a line reads A (``peak``), A/√2 (``rms``) or A²/2 (``power``); ``psd`` is a density,
        whose integral over frequency is the mean square.
    scale : {"peak", "rms", "power", "psd"}
    unit : str
        With ``{unit}`` in the place of the signal's.
    resolution_hz : float
        Distance of two lines.
    enbw_hz : float
        Equivalent noise bandwidth: how wide a line is for noise.
    segments : int
        Segments averaged.
    segment : int
        Samples of each.
    window : str
    method : str
        In words, for captions.
    """

    freq_hz: NDArray[np.float64]
    values: NDArray[np.floating]
    scale: Scale
    unit: str
    resolution_hz: float
    enbw_hz: float
    segments: int
    segment: int
    window: str
    method: str

    def decibels(self, reference: float = 1.0) -> NDArray[np.floating]:
        """Values in dB re `reference` (in the signal's unit: amplitudes and powers alike), (K,).

        A line that is exactly zero lies 400 dB below the reference, not at minus infinity.
        """
        if not (np.isfinite(reference) and reference > 0):
            raise InputError(f"reference {reference}, expected a positive number", hint="1 g or 1 mm/s suits.")
        amplitude = self.values if self.scale in ("peak", "rms") else np.sqrt(self.values)
        return 20 * np.log10(np.maximum(amplitude / amplitude.dtype.type(reference), amplitude.dtype.type(1e-20)))


def averaged_spectrum(
    x: ArrayLike,
    rate_hz: float,
    *,
    scale: Scale = "rms",
    window: str = "hann",
    segment: int | None = None,
    overlap: float = 0.5,
    average: Average = "power",
) -> AveragedSpectrum:
    """Spectrum of overlapping segments (Welch, IEEE Trans. Audio Electroacoust. 15 (1967) 70).

    Amplitudes are corrected for the window's coherent gain, densities for its power (Heinzel, Rüdiger and Schilling
    2002, eqs. 23 and 24). The mean of the whole record is removed first.

    Parameters
    ----------
    x : (L,) array_like
        One signal.
    rate_hz : float
        Sampling rate, Hz.
    scale : {"peak", "rms", "power", "psd"}
        What is returned, see `AveragedSpectrum.values`.
    window : str
        A name of `WINDOW_SHAPES`.
    segment : int, optional
        Samples per segment; the whole record if omitted.
    overlap : float
        Share of a segment that the next one repeats, 0 up to 0.95.
    average : {"power", "peak hold"}
        Mean of the powers, or the highest of each line.

    Raises
    ------
    InputError
        Unusable signal, rate, scale, segment (shorter than 16 or longer than the signal) or overlap.
    UnknownNameError
        Unknown window.
    """
    rate = checked_rate(rate_hz)
    samples = checked_samples(x)
    signal = (samples - samples.mean(dtype=np.float64)).astype(samples.dtype, copy=False)
    size = checked_segment(segment, signal.size)
    step = max(1, round(size * (1 - checked_overlap(overlap))))
    if scale not in SCALE_UNITS:
        raise InputError(f"scale {scale!r}, expected one of {', '.join(SCALE_UNITS)}", hint="rms is usual.")
    if average not in ("power", "peak hold"):
        raise InputError(f"average {average!r}, expected 'power' or 'peak hold'", hint="power is usual.")
    shape = window_of(window, size)
    frames = sliding_window_view(signal, size)[::step]
    power = _collected(frames, shape.values.astype(signal.dtype), hold=average == "peak hold")
    power *= 2 / shape.total**2
    power[0] /= 2
    if size % 2 == 0:
        power[-1] /= 2
    resolution = rate / size
    words = f"{shape.title} {size}, Δf {resolution:.3g} Hz"
    count = frames.shape[0]
    how = "Welch" if average == "power" else "peak hold"
    return AveragedSpectrum(
        freq_hz=np.arange(size // 2 + 1, dtype=np.float64) * resolution,
        values=_scaled(power, scale, resolution * shape.enbw_bins, even=size % 2 == 0).astype(signal.dtype),
        scale=scale,
        unit=SCALE_UNITS[scale],
        resolution_hz=resolution,
        enbw_hz=resolution * shape.enbw_bins,
        segments=count,
        segment=size,
        window=window,
        method=words if count == 1 else f"{how}, {words}, {count} segments",
    )


def checked_segment(segment: int | None, length: int) -> int:
    """Samples of a segment; raises unless they are 16 to the length of the signal."""
    size = length if segment is None else int(segment)
    if not 16 <= size <= length:
        raise InputError(
            f"segment of {size} samples, expected 16 to {length} (the length of the signal)",
            hint="Choose a shorter segment.",
        )
    return size


def _collected(frames: NDArray[np.floating], window: NDArray[np.floating], *, hold: bool) -> NDArray[np.float64]:
    """Mean (or highest) of |X|² over the frames, (K,) float64."""
    rows = max(1, _BLOCK_SAMPLES // frames.shape[1])
    power = np.zeros(frames.shape[1] // 2 + 1)
    for start in range(0, frames.shape[0], rows):
        lines = scipy.fft.rfft(frames[start : start + rows] * window, axis=-1)
        block = lines.real.astype(np.float64) ** 2 + lines.imag.astype(np.float64) ** 2
        power = np.maximum(power, block.max(axis=0)) if hold else power + block.sum(axis=0)
    return power if hold else power / frames.shape[0]


def _scaled(power: NDArray[np.float64], scale: Scale, enbw_hz: float, *, even: bool) -> NDArray[np.float64]:
    if scale == "power":
        return power
    if scale == "psd":
        return power / enbw_hz
    amplitude = np.sqrt(power)
    if scale == "peak":
        # the mean and the line at half the rate are one-sided already: their amplitude is their rms
        amplitude[1 : -1 if even else None] *= np.sqrt(2)
    return amplitude
