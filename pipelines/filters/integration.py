"""Acceleration to velocity to displacement."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError
from pipelines.filters.filtering import SETTLING_PERIODS
from pipelines.filters.responses import butterworth
from pipelines.filters.zero_phase import through_gain
from pipelines.spectra.signal_input import checked_rate, checked_samples

#: Unit: how often displacement was differentiated to get it, and what one of it is in SI units. The standard
#: acceleration of gravity is that of the 3rd CGPM (1901).
UNITS: dict[str, tuple[int, float]] = {
    "g": (2, 9.80665),
    "m/s²": (2, 1.0),
    "m/s^2": (2, 1.0),
    "mm/s²": (2, 1e-3),
    "m/s": (1, 1.0),
    "mm/s": (1, 1e-3),
    "m": (0, 1.0),
    "mm": (0, 1e-3),
    "µm": (0, 1e-6),
    "um": (0, 1e-6),
}
QUANTITIES = ("displacement", "velocity", "acceleration")


@dataclass(frozen=True, slots=True)
class IntegratedSignal:
    """A waveform in another quantity.

    Attributes
    ----------
    values : (L,) float32 or float64, as the signal
    rate_hz : float
    unit : str
    high_pass_hz : float
        What lies below it is not in `values`; at it, half the amplitude.
    settling_s : float
        So long at each end the result depends on how the record was continued.
    method : str
    """

    values: NDArray[np.floating]
    rate_hz: float
    unit: str
    high_pass_hz: float
    settling_s: float
    method: str


def integrate(
    x: ArrayLike, rate_hz: float, *, unit: str, to: str = "mm/s", high_pass_hz: float = 10.0
) -> IntegratedSignal:
    """Integrate in the frequency domain: each line divided by iω, once or twice (Brandt and Brincker 2014).

    Integration multiplies what is slow, so drift and noise below `high_pass_hz` are taken out (Butterworth of order 4,
    zero phase). The transform is in double precision: a displacement of 10 Hz is a millionth of the acceleration of a
    tone at 10 kHz.

    Parameters
    ----------
    x : (L,) array_like
        One signal; its mean is removed.
    rate_hz : float
        Sampling rate, Hz.
    unit : str
        Of the signal: g, m/s², mm/s², m/s, mm/s, m, mm or µm.
    to : str
        Of the result, from the same list. The same quantity in another unit is only scaled and high-passed.
    high_pass_hz : float
        Above 0 and below half the rate; ISO 20816-3 measures velocity from 10 Hz (2 Hz below 600 rpm).

    Raises
    ------
    InputError
        Unusable signal or rate, a unit that is not known or lies the wrong way (velocity to acceleration), or a corner
        outside the spectrum or too low for the record.
    """
    rate, samples = checked_rate(rate_hz), checked_samples(x)
    for named in (unit, to):
        if named not in UNITS:
            raise InputError(
                f"unit {named!r} is not one of {', '.join(UNITS)}", hint="Set the unit of the signal's measurement."
            )
    (from_order, from_scale), (to_order, to_scale) = UNITS[unit], UNITS[to]
    times = from_order - to_order
    if times < 0:
        raise InputError(
            f"{unit} to {to} differentiates {QUANTITIES[from_order]} to {QUANTITIES[to_order]}, expected the other way",
            hint="Only integration is offered: differentiation raises noise without limit.",
        )
    corner = float(high_pass_hz)
    duration = samples.size / rate
    if not 2 / duration <= corner < rate / 2:
        raise InputError(
            f"high-pass at {corner:g} Hz, expected {2 / duration:.3g} Hz (two periods in {duration:.3g} s) to less "
            f"than {rate / 2:g} Hz (half the rate)",
            hint="10 Hz suits most machines.",
        )

    def gain(freq: NDArray[np.float64]) -> NDArray[np.complexfloating]:
        omega = 2j * np.pi * np.maximum(freq, np.finfo(np.float32).tiny)
        passed = butterworth(freq, rate, (corner, rate / 2), 4) * (freq > 0)
        return passed * (from_scale / to_scale) / omega**times

    settle = SETTLING_PERIODS / corner
    values = through_gain(samples.astype(np.float64), rate, gain, settle).astype(samples.dtype)
    how = ("scaled", "integrated once", "integrated twice")[times]
    return IntegratedSignal(values, rate, to, corner, settle, f"{unit} to {to}, {how}, high-pass {corner:g} Hz")
