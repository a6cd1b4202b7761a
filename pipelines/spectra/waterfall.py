"""Waterfall and cascade: one spectrum behind the other, over time or over recordings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.spectra.averaged import Scale, averaged_spectrum, checked_segment
from pipelines.spectra.signal_input import checked_rate, checked_samples


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Spectra on one grid of frequencies.

    Attributes
    ----------
    at : (S,) float64
        Centre of each stretch in seconds (waterfall) or the number of the recording (cascade).
    freq_hz : (K,) float64
    values : (S, K) float32
    unit : str
        With ``{unit}`` in the place of the signal's.
    resolution_hz : float
    method : str
    """

    at: NDArray[np.float64]
    freq_hz: NDArray[np.float64]
    values: NDArray[np.float32]
    unit: str
    resolution_hz: float
    method: str

    def ridges(self, height: float = 1.0, lift: float = 1.0) -> NDArray[np.float32]:
        """Lines to draw, (S, K): each spectrum `height` times its share of the highest value, `lift` above the last."""
        top = float(self.values.max(initial=0.0))
        scaled = self.values * np.float32(height / top if top > 0 else 0.0)
        return scaled + np.float32(lift) * np.arange(self.at.size, dtype=np.float32)[:, None]


def waterfall(
    x: ArrayLike,
    rate_hz: float,
    *,
    stretches: int = 40,
    segment: int | None = None,
    scale: Scale = "rms",
    window: str = "hann",
    max_hz: float | None = None,
) -> Waterfall:
    """Spectra of equal stretches of one record.

    Parameters
    ----------
    x : (L,) array_like
        One signal.
    rate_hz : float
        Sampling rate, Hz.
    stretches : int
        Spectra, 2 to 1000.
    segment : int, optional
        Samples per transform; a whole stretch if omitted, else segments within a stretch are averaged.
    scale, window
        As in `averaged_spectrum`.
    max_hz : float, optional
        Highest frequency kept; half the rate if omitted.

    Raises
    ------
    InputError
        Unusable signal, rate or frequency, or stretches of less than 16 samples or shorter than the segment.
    """
    rate = checked_rate(rate_hz)
    samples = checked_samples(x)
    if not 2 <= stretches <= 1000:
        raise InputError(f"{stretches} stretches, expected 2 to 1000", hint="40 suits.")
    length = samples.size // stretches
    if length < 16:
        raise InputError(
            f"{samples.size} samples in {stretches} stretches are {length} each, expected at least 16",
            hint="Choose fewer stretches or a longer record.",
        )
    parts = [samples[k * length : (k + 1) * length] for k in range(stretches)]
    return _stacked(
        parts,
        rate,
        segment=checked_segment(segment, length),
        scale=scale,
        window=window,
        max_hz=max_hz,
        at=(np.arange(stretches, dtype=np.float64) + 0.5) * (length / rate),
        words=f"{stretches} stretches of {length / rate:.3g} s",
    )


def cascade(
    recordings: Sequence[ArrayLike],
    rate_hz: float | Sequence[float],
    *,
    segment: int | None = None,
    scale: Scale = "rms",
    window: str = "hann",
    max_hz: float | None = None,
) -> Waterfall:
    """Spectra of several recordings of one rate, in their order, on one grid.

    Parameters
    ----------
    recordings : sequence of (L,) array_like
        Lengths may differ.
    rate_hz : float or sequence of float
        Their rate; different ones are refused.
    segment : int, optional
        Samples per transform; the shortest recording if omitted.
    scale, window, max_hz
        As in `waterfall`.

    Raises
    ------
    InputError
        No recording, an unusable one, different rates, or a segment longer than the shortest.
    """
    if not recordings:
        raise InputError("a cascade of no recordings, expected at least one", hint="Choose recordings.")
    rates = {checked_rate(rate) for rate in np.atleast_1d(np.asarray(rate_hz, dtype=np.float64)).tolist()}
    if len(rates) > 1:
        told = ", ".join(f"{rate:g}" for rate in sorted(rates))
        raise InputError(
            f"recordings of {told} Hz in one cascade, expected one rate", hint="Choose recordings of one rate."
        )
    parts = [checked_samples(one) for one in recordings]
    return _stacked(
        parts,
        rates.pop(),
        segment=checked_segment(segment, min(part.size for part in parts)),
        scale=scale,
        window=window,
        max_hz=max_hz,
        at=np.arange(len(parts), dtype=np.float64),
        words=f"{len(parts)} recordings",
    )


def _stacked(
    parts: Sequence[NDArray[np.floating]],
    rate: float,
    *,
    segment: int,
    scale: Scale,
    window: str,
    max_hz: float | None,
    at: NDArray[np.float64],
    words: str,
) -> Waterfall:
    limit = rate / 2 if max_hz is None else float(max_hz)
    if not rate / segment <= limit <= rate / 2:
        raise InputError(
            f"highest frequency {limit:g} Hz, expected {rate / segment:g} to {rate / 2:g} Hz (half the rate)",
            hint="Choose a frequency inside the spectrum of these signals.",
        )
    kept = int(limit * segment / rate * (1 + 1e-9)) + 1
    spectra = [averaged_spectrum(part, rate, scale=scale, window=window, segment=segment) for part in parts]
    return Waterfall(
        at=at,
        freq_hz=spectra[0].freq_hz[:kept],
        values=np.array([spectrum.values[:kept] for spectrum in spectra], dtype=np.float32),
        unit=spectra[0].unit,
        resolution_hz=spectra[0].resolution_hz,
        method=f"{words}, {spectra[0].method}",
    )
