"""Signals of known content for the feature tests."""

import numpy as np
from numpy.typing import NDArray

from pipelines.features import extract, extract_reference, feature_names

RATE = 20_480.0


def column(name: str) -> int:
    return feature_names().index(name)


def value(name: str, x: NDArray[np.floating], rate: float = RATE, **known: object) -> float:
    """Return one feature by the fast path, after making sure that the reference agrees."""
    fast = extract(x, rate, **known)[0, column(name)]
    reference = extract_reference(x, rate, **known)[0, column(name)]
    np.testing.assert_allclose(fast, reference, rtol=2e-4, atol=1e-6 * max(1.0, abs(float(np.max(np.abs(x)))) ** 2))
    return float(fast)


def seconds(duration: float, rate: float = RATE) -> NDArray[np.float64]:
    return np.arange(round(duration * rate)) / rate


def sine(hz: float, amplitude: float = 1.0, duration: float = 1.0, phase: float = 0.3) -> NDArray[np.float64]:
    return amplitude * np.sin(2 * np.pi * hz * seconds(duration) + phase)


def noise(duration: float = 1.0, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal(round(duration * RATE))


def impacts(hz: float, duration: float = 4.0, load_hz: float | None = None, seed: int = 0) -> NDArray[np.float64]:
    """Return a train of decaying 4 kHz impacts with 0.5 % jitter in noise, modulated at `load_hz` if given."""
    rng = np.random.default_rng(seed)
    x = 0.3 * rng.standard_normal(round(duration * RATE))
    k = np.arange(300)
    ringing = np.exp(-k / 25) * np.sin(2 * np.pi * 4000 * k / RATE)
    times = np.arange(0.01, duration - 0.05, 1 / hz)
    for time in times + rng.standard_normal(len(times)) * 0.005 / hz:
        start = int(time * RATE)
        strength = 1.0 if load_hz is None else 1 + np.cos(2 * np.pi * load_hz * time)
        x[start : start + 300] += strength * ringing
    return x
