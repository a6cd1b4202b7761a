"""Shaft speed from the vibration alone."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.diagnose.comb import best_combs
from pipelines.diagnose.config import DEFAULT, DiagnoseConfig
from pipelines.diagnose.gates import calibration, earned
from pipelines.diagnose.modulation import modulation_spectrum
from pipelines.diagnose.shaft import MAINS_MODULATION_HZ, shaft_teeth, tone_excess, without_multiples
from pipelines.errors import InputError
from pipelines.spectra.signal_input import checked_rate, checked_signal

HARMONICS = 8
TONE_LIMIT = 5.0  # one strong line of something else must not outweigh a comb
MODULATION_LIMIT = 2.0  # a bearing modulates too, but shows no tones
FUNDAMENTAL_SHARE = 0.7
RELATED = ((1, 2), (1, 3), (2, 1), (3, 1), (2, 3), (3, 2))


@dataclass(frozen=True, slots=True)
class SpeedEstimate:
    """An estimated shaft speed.

    Attributes
    ----------
    rpm : float
    confidence : float
        Share of estimates as sure as this one within 1 % of the truth, at its lower 90 % bound, among simulated
        machines of 600 to 3600 rpm, healthy and faulty, a third of them with hardly a shaft line.
    how : str
        In words, for the user.
    """

    rpm: float
    confidence: float
    how: str


@dataclass(frozen=True, slots=True)
class SpeedEvidence:
    """The best candidate and what its confidence rests on.

    ``stands_out`` is its robust z among all candidates, ``lead`` that over the best unrelated candidate and
    ``related_lead`` that over the best of its simple fractions and multiples, both relative (1: no rival, 0: as good).
    ``tones`` and ``modulation`` are the mean excess of its first three harmonics in the spectrum and in the envelope: a
    bearing shows in the second only.
    """

    rpm: float
    stands_out: float
    lead: float
    related_lead: float
    tones: float
    modulation: float

    def features(self) -> tuple[float, ...]:
        """Inputs of the confidence, (6,)."""
        return (
            math.log(min(max(self.stands_out, 1.0), 100.0)),
            max(self.lead, -1.0),
            max(self.related_lead, -1.0),
            max(self.related_lead - 0.4, 0.0),
            self.tones,
            self.modulation,
        )


def estimate_speed(
    x: ArrayLike, rate_hz: float, *, search_rpm: tuple[float, float] | None = None, config: DiagnoseConfig = DEFAULT
) -> SpeedEstimate:
    """Estimate shaft speed from the harmonics that the spectrum and the modulation of the noise share.

    Parameters
    ----------
    x : (L,) array_like
        One signal.
    rate_hz : float
        Sampling rate, Hz.
    search_rpm : (low, high), optional
        Range searched; 300 to 6000 rpm if omitted. A narrow range makes the answer far more certain.

    Raises
    ------
    InputError
        Unusable signal or rate, an empty range, or a record too short to separate speeds in it.
    """
    low, high = search_rpm or config.search_rpm
    found = speed_evidence(x, rate_hz, (low, high), config)
    model = calibration()["speed"]
    value = model["intercept"] + sum(c * f for c, f in zip(model["coefficients"], found.features(), strict=True))
    return SpeedEstimate(
        rpm=found.rpm,
        confidence=earned(model["reliability"], 1 / (1 + math.exp(-value))),
        how=f"estimated from {HARMONICS} shaft harmonics in spectrum and envelope, "
        f"{low:.0f} to {high:.0f} rpm searched",
    )


def speed_evidence(
    x: ArrayLike, rate_hz: float, search_rpm: tuple[float, float], config: DiagnoseConfig
) -> SpeedEvidence:
    """The best speed in a range and its rivals; errors as in `estimate_speed`."""
    rate = checked_rate(rate_hz)
    signal = checked_signal(x, at_least=1024)
    low, high = (value / 60 for value in search_rpm)
    if not 0 < low < high:
        raise InputError(f"speed range {low * 60:g} to {high * 60:g} rpm is empty", hint="Give low and high in rpm.")
    resolution = rate / signal.size
    if low < 8 * resolution or high * HARMONICS > rate / 4:
        raise InputError(
            f"{signal.size / rate:.3g} s at {rate:g} Hz cannot show speeds of {low * 60:g} to {high * 60:g} rpm",
            hint="Use a longer record or a narrower range.",
        )
    nyquist = rate / 2
    bands = tuple((k * nyquist / 4, (k + 2) * nyquist / 4) for k in range(3))
    top = HARMONICS * high * 1.01
    modulation = modulation_spectrum(signal, rate, bands, min(top, nyquist / 2.5), low * 2, config)
    tones = tone_excess(signal, rate, top, low * 2)
    count = min(tones.size, modulation.excess.size)
    evidence = np.minimum(tones[:count], TONE_LIMIT) + np.minimum(modulation.excess[:count], MODULATION_LIMIT)
    mains = tuple(modulation_hz / 2 / resolution for modulation_hz in MAINS_MODULATION_HZ)
    evidence = without_multiples(evidence, mains, config, fill=np.nan)
    lines = np.arange(low / resolution, high / resolution, 0.5 / HARMONICS)
    values, _ = best_combs(evidence, lines, shaft_teeth(HARMONICS), 0.0, np.inf, 0.0)
    values = (values - np.median(values)) / (1.4826 * np.median(np.abs(values - np.median(values))) + 1e-9)
    best = _fundamental(lines, values)
    rival = float(values[~_simply_related(lines, lines[best])].max(initial=0.0))
    best_value = max(float(values[best]), 1e-9)
    related = max(_near(lines, values, lines[best] * up / down) for up, down in RELATED)
    return SpeedEvidence(
        rpm=float(_refined(evidence, lines[best]) * resolution * 60),
        stands_out=best_value,
        lead=1 - rival / best_value,
        related_lead=1 - related / best_value,
        tones=_first_harmonics(tones, lines[best]),
        modulation=_first_harmonics(modulation.excess, lines[best]),
    )


def _first_harmonics(excess: NDArray[np.float32], line: float) -> float:
    """Mean excess of the first three harmonics."""
    found = [min(float(excess[int(k * line) : int(k * line) + 2].max(initial=0.0)), TONE_LIMIT) for k in (1, 2, 3)]
    return sum(found) / 3


def _near(lines: NDArray[np.float64], values: NDArray[np.float64], line: float) -> float:
    near = values[np.abs(lines - line) < 1]
    return float(near.max(initial=0.0))


def _fundamental(lines: NDArray[np.float64], values: NDArray[np.float64]) -> int:
    """The best candidate, or its half or third where that explains nearly as much: it explains more lines."""
    best = int(values.argmax())
    for divisor in (3, 2):
        near = np.flatnonzero(np.abs(lines - lines[best] / divisor) < 1)
        if near.size and values[near].max() > FUNDAMENTAL_SHARE * values[best]:
            return int(near[values[near].argmax()])
    return best


def _simply_related(lines: NDArray[np.float64], best: float) -> NDArray[np.bool_]:
    """Candidates that share harmonics with the best one: small multiples and fractions of it."""
    related = np.zeros(lines.size, dtype=bool)
    for numerator in range(1, 7):
        for denominator in range(1, 7):
            related |= np.abs(lines - best * numerator / denominator) < 3
    return related


def _refined(evidence: NDArray[np.float32], best: float) -> float:
    """Least squares over the strongest line near each harmonic, weighted by its evidence."""
    total, weight = 0.0, 0.0
    for harmonic in range(1, HARMONICS + 1):
        centre = int(harmonic * best + 0.5)
        if 3 <= centre < evidence.size - 3:
            near = np.nan_to_num(np.maximum(evidence[centre - 2 : centre + 3], 0))
            share = float(near.sum())
            total += harmonic * float(near @ np.arange(centre - 2, centre + 3))
            weight += harmonic**2 * share
    return total / weight if weight > 0 else best
