"""Optional rotor physics, all off by default: run-up, speed fluctuation, critical speed, coupling, heat, axial motion.

Speed fluctuation and run-up change the speed itself, so every order moves in frequency. What amplifies or couples
motion acts on the mechanical part of a signal, never on the noise of the sensor.
"""

from typing import Any, Literal

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from pipelines.generate.declared import Declared, control
from pipelines.generate.journal_state import JournalState
from pipelines.generate.kernels import multiply
from pipelines.generate.timeline import KNOTS_PER_SECOND, Timeline

RUN_UP_LONGEST_S, RUN_UP_LARGEST_SHARE = 1.0, 0.25
RUN_UP_FROM = 0.1
SWEPT_TONE = 0.05
FLUCTUATION_HZ = 5.0
GAIN_CAP = 5.0
RESONANCE_TONE = 0.05
THERMAL_TIME_S = 300.0
AXIAL_SECOND_ORDER = 0.3
"""Second order of axial vibration over its first."""


class AdvancedConfig(Declared):
    """Optional physics of a journal-bearing rotor."""

    run_up: bool = control(False, "The machine starts or stops within the record")
    run_up_kind: Literal["random", "up", "down", "both"] = control("random", "Start, stop or both", needs="run_up")
    run_up_profile: Literal["linear", "exponential"] = control("linear", "Course of the speed", needs="run_up")
    speed_fluctuation: float = control(
        0.0,
        "Random wander of the speed below 5 Hz, standard deviation as a share of the speed (usual: 0.03)",
        ge=0,
        le=0.2,
    )
    critical_speed: bool = control(False, "Amplification near a critical speed, at most fivefold")
    critical_speed_hz: float = control(45.0, "The critical speed", unit="Hz", gt=0, le=1000, needs="critical_speed")
    critical_damping: float = control(0.05, "Its damping ratio", ge=0.001, le=1, needs="critical_speed")
    cross_coupling: float = control(
        0.0, "Share of the motion at right angles that shows, a quarter period later (usual: 0.3)", ge=0, le=1
    )
    thermal_growth: float = control(0.0, "Growth of the amplitude per kelvin above 40 °C (usual: 0.001)", ge=0, le=0.1)
    axial_vibration: float = control(
        0.0,
        "Axial first order as a share of the RMS of the signal, with 0.3 of it at the second (usual: 0.15)",
        ge=0,
        le=1,
    )

    @property
    def active(self) -> tuple[str, ...]:
        """Names of what is on."""
        switches = (
            "run_up", "speed_fluctuation", "critical_speed", "cross_coupling", "thermal_growth", "axial_vibration",
        )  # fmt: skip
        return tuple(name for name in switches if getattr(self, name))


def speed_profile(
    config: AdvancedConfig, rng: np.random.Generator, timeline: Timeline
) -> tuple[NDArray[np.float64], NDArray[np.float64], dict[str, Any]]:
    """Speed ratio and amplitude ramp at the knots from run-up and speed fluctuation, and what was drawn."""
    ratio, ramp = timeline.constant(1.0), timeline.constant(1.0)
    drawn: dict[str, Any] = {}
    chosen = ("up", "down", "both")[int(3 * rng.random())]
    if config.run_up:
        kind = chosen if config.run_up_kind == "random" else config.run_up_kind
        ramp = _run_up(kind, config.run_up_profile, timeline)
        ratio = ratio * ramp
        drawn["run_up"] = kind
    if config.speed_fluctuation:
        ratio = ratio * (1.0 + config.speed_fluctuation * slow_noise(rng, timeline))
    return ratio, ramp, drawn


def _run_up(kind: str, profile: str, timeline: Timeline) -> NDArray[np.float64]:
    """0.1 to 1 within a second or a quarter of the record, whichever is shorter."""
    length = min(RUN_UP_LONGEST_S, RUN_UP_LARGEST_SHARE * timeline.duration_s)

    def rise(since: NDArray[np.float64]) -> NDArray[np.float64]:
        done = np.clip(since / length, 0.0, 1.0)
        return RUN_UP_FROM ** (1.0 - done) if profile == "exponential" else RUN_UP_FROM + (1.0 - RUN_UP_FROM) * done

    up = rise(timeline.seconds) if kind in ("up", "both") else timeline.constant(1.0)
    down = rise(timeline.duration_s - timeline.seconds) if kind in ("down", "both") else timeline.constant(1.0)
    return np.asarray(np.minimum(up, down))


def slow_noise(rng: np.random.Generator, timeline: Timeline) -> NDArray[np.float64]:
    """Gaussian noise below 5 Hz at the knots with unit expected variance, kept within three deviations."""
    # a second more than needed is drawn, so the end does not join the start
    size = timeline.seconds.size + KNOTS_PER_SECOND
    spectrum = np.fft.rfft(rng.standard_normal(size))
    frequencies = np.fft.rfftfreq(size, timeline.block / timeline.rate_hz)
    slow = (frequencies > 0) & (frequencies <= FLUCTUATION_HZ)
    deviation = np.sqrt(2.0 * np.count_nonzero(slow) / size)
    return np.clip(np.fft.irfft(spectrum * slow, n=size)[KNOTS_PER_SECOND:] / deviation, -3.0, 3.0)


def shape_motion(
    config: AdvancedConfig, state: JournalState, motion: NDArray[np.float32], rng: np.random.Generator
) -> None:
    """Apply amplification, tones of run-up and resonance, heat and coupling to the mechanical part in place."""
    phase_swept, phase_resonance = rng.random(2)
    if config.critical_speed:
        gain = critical_gain(state.speed_hz / config.critical_speed_hz, config.critical_damping)
        multiply(motion, gain, state.timeline.block)
        tone = np.maximum(RESONANCE_TONE * (gain - 1.0), 0.0)
        state.add_frequency(motion, config.critical_speed_hz, phase_resonance, tone)
    if config.run_up:
        state.add_order(motion, 1.0, phase_swept, SWEPT_TONE)
    if config.thermal_growth:
        warming = 1.0 - np.exp(-state.timeline.seconds / THERMAL_TIME_S)
        growth = 1.0 + config.thermal_growth * (state.conditions.temperature_c - 40.0) * warming
        multiply(motion, growth, state.timeline.block)
    if config.cross_coupling and motion.any():
        motion += np.float32(config.cross_coupling) * quadrature(motion)


def critical_gain(ratio: NDArray[np.float64], damping: float) -> NDArray[np.float64]:
    """Amplification of one mode at frequency ratio r: 1 / sqrt((1 - r²)² + (2 ζ r)²), at most 5."""
    gain = 1.0 / np.sqrt((1.0 - ratio**2) ** 2 + (2.0 * damping * ratio) ** 2)
    return np.minimum(gain, GAIN_CAP)


def quadrature(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """The signal a quarter period later at every frequency (its Hilbert transform), float32, shape ``(N,)``."""
    length = int(scipy.fft.next_fast_len(x.size, real=True))
    spectrum = scipy.fft.rfft(x, n=length, workers=1)
    spectrum *= np.complex64(-1j)
    shifted: NDArray[np.float32] = scipy.fft.irfft(spectrum, n=length, workers=1)[: x.size]
    return shifted


def add_axial(
    config: AdvancedConfig, state: JournalState, signal: NDArray[np.float32], rng: np.random.Generator
) -> None:
    """Add axial first and second order in proportion to the RMS of the signal so far, in place."""
    first, second = rng.random(2)
    if config.axial_vibration:
        level = config.axial_vibration * float(np.sqrt(np.dot(signal, signal) / signal.size))
        state.add_order(signal, 1.0, first, level)
        state.add_order(signal, 2.0, second, AXIAL_SECOND_ORDER * level)
