"""Bispectrum: are a line and its octave locked in phase, as a nonlinear path makes them?

Segments of 512 samples, no overlap, no window; the diagonal slice B_k = |mean X_k² conj X_2k| of the amplitude spectra
for k = 1 … 127. With less than `MIN_SEGMENTS` segments any two lines look coupled: all six are then NaN.
"""

import numpy as np

from pipelines.features.declaration import feature
from pipelines.features.representation import RELATIVE_FLOOR, Representation
from pipelines.features.time_domain import ratio, skewness

MIN_SEGMENTS = 4

#: A slice whose sum is this far below the full coupling of all power is rounding; it has no shape.
SLICE_FLOOR = RELATIVE_FLOOR / 10

_SOURCE = "Collis, White and Hammond, Mechanical Systems and Signal Processing 12, 1998 (higher-order spectra)"
_DEFINITION = r"B_k = \left|\overline{X_k^2 X_{2k}^*}\right|"
_NAN = float("nan")


def _enough(s: Representation) -> bool:
    return len(s.segments) >= MIN_SEGMENTS


def _shaped(s: Representation) -> bool:
    return _enough(s) and not s.constant and bool(s.bispectrum.sum() > SLICE_FLOOR * s.triad_scale)


@feature(
    title="Bispectrum peak",
    unit="{unit}³",
    formula=r"\max_k B_k,\quad " + _DEFINITION,
    source=_SOURCE,
    domain="bispectrum",
    meaning="Strength of the most strongly coupled pair of a line and its octave.",
)
def bispectrum_peak(s: Representation) -> float:
    return float(s.bispectrum.max()) if _enough(s) else _NAN


@feature(
    title="Bispectrum mean",
    unit="{unit}³",
    formula=r"\overline{B_k},\quad " + _DEFINITION,
    source=_SOURCE,
    domain="bispectrum",
    meaning="Coupling of lines and octaves over the whole spectrum.",
)
def bispectrum_mean(s: Representation) -> float:
    return float(s.bispectrum.mean()) if _enough(s) else _NAN


@feature(
    title="Bispectrum entropy",
    unit="nat",
    formula=r"-\sum_k b_k \ln b_k,\quad b_k = B_k / \sum_j B_j",
    source=_SOURCE,
    domain="bispectrum",
    meaning="Low when one pair of lines is coupled, high when nothing is.",
)
def bispectrum_entropy(s: Representation) -> float:
    if not _shaped(s):
        return _NAN
    b = s.bispectrum / s.bispectrum.sum()
    b = b[b > 0]
    return float(-np.sum(b * np.log(b)))


@feature(
    title="Phase coupling",
    unit="–",
    formula=r"\frac{\sum_k \left|\sum_s X_{k,s}^2 X_{2k,s}^*\right|}{\sum_k \sum_s \left|X_{k,s}^2 X_{2k,s}\right|}",
    source="Hagihara et al., Anesthesia & Analgesia 93, 2001 (bicoherence normalised by the triple product)",
    domain="bispectrum",
    meaning="0 to 1: the share of line-octave pairs whose phases are locked, as by looseness, rub or a cracked part.",
)
def phase_coupling(s: Representation) -> float:
    if not _enough(s) or s.constant:
        return _NAN
    possible = float(np.abs(s.triads).mean(axis=0).sum())
    if possible <= RELATIVE_FLOOR * s.triad_scale:
        return 0.0
    return float(s.bispectrum.sum()) / possible


@feature(
    title="Nonlinearity index",
    unit="–",
    formula=r"\frac12\left(\frac{\sum_k B_k}{\sigma^3} + |\gamma_1|\right)",
    source="Sum of the normalised bispectrum and skewness, both pure numbers; see phase coupling",
    domain="bispectrum",
    meaning="Rises when the machine answers a push and a pull differently.",
)
def nonlinearity_index(s: Representation) -> float:
    if not _enough(s) or s.constant:
        return _NAN
    return (ratio(float(s.bispectrum.sum()), float(np.mean(s.y**2) ** 1.5)) + abs(skewness(s))) / 2


@feature(
    title="Bispectrum peak ratio",
    unit="–",
    formula=r"\frac{\max_k B_k}{\overline{B_k}}",
    source=_SOURCE,
    domain="bispectrum",
    meaning="How far the strongest coupled pair stands out.",
)
def bispectrum_peak_ratio(s: Representation) -> float:
    return ratio(float(s.bispectrum.max()), float(s.bispectrum.mean())) if _shaped(s) else _NAN
