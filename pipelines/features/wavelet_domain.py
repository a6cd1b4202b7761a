"""Wavelet: db4 decomposition in five levels, rate/2^(j+1) to rate/2^j at level j.

Only coefficients whose filter lies wholly inside the signal count: whichever way a record is extended beyond its ends,
the kink it adds looks like an impact. Energies are mean squares per sample of the signal, independent of its length.
A level of less than `MIN_COEFFICIENTS` coefficients does not exist, and what needs it is NaN.
"""

import numpy as np
import pywt

from pipelines.features.declaration import feature
from pipelines.features.representation import RELATIVE_FLOOR, Array, Representation
from pipelines.features.time_domain import central_moment_ratio, ratio

WAVELET = "db4"
FILTER_LENGTH = 8
LEVELS = 5
MIN_COEFFICIENTS = 8
_SOURCE = (
    "Mallat, A Wavelet Tour of Signal Processing, 3rd ed. 2009, ch. 7; Daubechies wavelet with 4 vanishing moments"
)


def decompose(y: Array) -> tuple[list[Array], Array | None]:
    """Return the details of the levels 1, 2, … that exist, and the approximation of level 5 if it does."""
    details: list[Array] = []
    approximation = y
    for _ in range(LEVELS):
        inside = slice(FILTER_LENGTH // 2 - 1, len(approximation) // 2)
        if inside.stop - inside.start < MIN_COEFFICIENTS:
            return details, None
        low, high = pywt.dwt(approximation, WAVELET, mode="zero")
        approximation = low[inside]
        details.append(high[inside])
    return details, approximation


def _energy(coefficients: Array, level: int) -> float:
    """Mean square that a level contributes to each sample of the signal."""
    return float(np.mean(coefficients**2) / 2**level)


def _detail_energy(s: Representation, level: int) -> float:
    details, _ = decompose(s.y)
    return _energy(details[level - 1], level) if level <= len(details) else float("nan")


@feature(
    title="Wavelet energy ratio",
    unit="–",
    formula=r"\frac{\sum_{j=1}^5 2^{-j}\overline{d_j^2}}{\sum_{j=1}^5 2^{-j}\overline{d_j^2} + 2^{-5}\overline{a_5^2}}",
    source=_SOURCE,
    domain="wavelet",
    meaning="Share of the vibration above rate/64: rises when impacts join a slow motion.",
)
def wavelet_energy_ratio(s: Representation) -> float:
    details, approximation = decompose(s.y)
    if approximation is None:
        return float("nan")
    energy = sum(_energy(d, level) for level, d in enumerate(details, start=1))
    return ratio(energy, energy + _energy(approximation, LEVELS))


@feature(
    title="Wavelet excess kurtosis",
    unit="–",
    formula=r"\frac15 \sum_{j=1}^5 \left(\frac{m_4(d_j)}{m_2(d_j)^2} - 3\right)",
    source=_SOURCE,
    domain="wavelet",
    meaning="Impulsiveness by band, so that a strong slow tone cannot hide impacts; bands 80 dB down are left out.",
)
def wavelet_kurtosis(s: Representation) -> float:
    if s.constant:
        return float("nan")
    floor = RELATIVE_FLOOR**2 * np.mean(s.y**2)
    heard = [d for d in decompose(s.y)[0] if np.var(d) > floor]
    return float(np.mean([central_moment_ratio(d, 4) - 3 for d in heard])) if heard else float("nan")


@feature(
    title="Wavelet energy, level 1",
    unit="{unit}²",
    formula=r"2^{-1}\,\overline{d_1^2}",
    source=_SOURCE,
    domain="wavelet",
    meaning="Mean square from rate/4 to rate/2 (5.1–10.2 kHz at 20.48 kHz): metal contact, lubrication.",
)
def wavelet_energy_d1(s: Representation) -> float:
    return _detail_energy(s, 1)


@feature(
    title="Wavelet energy, level 3",
    unit="{unit}²",
    formula=r"2^{-3}\,\overline{d_3^2}",
    source=_SOURCE,
    domain="wavelet",
    meaning="Mean square from rate/16 to rate/8 (1.3–2.6 kHz at 20.48 kHz): cavitation bursts, bearing resonances.",
)
def wavelet_energy_d3(s: Representation) -> float:
    return _detail_energy(s, 3)


@feature(
    title="Wavelet energy, level 5",
    unit="{unit}²",
    formula=r"2^{-5}\,\overline{d_5^2}",
    source=_SOURCE,
    domain="wavelet",
    meaning="Mean square from rate/64 to rate/32 (320–640 Hz at 20.48 kHz): higher shaft harmonics.",
)
def wavelet_energy_d5(s: Representation) -> float:
    return _detail_energy(s, 5)
