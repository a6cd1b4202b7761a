"""A machine whose speed changes as asked, for the tests of orders."""

from collections.abc import Mapping

import numpy as np

from pipelines.orders import SpeedCurve, speed_curve

RATE = 5120.0
SECONDS = 8.0
TIME = np.arange(round(SECONDS * RATE)) / RATE


def run_up(low_rpm: float = 900.0, high_rpm: float = 2400.0) -> SpeedCurve:
    return speed_curve([0.0, SECONDS], [low_rpm, high_rpm])


def angle(speed: SpeedCurve) -> np.ndarray:
    """Revolutions at each sample, by the formula of a straight run-up."""
    low, high = speed.rpm[0] / 60, speed.rpm[-1] / 60
    return low * TIME + (high - low) / 2 / SECONDS * TIME**2


def vibration(speed: SpeedCurve, amplitudes: Mapping[float, float]) -> np.ndarray:
    turned = angle(speed)
    return sum(level * np.cos(2 * np.pi * order * turned + order) for order, level in amplitudes.items())
