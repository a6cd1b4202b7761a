"""Envelope: magnitude of the analytic signal, unfiltered."""

import numpy as np

from pipelines.features.declaration import feature
from pipelines.features.grid import modulation_start
from pipelines.features.representation import Representation
from pipelines.features.time_domain import central_moment_ratio

_ENVELOPE = "Randall and Antoni, Mechanical Systems and Signal Processing 25, 2011"
_NAN = float("nan")


@feature(
    title="Envelope RMS",
    unit="{unit}",
    formula=r"\sqrt{\overline{e^2}},\quad e = |y + j\mathcal{H}y|",
    source=_ENVELOPE,
    domain="envelope",
    meaning="Mean strength of the oscillation, √2 times the RMS without offset.",
)
def envelope_rms(s: Representation) -> float:
    return float(np.sqrt(np.mean(s.envelope**2)))


@feature(
    title="Envelope excess kurtosis",
    unit="–",
    formula=r"\frac{m_4(e)}{m_2(e)^2} - 3",
    source=_ENVELOPE,
    domain="envelope",
    meaning="Impulsiveness of the strength: bursts and impacts raise it; NaN for an unmodulated tone.",
)
def envelope_kurtosis(s: Representation) -> float:
    return central_moment_ratio(s.envelope, 4) - 3 if s.modulated else _NAN


@feature(
    title="Envelope peak",
    unit="{unit}",
    formula=r"\max e",
    source=_ENVELOPE,
    domain="envelope",
    meaning="Strength of the hardest hit.",
)
def envelope_peak(s: Representation) -> float:
    return float(s.envelope.max())


@feature(
    title="Modulation frequency",
    unit="Hz",
    formula=r"\arg\max_{f > 1\,\mathrm{Hz}} |\mathrm{FFT}(e - \bar e)|",
    source=_ENVELOPE,
    domain="envelope",
    meaning="How often the strength rises and falls: the rate of impacts or of a load passing by.",
)
def modulation_frequency(s: Representation) -> float:
    if not s.modulated:
        return _NAN
    spectrum = np.abs(np.fft.rfft(s.envelope - s.envelope.mean()))[: s.samples // 2]
    start = modulation_start(s.samples, s.rate_hz)
    return float(s.frequencies[start + np.argmax(spectrum[start:])]) if start < len(spectrum) else _NAN
