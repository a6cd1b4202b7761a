"""Shaft speed over time, and the angle it adds up to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicHermiteSpline

from pipelines.errors import InputError


@dataclass(frozen=True, slots=True)
class SpeedCurve:
    """How fast and how far a shaft has turned.

    Attributes
    ----------
    time_s : (P,) float64
        Rising.
    rpm : (P,) float64
        Positive.
    revolutions : (P,) float64
        Turned since the first point; between the points a cubic through both angles and both speeds.
    how : str
        Where the curve is from, in words.
    """

    time_s: NDArray[np.float64]
    rpm: NDArray[np.float64]
    revolutions: NDArray[np.float64]
    how: str

    def revolutions_at(self, time_s: ArrayLike) -> NDArray[np.float64]:
        """Revolutions turned at each time; raises where the curve says nothing."""
        times = np.asarray(time_s, dtype=np.float64)
        self._cover(times)
        return self._angle()(times)

    def rpm_at(self, time_s: ArrayLike) -> NDArray[np.float64]:
        """Speed at each time; raises where the curve says nothing."""
        times = np.asarray(time_s, dtype=np.float64)
        self._cover(times)
        return self._angle()(times, 1) * 60

    def _angle(self) -> CubicHermiteSpline:
        return CubicHermiteSpline(self.time_s, self.revolutions, self.rpm / 60)

    def _cover(self, times: NDArray[np.float64]) -> None:
        slack = 1e-9 * max(1.0, float(self.time_s[-1]))
        if times.size and (times.min() < self.time_s[0] - slack or times.max() > self.time_s[-1] + slack):
            raise InputError(
                f"speed is known from {self.time_s[0]:.3f} to {self.time_s[-1]:.3f} s, "
                f"asked from {times.min():.3f} to {times.max():.3f} s",
                hint="Choose a stretch in which the speed is known.",
            )


def speed_curve(time_s: ArrayLike, rpm: ArrayLike, *, how: str = "from a speed curve") -> SpeedCurve:
    """Speed curve through given points, straight between them (the angle is its exact integral).

    Parameters
    ----------
    time_s : (P,) array_like
        Rising, at least two points, in seconds of the record.
    rpm : (P,) array_like
        Speed, above 0.

    Raises
    ------
    InputError
        Different lengths, fewer than two points, times that do not rise, speeds that are not positive numbers.
    """
    times, speeds = np.asarray(time_s, dtype=np.float64), np.asarray(rpm, dtype=np.float64)
    if times.ndim != 1 or times.shape != speeds.shape or times.size < 2:
        raise InputError(
            f"times {times.shape} and speeds {speeds.shape}, expected the same (P,) with P >= 2",
            hint="Give one speed for each time.",
        )
    if not (np.all(np.isfinite(times)) and np.all(np.diff(times) > 0)):
        raise InputError("times of the speed curve do not rise", hint="Sort the points and remove double ones.")
    bad = ~(np.isfinite(speeds) & (speeds > 0))
    if bad.any():
        raise InputError(
            f"{np.count_nonzero(bad)} of {speeds.size} speeds are not above 0 rpm (first at {times[bad][0]:.3f} s)",
            hint="Choose a stretch in which the shaft turns in one direction.",
        )
    turned = np.concatenate([[0.0], np.cumsum(np.diff(times) * (speeds[1:] + speeds[:-1]) / 120)])
    return SpeedCurve(times, speeds, turned, how)


def constant_speed(rpm: float, duration_s: float) -> SpeedCurve:
    """Speed curve of a shaft that turns evenly; errors as in `speed_curve`."""
    return speed_curve([0.0, duration_s], [rpm, rpm], how=f"constant {rpm:g} rpm")


def required_speed(speed: SpeedCurve | float | None, duration_s: float) -> SpeedCurve:
    """The speed as a curve over a record; raises where none is known."""
    if speed is None:
        raise InputError(
            "no speed is known: orders are multiples of the shaft speed",
            hint="Enter the speed, choose a tacho channel, or pick the ridge of a harmonic in the spectrogram.",
        )
    return speed if isinstance(speed, SpeedCurve) else constant_speed(float(speed), duration_s)
