"""Orbit of a shaft from two channels at right angles, filtered to multiples of its speed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.orders.angular import resample_to_angle
from pipelines.orders.speed_curve import SpeedCurve, required_speed
from pipelines.spectra.signal_input import checked_rate, checked_samples

#: An orbit of orders such as 0.43 closes after this many revolutions at most (or is drawn so far).
MOST_TURNS = 8


@dataclass(frozen=True, slots=True)
class Orbit:
    """Path of the shaft's centre.

    Attributes
    ----------
    angle_deg : (S,) float64
        Shaft angle of each point, 0 up to 360 times `turns`.
    x, y : (S,) float64
        The filtered path, in the unit of the channels.
    turns : int
        Revolutions until the path closes (1 for whole multiples).
    orders : (N,) float64
    x_line, y_line : (N,) complex128
        Each order's amplitude and phase: ``x = Σ Re(x_line·exp(i·order·angle))``.
    forward, backward : (N,) float64
        Radii of the circles with and against the rotation that each ellipse is made of (Muszynska, Rotordynamics,
        2005, section 6.3), with `y` a quarter turn ahead of `x` in the direction of rotation.
    residual_rms : float
        Of what the orders leave over, up to order 4 or half as much again as the highest; both channels together.
    revolutions : int
        Revolutions averaged.
    method : str
    """

    angle_deg: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    turns: int
    orders: NDArray[np.float64]
    x_line: NDArray[np.complex128]
    y_line: NDArray[np.complex128]
    forward: NDArray[np.float64]
    backward: NDArray[np.float64]
    residual_rms: float
    revolutions: int
    method: str

    def precession(self) -> tuple[str, ...]:
        """``forward`` or ``backward`` for each order."""
        return tuple("forward" if f >= b else "backward" for f, b in zip(self.forward, self.backward, strict=True))


def orbit(
    x: ArrayLike,
    y: ArrayLike,
    rate_hz: float,
    speed: SpeedCurve | float | None,
    *,
    orders: Sequence[float] = (1.0,),
    points: int = 360,
) -> Orbit:
    """Orbit of two channels at given multiples of the shaft speed (least squares over shaft angle).

    Parameters
    ----------
    x, y : (L,) array_like
        The two channels, at right angles, of one recording.
    rate_hz : float
        Their rate, Hz.
    speed : SpeedCurve or float or None
        As in `resample_to_angle`.
    orders : sequence of float
        One to ten multiples; 0.43 shows oil whirl.
    points : int
        Points a revolution, 16 to 4096.

    Raises
    ------
    InputError
        Unusable channels, different lengths, no speed, or orders that are not positive, double, or beyond half the
        rate.
    """
    rate = checked_rate(rate_hz)
    first, second = checked_samples(x, at_least=64), checked_samples(y, at_least=64)
    if first.size != second.size:
        raise InputError(
            f"channels of {first.size} and {second.size} samples, expected the same length",
            hint="Choose two channels of one recording.",
        )
    multiples = np.asarray(tuple(orders), dtype=np.float64)
    if not (1 <= multiples.size <= 10 and np.all(multiples > 0) and np.unique(multiples).size == multiples.size):
        raise InputError(f"orders {tuple(orders)}, expected one to ten different positive numbers", hint="1 is usual.")
    if not 16 <= points <= 4096:
        raise InputError(f"{points} points a revolution, expected 16 to 4096", hint="360 suits.")
    curve = required_speed(speed, first.size / rate)
    top = float(max(multiples.max() * 1.5, 4.0))
    turned = [resample_to_angle(channel, rate, curve, max_order=top) for channel in (first, second)]
    angle = 2 * np.pi * np.arange(turned[0].values.size) / turned[0].samples_per_revolution
    waves = np.exp(1j * angle[:, None] * multiples)
    basis = np.concatenate([waves.real, -waves.imag], axis=1)
    both = np.stack([part.values.astype(np.float64) for part in turned], axis=1)
    found, *_ = np.linalg.lstsq(basis, both, rcond=None)
    lines = found[: multiples.size] + 1j * found[multiples.size :]
    turns = next((n for n in range(1, MOST_TURNS) if np.allclose(n * multiples, np.round(n * multiples))), MOST_TURNS)
    shown = np.arange(points * turns) * (2 * np.pi / points)
    path = (np.exp(1j * shown[:, None] * multiples) @ lines).real
    x_line, y_line = lines.T
    return Orbit(
        angle_deg=np.degrees(shown),
        x=path[:, 0],
        y=path[:, 1],
        turns=turns,
        orders=multiples,
        x_line=x_line,
        y_line=y_line,
        forward=np.abs(x_line + 1j * y_line) / 2,
        backward=np.abs(x_line - 1j * y_line) / 2,
        residual_rms=float(np.sqrt(np.mean((both - basis @ found) ** 2))),
        revolutions=turned[0].revolutions,
        method=f"orbit at {', '.join(f'{order:g}' for order in multiples)} × speed, {turned[0].method}",
    )
