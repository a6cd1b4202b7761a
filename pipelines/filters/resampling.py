"""A waveform at another rate, so that it can lie over one of that rate."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import resample_poly

from pipelines.errors import InputError
from pipelines.spectra.signal_input import checked_rate, checked_samples

#: Larger factors would need filters longer than most records.
LARGEST_FACTOR = 1000


@dataclass(frozen=True, slots=True)
class ResampledSignal:
    """A waveform at another rate.

    Attributes
    ----------
    values : (M,) float32 or float64, as the signal
    rate_hz : float
        The rate reached: that asked for, up to a millionth.
    method : str
        What was done, to be said beside the picture.
    """

    values: NDArray[np.floating]
    rate_hz: float
    method: str


def resample(x: ArrayLike, rate_hz: float, to_hz: float) -> ResampledSignal:
    """Polyphase resampling with an anti-alias filter (scipy.signal.resample_poly, Kaiser window).

    Parameters
    ----------
    x : (L,) array_like
        One signal.
    rate_hz, to_hz : float
        Its rate and the rate wanted, Hz.

    Raises
    ------
    InputError
        Unusable signal or rates, or rates that are no ratio of whole numbers up to 1000.
    """
    rate, wanted, samples = checked_rate(rate_hz), checked_rate(to_hz), checked_samples(x)
    ratio = Fraction(wanted / rate).limit_denominator(LARGEST_FACTOR)
    if not 1 <= ratio.numerator <= LARGEST_FACTOR or abs(float(ratio) * rate / wanted - 1) > 1e-6:
        raise InputError(
            f"{rate:g} Hz to {wanted:g} Hz is no ratio of whole numbers up to {LARGEST_FACTOR}",
            hint="Show the signals beside each other, or resample one to a rounder rate first.",
        )
    mean = samples.mean(dtype=np.float64)
    values = resample_poly((samples - mean).astype(samples.dtype), ratio.numerator, ratio.denominator) + mean
    reached = rate * float(ratio)
    return ResampledSignal(
        values.astype(samples.dtype),
        reached,
        "not resampled" if ratio == 1 else f"resampled from {rate:g} to {reached:g} Hz, anti-alias filter",
    )
