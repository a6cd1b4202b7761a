"""Zones A to D of velocity RMS on non-rotating parts of industrial machines above 15 kW.

The boundaries are those of ISO 10816-3:2009, tables A.1 and A.2, as transcribed alike by independent open
implementations (among them phonometry, whose tests hold both tables cell by cell). ISO 20816-3:2022 replaces that
edition; its own tables were not at hand, and it is said elsewhere to join zones A and B. Machines of the other groups
(pumps, groups 3 and 4 of the 1998 edition; below 15 kW; gears; reciprocating machines) are left out: their numbers
could not be confirmed.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from pipelines.errors import InputError
from pipelines.filters.integration import UNITS
from pipelines.spectra.averaged import averaged_spectrum
from pipelines.spectra.signal_input import checked_rate, checked_samples

Zone = Literal["A", "B", "C", "D"]

SOURCE = (
    "ISO 10816-3:2009, tables A.1 and A.2 (replaced by ISO 20816-3:2022, whose tables were not compared); "
    "RMS velocity, 10 Hz to 1 kHz, from 2 Hz below 600 rpm"
)
GROUPS: dict[int, str] = {
    1: "Large: above 300 kW to 50 MW, or electrical with a shaft height of 315 mm or more",
    2: "Medium: above 15 kW to 300 kW, or electrical with a shaft height of 160 mm to below 315 mm",
}
MOUNTINGS: dict[str, str] = {
    "rigid": "Lowest natural frequency of machine and support at least 25 % above the running speed",
    "flexible": "Every other support",
}
_LIMITS: dict[tuple[int, str], tuple[float, float, float]] = {
    (1, "rigid"): (2.3, 4.5, 7.1),
    (1, "flexible"): (3.5, 7.1, 11.0),
    (2, "rigid"): (1.4, 2.8, 4.5),
    (2, "flexible"): (2.3, 4.5, 7.1),
}
MEANINGS: dict[Zone, str] = {
    "A": "as newly commissioned machines",
    "B": "acceptable for unrestricted long-term operation",
    "C": "unsatisfactory for long-term operation: acceptable until it can be put right",
    "D": "severe enough to damage the machine",
}
_HIGHEST_HZ = 1000.0
#: The lowest frequency of the band must turn over this often in a record for its RMS to mean something.
_PERIODS = 10


@dataclass(frozen=True, slots=True)
class ZoneLimits:
    """Highest velocity RMS of zones A, B and C in mm/s, for a group and a mounting."""

    group: int
    mounting: str
    a_b: float
    b_c: float
    c_d: float
    source: str = SOURCE


@dataclass(frozen=True, slots=True)
class VelocitySeverity:
    """A judged measurement.

    Attributes
    ----------
    rms_mm_s : float
    zone : {"A", "B", "C", "D"}
    meaning : str
    limits : ZoneLimits
    band_hz : (float, float)
        Band that the RMS was taken over.
    method : str
    """

    rms_mm_s: float
    zone: Zone
    meaning: str
    limits: ZoneLimits
    band_hz: tuple[float, float]
    method: str


def zone_limits(group: int, mounting: str) -> ZoneLimits:
    """Boundaries for a machine group (1 or 2) and a mounting (rigid or flexible); others are refused."""
    if (group, mounting) not in _LIMITS:
        raise InputError(
            f"machine group {group!r}, mounting {mounting!r}: expected group 1 or 2, rigid or flexible",
            hint="Other groups are not offered: their limits could not be confirmed.",
        )
    return ZoneLimits(group, mounting, *_LIMITS[group, mounting])


def velocity_zone(rms_mm_s: float, group: int, mounting: str) -> Zone:
    """Zone of a velocity RMS in mm/s; a value on a boundary belongs to the zone below."""
    if not (math.isfinite(rms_mm_s) and rms_mm_s >= 0):
        raise InputError(f"velocity RMS {rms_mm_s} mm/s, expected 0 or more", hint="Give the RMS in mm/s.")
    limits = zone_limits(group, mounting)
    steps: tuple[tuple[Zone, float], ...] = (("A", limits.a_b), ("B", limits.b_c), ("C", limits.c_d))
    return next((zone for zone, highest in steps if rms_mm_s <= highest), "D")


def velocity_severity(
    x: ArrayLike, rate_hz: float, *, unit: str, group: int, mounting: str, speed_rpm: float | None = None
) -> VelocitySeverity:
    """Velocity RMS of a signal over the standard's band, and its zone.

    The mean square is summed over the lines of an averaged density (Hann), divided by (2πf)² for acceleration: no
    filter's slope takes from the band.

    Parameters
    ----------
    x : (L,) array_like
        One signal, acceleration or velocity.
    rate_hz : float
        Sampling rate, Hz; above 2 kHz, or the band would not fit.
    unit : str
        Of the signal: g, m/s², mm/s², m/s or mm/s.
    group, mounting
        As in `zone_limits`.
    speed_rpm : float, optional
        Below 600 the band begins at 2 Hz.

    Raises
    ------
    InputError
        Unusable signal or rate, a unit that is no acceleration or velocity, a rate of 2 kHz or less, or a record of
        less than ten periods of the band's lowest frequency.
    """
    rate, samples = checked_rate(rate_hz), checked_samples(x)
    limits = zone_limits(group, mounting)
    order, scale = UNITS.get(unit, (0, 1.0))
    if order < 1:
        raise InputError(
            f"a signal in {unit!r} is no acceleration or velocity", hint="Set the unit of the signal's measurement."
        )
    if not rate > 2 * _HIGHEST_HZ:
        raise InputError(
            f"rate of {rate:g} Hz does not reach {_HIGHEST_HZ:g} Hz, the end of the standard's band",
            hint="Use a recording sampled at more than 2 kHz.",
        )
    low = 2.0 if speed_rpm is not None and speed_rpm < 600 else 10.0
    if samples.size / rate < _PERIODS / low:
        raise InputError(
            f"record of {samples.size / rate:.3g} s, expected at least {_PERIODS / low:g} s for a band from {low:g} Hz",
            hint="Use a longer recording.",
        )
    segment = min(samples.size, round(4 * _PERIODS / low * rate))
    found = averaged_spectrum(samples.astype(np.float64), rate, scale="psd", segment=segment)
    inside = (found.freq_hz >= low - found.resolution_hz / 2) & (found.freq_hz <= _HIGHEST_HZ)
    density = found.values[inside] * (scale / 1e-3) ** 2 / (2 * np.pi * found.freq_hz[inside]) ** (2 * (order - 1))
    rms = float(np.sqrt(density.sum() * found.resolution_hz))
    zone = velocity_zone(rms, group, mounting)
    return VelocitySeverity(
        rms_mm_s=rms,
        zone=zone,
        meaning=MEANINGS[zone],
        limits=limits,
        band_hz=(low, _HIGHEST_HZ),
        method=f"velocity RMS {low:g} to {_HIGHEST_HZ:g} Hz, {found.method}",
    )
