"""Time domain: size and shape of the samples as recorded, offset included where the definition includes it."""

import numpy as np

from pipelines.features.declaration import feature
from pipelines.features.representation import Array, Representation

_HANDBOOK = "Lei, Intelligent Fault Diagnosis and Remaining Useful Life Prediction of Rotating Machinery, 2017, ch. 2"


def central_moment_ratio(values: Array, order: int) -> float:
    """Return m_order / m_2^(order/2) of central moments; the caller makes sure that the values differ."""
    centred = values - values.mean()
    return float(np.mean(centred**order) / np.mean(centred**2) ** (order / 2))


def ratio(numerator: float, denominator: float) -> float:
    """Return the quotient, NaN over 0: an all-zero signal has no shape."""
    return float(numerator / denominator) if denominator > 0 else float("nan")


def _peak(s: Representation) -> float:
    return float(np.abs(s.x).max())


def _mean_magnitude(s: Representation) -> float:
    return float(np.abs(s.x).mean())


@feature(
    title="RMS",
    unit="{unit}",
    formula=r"\sqrt{\frac1L \sum_n x_n^2}",
    source=_HANDBOOK,
    domain="time",
    meaning="Overall vibration level; grows with most faults, but late.",
)
def rms(s: Representation) -> float:
    return float(np.sqrt(np.mean(s.x**2)))


@feature(
    title="Excess kurtosis",
    unit="–",
    formula=r"\frac{m_4}{m_2^2} - 3",
    source=_HANDBOOK,
    domain="time",
    meaning="Impulsiveness: 0 for Gaussian noise, −1.5 for a sine, high when rolling elements hit a spall.",
)
def kurtosis(s: Representation) -> float:
    return float("nan") if s.constant else central_moment_ratio(s.x, 4) - 3


@feature(
    title="Skewness",
    unit="–",
    formula=r"\frac{m_3}{m_2^{3/2}}",
    source=_HANDBOOK,
    domain="time",
    meaning="Asymmetry of the waveform, as from rubbing or one-sided clearance.",
)
def skewness(s: Representation) -> float:
    return float("nan") if s.constant else central_moment_ratio(s.x, 3)


@feature(
    title="Crest factor",
    unit="–",
    formula=r"\frac{\max|x|}{\mathrm{RMS}}",
    source=_HANDBOOK,
    domain="time",
    meaning="Peaks against the overall level: rises with the first impacts, falls again when damage spreads.",
)
def crest_factor(s: Representation) -> float:
    return ratio(_peak(s), rms(s))


@feature(
    title="Shape factor",
    unit="–",
    formula=r"\frac{\mathrm{RMS}}{\overline{|x|}}",
    source=_HANDBOOK,
    domain="time",
    meaning="Form of the waveform whatever its size: 1.11 for a sine, 1.25 for Gaussian noise.",
)
def shape_factor(s: Representation) -> float:
    return ratio(rms(s), _mean_magnitude(s))


@feature(
    title="Impulse factor",
    unit="–",
    formula=r"\frac{\max|x|}{\overline{|x|}}",
    source=_HANDBOOK,
    domain="time",
    meaning="Peaks against the mean level; reacts to single impacts more than the crest factor.",
)
def impulse_factor(s: Representation) -> float:
    return ratio(_peak(s), _mean_magnitude(s))


@feature(
    title="Clearance factor",
    unit="–",
    formula=r"\frac{\max|x|}{\left(\overline{\sqrt{|x|}}\right)^2}",
    source=_HANDBOOK,
    domain="time",
    meaning="Peaks against the quiet parts of the signal; the earliest of the peak ratios on spalls.",
)
def clearance_factor(s: Representation) -> float:
    return ratio(_peak(s), float(np.mean(np.sqrt(np.abs(s.x))) ** 2))
