"""Measuring instruments for generated signals, and configurations that isolate one thing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.generate import GeneratedSignal, JournalConfig, NoiseConfig, generate, plan

SILENT: dict[str, Any] = dict.fromkeys(NoiseConfig.model_fields, 0.0)
Signal = NDArray[np.float32]


@pytest.fixture
def silent() -> NoiseConfig:
    """Every layer of noise off."""
    return NoiseConfig(**SILENT)


@pytest.fixture
def quiet_journal() -> Callable[..., JournalConfig]:
    """A journal configuration without noise, floor, transients, growth and augmentation; keywords change it."""

    def build(**changes: Any) -> JournalConfig:
        quiet: dict[str, Any] = {
            "noise": SILENT,
            "baseline": 0.0,
            "transient_probability": 0.0,
            "evolution_probability": 0.0,
            "augmentation": {"share": 0.0},
            "per_class": 4,
        }
        return JournalConfig(**(quiet | changes))

    return build


@pytest.fixture
def every_signal() -> Callable[..., list[GeneratedSignal]]:
    """All signals of a configuration, with their parts."""

    def build(config: Any, class_id: str | None = None) -> list[GeneratedSignal]:
        return [generate(config, s, keep_parts=True) for s in plan(config) if class_id in (None, s.class_id)]

    return build


@pytest.fixture
def level_at() -> Callable[[Signal, float, float], float]:
    """Amplitude of a tone: largest Hann-windowed Fourier coefficient within half a percent of a frequency."""

    def measure(x: Signal, rate_hz: float, frequency_hz: float) -> float:
        window = np.hanning(x.size)
        # four times padded, because a tone between two lines would read up to 15 % low
        spectrum = 2 * np.abs(np.fft.rfft(x * window, n=4 * x.size)) / window.sum()
        frequencies = np.fft.rfftfreq(4 * x.size, 1 / rate_hz)
        reach = max(0.005 * frequency_hz, 1.5 * rate_hz / x.size)
        return float(spectrum[np.abs(frequencies - frequency_hz) <= reach].max())

    return measure


@pytest.fixture
def energy_between() -> Callable[[Signal, float, float, float], float]:
    """Share of the energy (without the mean) between two frequencies."""

    def measure(x: Signal, rate_hz: float, low_hz: float, high_hz: float) -> float:
        power = np.abs(np.fft.rfft(x - x.mean())) ** 2
        frequencies = np.fft.rfftfreq(x.size, 1 / rate_hz)
        inside = (frequencies >= low_hz) & (frequencies <= high_hz)
        return float(power[inside].sum() / power.sum())

    return measure
