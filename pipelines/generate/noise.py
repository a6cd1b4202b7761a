"""The eight layers of noise that a measurement adds to vibration.

Layers 1 and 3 and the structure-borne background are Gaussian processes that do not depend on each other, so their sum
is again Gaussian with the sum of their spectra: one draw in the frequency domain has exactly the law of three.
Quantisation is layer 5 by number and last in time: a converter rounds what all others have added up to.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from pipelines.generate.declared import Declared, control
from pipelines.generate.kernels import add_ramp, add_tone, quantise, shape_spectrum
from pipelines.generate.timeline import Timeline

IMPULSE_SAMPLES = 5
FOLD_HZ = (100.0, 300.0)
"""How far beyond half the sampling rate the tone lies that folds back."""


class NoiseConfig(Declared):
    """Levels of the eight layers; a level of zero turns its layer off."""

    measurement: float = control(0.03, "White sensor noise, standard deviation", unit="g", ge=0, le=10)
    emi: float = control(0.01, "Mains interference, one tone of 50 to 60 Hz, amplitude", unit="g", ge=0, le=10)
    pink: float = control(0.02, "Pink (1/f) noise, standard deviation", unit="g", ge=0, le=10)
    drift: float = control(0.015, "Slow wander of the baseline, period 1 to 2 s, amplitude", unit="g", ge=0, le=10)
    quantisation: float = control(0.001, "Step of the analogue-to-digital converter", unit="g", ge=0, le=1)
    sensor_drift: float = control(0.001, "Linear drift of the sensor", unit="g/s", ge=0, le=10)
    impulse: float = control(2.0, "Electrical spikes per second", unit="1/s", ge=0, le=1000)
    aliasing: float = control(0.005, "Tone folded from beyond half the sampling rate, amplitude", unit="g", ge=0, le=10)
    aliasing_probability: float = control(0.10, "Share of records with the folded tone", ge=0, le=1, needs="aliasing")


@dataclass(frozen=True)
class Background:
    """White noise that enters with the measurement noise: structure-borne floor and added-noise augmentation."""

    deviation: float = 0.0


def add_noise(
    out: NDArray[np.float32], noise: NoiseConfig, background: Background, rng: np.random.Generator, timeline: Timeline
) -> dict[str, Any]:
    """Add all layers but quantisation to ``out`` in place.

    Parameters
    ----------
    out
        float32, shape ``(N,)``.
    noise
        Levels of the layers.
    background
        White noise of the structure itself, drawn together with layer 1.
    rng
        Source of every draw of this function.
    timeline
        The record.

    Returns
    -------
    dict
        What was drawn, for the metadata.
    """
    u = rng.random(9)
    drawn: dict[str, Any] = {}
    white = float(np.hypot(noise.measurement, background.deviation))
    if white or noise.pink:
        out += gaussian(rng, out.size, white, noise.pink)
    if noise.emi:
        drawn["emi_hz"] = 50.0 + 10.0 * u[0]
        drawn["emi_amplitude"] = noise.emi * (1.0 + 0.5 * u[1])
        add_steady_tone(out, timeline, drawn["emi_hz"], u[2], drawn["emi_amplitude"])
    if noise.drift:
        drawn["drift_period_s"] = 1.0 + u[3]
        add_steady_tone(out, timeline, 1.0 / drawn["drift_period_s"], u[4], noise.drift)
    if noise.sensor_drift:
        drawn["sensor_drift_per_s"] = noise.sensor_drift * (1.0 if u[5] < 0.5 else -1.0)
        add_ramp(out, drawn["sensor_drift_per_s"] * timeline.duration_s)
    drawn["aliased"] = bool(noise.aliasing and u[6] < noise.aliasing_probability)
    if drawn["aliased"]:
        beyond = FOLD_HZ[0] + (FOLD_HZ[1] - FOLD_HZ[0]) * u[7]
        drawn["aliased_from_hz"] = timeline.rate_hz / 2 + beyond
        add_steady_tone(out, timeline, drawn["aliased_from_hz"], u[8], noise.aliasing)
    # last, because the number of its draws depends on its level
    drawn["impulse_count"] = add_spikes(out, noise.impulse * timeline.duration_s, rng)
    return drawn


def convert(out: NDArray[np.float32], noise: NoiseConfig) -> None:
    """Round to the step of the converter in place; the last thing that happens to a signal."""
    if noise.quantisation:
        quantise(out, noise.quantisation)


def gaussian(rng: np.random.Generator, samples: int, white: float, pink: float) -> NDArray[np.float32]:
    """White plus pink Gaussian noise.

    Drawn as Fourier coefficients with the summed spectrum and transformed once. The pink part has a power density
    proportional to 1/f from one cycle per drawn length to half the sampling rate. More is drawn than returned, so the
    end of a record does not join its start.

    Parameters
    ----------
    rng
        Source of the draws.
    samples
        Number of samples N.
    white, pink
        Standard deviations of the two parts.

    Returns
    -------
    numpy.ndarray
        float32, shape ``(N,)``.
    """
    if not pink:
        return rng.standard_normal(samples, dtype=np.float32) * np.float32(white)
    length = _drawn_length(samples)
    coefficients = rng.standard_normal(length + 2, dtype=np.float32)
    shape_spectrum(coefficients, _pink_power(length), 0.25 * pink**2, 0.5 * white**2 / length)
    noise: NDArray[np.float32] = scipy.fft.irfft(
        coefficients.view(np.complex64), n=length, norm="forward", overwrite_x=True, workers=1
    )
    return noise[:samples]


def _drawn_length(samples: int) -> int:
    """An even length that transforms fast, at least a sixteenth longer than the record."""
    return 2 * int(scipy.fft.next_fast_len((samples + samples // 16) // 2 + 1, real=True))


@lru_cache(maxsize=8)
def _pink_power(length: int) -> NDArray[np.float32]:
    """Share of the variance of pink noise in each coefficient, none at zero frequency; sums to one."""
    share = np.zeros(length // 2 + 1)
    share[1:] = 1.0 / np.arange(1, length // 2 + 1)
    share /= share.sum()
    power = share.astype(np.float32)
    power.setflags(write=False)
    return power


def add_steady_tone(
    out: NDArray[np.float32], timeline: Timeline, frequency_hz: float, phase: float, amplitude: float
) -> None:
    """Add a steady tone; ``phase`` in turns."""
    add_tone(out, frequency_hz * timeline.seconds + phase, timeline.constant(amplitude), timeline.block)


def add_spikes(out: NDArray[np.float32], expected: float, rng: np.random.Generator) -> int:
    """Add decaying spikes at random positions; a broken expected number is rounded up or down by chance."""
    count = int(expected + rng.random())
    starts = rng.integers(0, max(1, out.size - IMPULSE_SAMPLES), count)
    peaks = 0.02 + 0.03 * rng.random(count)
    shapes = np.exp(-0.3 * np.arange(IMPULSE_SAMPLES)) * rng.standard_normal((count, IMPULSE_SAMPLES))
    np.add.at(out, starts[:, None] + np.arange(IMPULSE_SAMPLES), (peaks[:, None] * shapes).astype(np.float32))
    return count
