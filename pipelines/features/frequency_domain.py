"""Frequency domain: where the mean square of the signal lies, and the harmonics of the record's own speed.

The four band energies and the total are mean squares (Parseval), so they do not depend on the record's length.
"""

import numpy as np

from pipelines.features.declaration import feature
from pipelines.features.grid import BANDS_HZ, band_bins, harmonic_bins
from pipelines.features.representation import Representation
from pipelines.features.time_domain import ratio

_SPECTRUM = "Randall, Vibration-based Condition Monitoring, 2nd ed. 2021, ch. 3"
_SHAPE = "Peeters, A large set of audio features, IRCAM 2004, section 6, on the power spectrum"
_NAN = float("nan")


def _band_energy(s: Representation, band: str) -> float:
    bins = band_bins(*BANDS_HZ[band], s.samples, s.rate_hz)
    return _NAN if bins is None else float(s.power[slice(*bins)].sum())


def _harmonic_ratio(s: Representation, multiple: int) -> float:
    first = harmonic_bins(1, s.shaft_hz, s.samples, s.rate_hz)
    other = harmonic_bins(multiple, s.shaft_hz, s.samples, s.rate_hz)
    if first is None or other is None:
        return _NAN
    return ratio(np.sqrt(s.power[slice(*other)].max()), np.sqrt(s.power[slice(*first)].max()))


@feature(
    title="Dominant frequency",
    unit="Hz",
    formula=r"f_{\arg\max_k P_k},\quad P_k = A_k^2/2",
    source=_SPECTRUM,
    domain="frequency",
    meaning="The strongest line: 1X for imbalance, 2X for misalignment, below 0.5X for oil whirl.",
)
def dominant_frequency(s: Representation) -> float:
    return _NAN if s.lineless else float(s.frequencies[np.argmax(s.power)])


@feature(
    title="Spectral centroid",
    unit="Hz",
    formula=r"\frac{\sum_k f_k P_k}{\sum_k P_k}",
    source=_SHAPE,
    domain="frequency",
    meaning="Centre of the vibration's power; moves up when impacts excite resonances or wear raises the floor.",
)
def spectral_centroid(s: Representation) -> float:
    return ratio(float(np.sum(s.frequencies * s.power)), float(s.power.sum()))


@feature(
    title="Spectral entropy",
    unit="nat",
    formula=r"-\sum_k p_k \ln p_k,\quad p_k = P_k / \sum_j P_j",
    source="Inouye et al., Electroencephalography and Clinical Neurophysiology 79, 1991",
    domain="frequency",
    meaning="Low when a few lines hold the power, high for broadband noise as from wear.",
)
def spectral_entropy(s: Representation) -> float:
    if s.lineless:
        return _NAN
    p = s.power / s.power.sum()
    p = p[p > 0]
    return float(-np.sum(p * np.log(p)))


@feature(
    title="Low-band energy (0–500 Hz)",
    unit="{unit}²",
    formula=r"\sum_{0 < f_k < 500} P_k",
    source=_SPECTRUM,
    domain="frequency",
    meaning="Mean square below 500 Hz: shaft harmonics, imbalance, misalignment, looseness.",
)
def low_band_energy(s: Representation) -> float:
    return _band_energy(s, "low")


@feature(
    title="Mid-band energy (500–2000 Hz)",
    unit="{unit}²",
    formula=r"\sum_{500 \le f_k < 2000} P_k",
    source=_SPECTRUM,
    domain="frequency",
    meaning="Mean square from 500 to 2000 Hz: high harmonics, gear mesh, cavitation bursts.",
)
def mid_band_energy(s: Representation) -> float:
    return _band_energy(s, "mid")


@feature(
    title="High-band energy (2–5 kHz)",
    unit="{unit}²",
    formula=r"\sum_{2000 \le f_k < 5000} P_k",
    source=_SPECTRUM,
    domain="frequency",
    meaning="Mean square from 2 to 5 kHz: resonances that bearing impacts excite.",
)
def high_band_energy(s: Representation) -> float:
    return _band_energy(s, "high")


@feature(
    title="Very-high-band energy (5–10 kHz)",
    unit="{unit}²",
    formula=r"\sum_{5000 \le f_k < 10000} P_k",
    source=_SPECTRUM,
    domain="frequency",
    meaning="Mean square from 5 to 10 kHz: metal contact and failing lubrication; up to Nyquist if that is lower.",
)
def very_high_band_energy(s: Representation) -> float:
    return _band_energy(s, "very_high")


@feature(
    title="Total spectral power",
    unit="{unit}²",
    formula=r"\sum_k P_k",
    source=_SPECTRUM,
    domain="frequency",
    meaning="Mean square of the vibration without the sensor's offset.",
)
def total_spectral_power(s: Representation) -> float:
    return float(s.power.sum())


@feature(
    title="Spectral standard deviation",
    unit="Hz",
    formula=r"\sqrt{\frac{\sum_k (f_k - f_c)^2 P_k}{\sum_k P_k}}",
    source=_SHAPE,
    domain="frequency",
    meaning="How widely the power is spread around its centroid.",
)
def spectral_std(s: Representation) -> float:
    variance = ratio(float(np.sum((s.frequencies - spectral_centroid(s)) ** 2 * s.power)), float(s.power.sum()))
    return float(np.sqrt(variance))


@feature(
    title="2X/1X amplitude ratio",
    unit="–",
    formula=r"\frac{\max_{|f_k - 2f_r| \le 0.03 \cdot 2f_r} A_k}{\max_{|f_k - f_r| \le 0.03 f_r} A_k}",
    source="ISO 13373-2:2016, annex; lines searched around the record's own shaft speed",
    domain="frequency",
    meaning="Above 1 points to misalignment; unknown (NaN) when the speed is unknown.",
)
def harmonic_2x_1x(s: Representation) -> float:
    return _harmonic_ratio(s, 2)


@feature(
    title="3X/1X amplitude ratio",
    unit="–",
    formula=r"\frac{\max_{|f_k - 3f_r| \le 0.03 \cdot 3f_r} A_k}{\max_{|f_k - f_r| \le 0.03 f_r} A_k}",
    source="ISO 13373-2:2016, annex; lines searched around the record's own shaft speed",
    domain="frequency",
    meaning="Raised by misalignment and looseness; unknown (NaN) when the speed is unknown.",
)
def harmonic_3x_1x(s: Representation) -> float:
    return _harmonic_ratio(s, 3)


@feature(
    title="Spectral peakiness",
    unit="–",
    formula=r"\frac{\max_k P_k}{\overline{P}}",
    source=_SHAPE,
    domain="frequency",
    meaning="How far the strongest line stands above the average bin.",
)
def spectral_peakiness(s: Representation) -> float:
    return ratio(float(s.power.max()), float(s.power[1:-1].mean()))
