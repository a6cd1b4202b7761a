"""What the reference generator of these eleven classes does to a record beside the fault: transients and noise.

Beside the signatures of `reference_faults`: a speed ramp changes amplitudes and no frequency, and jumps at both ends;
"pink" noise is a random walk (power density 1/f²) with its large mean; the baseline wanders with one period and phase
in all records; sensor drift reaches its level at the end of the record, however long that is; the converter rounds
before sensor drift, spikes and the folded tone, and never the fault. Not taken over, because no published number rests
on them: seeds that data sets share, healthy records marked as evolving, rotor physics that acts on noise too.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.generate.kernels import add_ramp
from pipelines.generate.noise import FOLD_HZ, NoiseConfig, add_spikes, add_steady_tone, convert
from pipelines.generate.timeline import Timeline
from pipelines.generate.transients import RAMP_FRACTION, RAMP_RATIO, TransientKind, transient_profiles

DRIFT_PERIOD_S = 1.5


def reference_profiles(
    kind: TransientKind | None, timeline: Timeline
) -> tuple[NDArray[np.float64], NDArray[np.float64], dict[str, Any]]:
    """As `transient_profiles`, but a speed ramp changes the envelope and leaves the speed."""
    ratio, envelope, parameters = transient_profiles(kind, timeline)
    if kind == "speed_ramp":
        inside = (timeline.fraction >= RAMP_FRACTION[0]) & (timeline.fraction <= RAMP_FRACTION[1])
        envelope = np.where(inside, np.interp(timeline.fraction, RAMP_FRACTION, RAMP_RATIO), 1.0)
        ratio = timeline.constant(1.0)
    return ratio, envelope, parameters


def add_reference_noise(
    out: NDArray[np.float32], noise: NoiseConfig, floor: float, rng: np.random.Generator, timeline: Timeline
) -> dict[str, Any]:
    """Add structure-borne noise and all eight layers in place; the fault comes after them, unrounded.

    Parameters
    ----------
    out
        float32, shape ``(N,)``, in g.
    noise
        Levels of the layers; ``sensor_drift`` is reached at the end of the record, in g.
    floor
        Standard deviation of the structure's own noise, in g.
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
    out += rng.standard_normal(out.size, dtype=np.float32) * np.float32(np.hypot(noise.measurement, floor))
    if noise.emi:
        drawn["emi_hz"] = 50.0 + 10.0 * u[0]
        drawn["emi_amplitude"] = noise.emi * (1.0 + 0.5 * u[1])
        add_steady_tone(out, timeline, drawn["emi_hz"], u[2], drawn["emi_amplitude"])
    if noise.pink:
        out += random_walk(rng, out.size, noise.pink)
    if noise.drift:
        drawn["drift_period_s"] = DRIFT_PERIOD_S
        add_steady_tone(out, timeline, 1.0 / DRIFT_PERIOD_S, 0.0, noise.drift)
    convert(out, noise)
    if noise.sensor_drift:
        drawn["sensor_drift_per_s"] = noise.sensor_drift / timeline.duration_s
        add_ramp(out, noise.sensor_drift)
    drawn["impulse_count"] = add_spikes(out, noise.impulse * timeline.duration_s, rng)
    drawn["aliased"] = bool(noise.aliasing and u[6] < noise.aliasing_probability)
    if drawn["aliased"]:
        drawn["aliased_from_hz"] = timeline.rate_hz / 2 + FOLD_HZ[0] + (FOLD_HZ[1] - FOLD_HZ[0]) * u[7]
        add_steady_tone(out, timeline, drawn["aliased_from_hz"], 0.0, noise.aliasing)
    return drawn


def random_walk(rng: np.random.Generator, samples: int, deviation: float) -> NDArray[np.float32]:
    """The sum of white noise up to each sample, its standard deviation about its mean made ``deviation``; ``(N,)``."""
    walk = np.cumsum(rng.standard_normal(samples))
    return (walk * (deviation / walk.std())).astype(np.float32)
