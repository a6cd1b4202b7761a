"""Envelope spectrum of a band, from the band's own spectral lines only."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra.floor import running_floor
from pipelines.spectra.signal_input import checked_band, checked_rate, checked_signal


@dataclass(frozen=True, slots=True)
class EnvelopeSpectrum:
    """One-sided spectrum of the (squared) envelope of a band.

    Attributes
    ----------
    freq_hz : (K,) float64
        Modulation frequency.
    amplitude : (K,) float32
        Amplitude of each modulation line: unit of the signal, squared for a squared envelope.
    mean_level : float
        Mean of the envelope, same unit; ``amplitude / mean_level`` is the modulation depth.
    resolution_hz : float
    band_hz : (float, float)
        Band that was demodulated.
    squared : bool
    method : str
    """

    freq_hz: NDArray[np.float64]
    amplitude: NDArray[np.float32]
    mean_level: float
    resolution_hz: float
    band_hz: tuple[float, float]
    squared: bool
    method: str

    def power_over_floor(self, width_hz: float) -> NDArray[np.float32]:
        """Power of each line over the running median of `width_hz` around it, (K,): 1 is the floor."""
        width = max(3, round(width_hz / self.resolution_hz))
        power = self.amplitude.astype(np.float64) ** 2
        floor = running_floor(power, width)
        tiny = max(float(power.max(initial=0.0)) * 1e-12, np.finfo(np.float64).tiny)
        return (power / np.maximum(floor, tiny)).astype(np.float32)


def band_envelope(lines: NDArray[np.complex64], lo: int, hi: int, samples: int) -> NDArray[np.complex64]:
    """Complex envelope of lines lo..hi-1 of an rfft, resampled to `samples` points over the record.

    The band is moved to zero frequency, which leaves the magnitude (all an envelope needs) unchanged and lets the
    inverse transform be as short as the band is narrow.
    """
    shifted = np.zeros(samples, dtype=np.complex64)
    shifted[: hi - lo] = lines[lo:hi]
    return scipy.fft.ifft(shifted, overwrite_x=True)


def envelope_spectrum(
    x: ArrayLike,
    rate_hz: float,
    *,
    band: tuple[float, float] | None = None,
    squared: bool = True,
    max_hz: float | None = None,
) -> EnvelopeSpectrum:
    """Spectrum of the squared (or plain) envelope of the analytic signal in `band`.

    Parameters
    ----------
    x : (L,) array_like
        One signal.
    rate_hz : float
        Sampling rate, Hz.
    band : (low, high), optional
        Band to demodulate, Hz; the whole spectrum if omitted.
    squared : bool
        Squared envelope (its spectrum has no lines that the signal's modulation lacks; Randall and Antoni 2011,
        section 5.2) or plain magnitude.
    max_hz : float, optional
        Highest modulation frequency returned; the width of the band if omitted.

    Returns
    -------
    EnvelopeSpectrum
        The mean is removed before the transform (its leakage would hide the cage frequency); Hann window, amplitudes
        corrected for it.

    Raises
    ------
    InputError
        Unusable signal or rate, a band outside 0 to half the rate, or `max_hz` not within the width of the band.
    """
    rate = checked_rate(rate_hz)
    signal = checked_signal(x, at_least=64)
    resolution = rate / signal.size
    low, high = checked_band(band or (0.0, rate / 2), rate, resolution_hz=resolution)
    limit = high - low if max_hz is None else float(max_hz)
    if not 0 < limit <= high - low:
        raise InputError(
            f"modulation up to {limit:g} Hz, expected at most the width of the band, {high - low:g} Hz",
            hint="A band of width B carries modulation up to B: widen the band or lower the limit.",
        )
    lines = scipy.fft.rfft(signal)
    lo, hi = round(low / resolution), min(round(high / resolution) + 1, lines.size)
    # The squared envelope reaches the band's width; a plain magnitude has no strict limit, hence the margin.
    points = scipy.fft.next_fast_len((2 if squared else 4) * (hi - lo))
    analytic = band_envelope(lines, lo, hi, points)
    gain = 2.0 * points / signal.size
    envelope = (analytic.real**2 + analytic.imag**2) * np.float32(gain**2)
    if not squared:
        envelope = np.sqrt(envelope)
    level = float(envelope.mean(dtype=np.float64))
    window = np.hanning(points + 1)[:-1].astype(np.float32)
    spectrum = scipy.fft.rfft((envelope - np.float32(level)) * window)
    kept = min(int(limit / resolution) + 1, spectrum.size)
    amplitude = np.abs(spectrum[:kept]) * np.float32(2 / window.sum(dtype=np.float64))
    amplitude[0] /= 2
    kind = "squared envelope" if squared else "envelope"
    return EnvelopeSpectrum(
        freq_hz=np.arange(kept) * resolution,
        amplitude=amplitude,
        mean_level=level,
        resolution_hz=resolution,
        band_hz=(low, high),
        squared=squared,
        method=f"{low:g} to {high:g} Hz, {kind}, Hann, Δf {resolution:.3g} Hz",
    )
