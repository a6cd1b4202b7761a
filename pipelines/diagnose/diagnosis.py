"""Diagnosis of one record from bearing geometry and shaft speed, without training."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from pipelines.bearings import BearingGeometry, FaultOrders
from pipelines.diagnose.config import DEFAULT, METHOD_VERSION, DiagnoseConfig
from pipelines.diagnose.evidence import TITLES, Evidence, collect_evidence
from pipelines.diagnose.explanations import (
    Explanation,
    Measures,
    explain,
    leading_fault,
    second_race,
    stated,
    unremarkable,
)
from pipelines.diagnose.gates import Gates, gates_for
from pipelines.diagnose.search import search_combs
from pipelines.diagnose.speed import estimate_speed
from pipelines.diagnose.words import (
    VERDICT_TITLES,
    between_reason,
    clear_reason,
    competing_reason,
    fault_reason,
    not_healthy_reason,
    secondary_reason,
    shallow_note,
    shallow_reason,
    unsure_reason,
)
from pipelines.errors import InputError
from pipelines.spectra.signal_input import checked_rate, checked_signal


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Verdict on one record and everything it rests on.

    Attributes
    ----------
    verdict : {"healthy", "fault", "abstain"}
        ``healthy``: the speed is known, the record long enough to show a fault, and score, depth and number of lines
        at bearing frequencies are all well inside those of healthy records. ``fault``: a comb exceeds both gates and
        is probable enough. ``abstain``: neither can be said; `reason` tells why.
    title : str
        The verdict in words.
    fault : {"inner_race", "outer_race", "ball", "cage"} or None
        Named only with ``fault``. A comb at the cage frequency alone is named ``ball``: a defective ball meets the
        load once a turn of the cage and shows it as often as its own spin; the reason says so. ``cage`` is named when
        the record shows the cage and clearly not the ball (a comb at 2·BSF below the median of unrelated ones).
    confidence : float
        Share of answers as sure as this one that were right on simulated machines that took no part in the fit (half
        healthy, half with a fault of -16 to 12 dB, three in ten of these with secondary damage), at its lower 90 %
        bound; times the confidence of the speed, where that is estimated. 0 when abstaining.
    reason : str
        One or two sentences with numbers.
    evidence : tuple of Evidence
        Every fault, strongest first; empty when the record could not be searched.
    speed_rpm : float or None
        Speed used, refined by the shaft's own harmonics.
    speed_source : str
    bands_hz : tuple of (float, float)
        Bands demodulated.
    gates : Gates or None
    warnings : tuple of str
    method_version : str
    explanations : tuple of Explanation
        Healthy and every fault with its probability before the reliability of such answers is counted, most probable
        first; empty when the record could not be searched.
    """

    verdict: str
    title: str
    fault: str | None
    confidence: float
    reason: str
    evidence: tuple[Evidence, ...]
    speed_rpm: float | None
    speed_source: str
    bands_hz: tuple[tuple[float, float], ...]
    gates: Gates | None
    warnings: tuple[str, ...]
    method_version: str = METHOD_VERSION
    explanations: tuple[Explanation, ...] = ()

    def to_dict(self) -> dict:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Diagnosis":
        """The diagnosis that `to_dict` told."""
        plain = dict(told)
        plain["evidence"] = tuple(Evidence.from_dict(one) for one in plain["evidence"])
        plain["bands_hz"] = tuple((low, high) for low, high in plain["bands_hz"])
        plain["gates"] = Gates(**plain["gates"]) if plain["gates"] else None
        plain["warnings"] = tuple(plain["warnings"])
        plain["explanations"] = tuple(Explanation(**one) for one in plain.get("explanations", ()))
        return cls(**plain)


@dataclass(frozen=True, slots=True)
class _Finding:
    verdict: str
    fault: str | None
    confidence: float
    reason: str


def diagnose(
    x: ArrayLike,
    rate_hz: float,
    *,
    geometry: BearingGeometry | None = None,
    orders: FaultOrders | None = None,
    speed_rpm: float | None = None,
    config: DiagnoseConfig = DEFAULT,
) -> Diagnosis:
    """Diagnose one record of a rolling-element bearing.

    The spectrum is whitened and its tones clipped; the squared envelope of many half-overlapping bands is
    transformed, each spectrum put over its own running median and the logarithms averaged; shaft and mains multiples
    are masked; the harmonics of each fault, with one common slip of up to 2 %, are measured against combs at unrelated
    frequencies of the same record. A fault is named when its score and its modulation depth both exceed what healthy
    records reach and it is the probable explanation; another one that competes is named with it.

    Parameters
    ----------
    x : (L,) array_like
        One acceleration signal, any unit.
    rate_hz : float
        Sampling rate, Hz.
    geometry : BearingGeometry, optional
        The bearing, e.g. ``lookup("6205")``.
    orders : FaultOrders, optional
        Its fault orders, instead of a geometry.
    speed_rpm : float, optional
        Speed of the shaft that carries the inner ring; estimated from the record if omitted, and said so.
    config : DiagnoseConfig

    Raises
    ------
    InputError
        Neither or both of geometry and orders, a speed that is not positive or too high for the rate, an unusable
        signal (not one channel, NaN) or rate.

    Notes
    -----
    Method after Randall and Antoni, Mech. Syst. Signal Process. 25 (2011) 485; what was measured on the way is in
    ``docs/design/``.
    """
    if (geometry is None) == (orders is None):
        raise InputError(
            "diagnosis needs the bearing's geometry or its fault orders, exactly one of them",
            hint='Pass geometry=lookup("6205") or orders=FaultOrders(...).',
        )
    rate = checked_rate(rate_hz)
    signal = checked_signal(x, at_least=256)
    signal = signal[: scipy.fft.prev_fast_len(signal.size, real=True)]  # an awkward length costs more than its tail
    if speed_rpm is not None and not (math.isfinite(speed_rpm) and speed_rpm > 0):
        raise InputError(
            f"shaft speed {speed_rpm} rpm, expected a positive number",
            hint="Give revolutions per minute, or leave the speed out to have it estimated.",
        )
    wanted = geometry.orders() if geometry is not None else orders
    assert wanted is not None
    if _is_constant(signal):
        return _not_searched("The signal is constant: there is nothing to analyse.", speed_rpm, "given")
    warnings: list[str] = []
    if geometry is not None and geometry.approximate:
        warnings.append("The geometry is approximate: the search may miss a fault, so no record is called healthy.")
    source, trust = "given", 1.0
    if speed_rpm is None:
        try:
            estimate = estimate_speed(signal, rate, config=config)
        except InputError as error:
            return _not_searched(f"The speed is not given and cannot be estimated: {error}.", None, "unknown")
        source = f"{estimate.how} (confidence {estimate.confidence:.0%})"
        if estimate.confidence < config.least_speed_confidence:
            reason = f"The speed is not given and the record does not show it: best guess {estimate.rpm:.0f} rpm."
            return _not_searched(reason, estimate.rpm, source)
        speed_rpm, trust = estimate.rpm, estimate.confidence
        warnings.append(f"The speed was not given; {estimate.rpm:.0f} rpm was estimated from the vibration.")
    return _searched(signal, rate, wanted, speed_rpm, source, trust, tuple(warnings), geometry, config)


def _searched(
    signal: NDArray[np.float32],
    rate: float,
    orders: FaultOrders,
    speed_rpm: float,
    source: str,
    trust: float,
    warnings: tuple[str, ...],
    geometry: BearingGeometry | None,
    config: DiagnoseConfig,
) -> Diagnosis:
    turns = signal.size / rate * speed_rpm / 60
    if turns < config.least_revolutions:
        return _not_searched(
            f"The record is too short: {signal.size / rate:.2g} s are {turns:.0f} turns of the shaft, and at least "
            f"{config.least_revolutions:.0f} are needed to resolve the lines of a bearing.",
            speed_rpm,
            source,
        )
    found = search_combs(signal, rate, orders, speed_rpm / 60, config)
    gates = gates_for(turns)
    evidence = collect_evidence(found, orders, gates, config)
    doubts = _doubts(turns, source, geometry, config)
    measures = Measures.of(found, turns)
    explanations = explain(measures)
    finding = _conclude(evidence, measures, explanations, gates, doubts, trust, config)
    standing = [item for item in evidence if item.score > gates.score]
    if len(standing) > 1:
        told = ", ".join(f"{item.title} {item.score:.1f}" for item in standing)
        warnings = (*warnings, f"More than one comb stands out ({told} MAD): damage may be combined, or secondary.")
    return Diagnosis(
        verdict=finding.verdict,
        title=VERDICT_TITLES[finding.verdict] + (f": {TITLES[finding.fault][0].lower()}" if finding.fault else ""),
        fault=finding.fault,
        confidence=finding.confidence,
        reason=finding.reason,
        evidence=evidence,
        speed_rpm=found.shaft_lines * found.modulation.resolution_hz * 60,
        speed_source=source,
        bands_hz=found.modulation.bands_hz,
        gates=gates,
        warnings=warnings,
        explanations=explanations,
    )


def _conclude(
    evidence: tuple[Evidence, ...],
    measures: Measures,
    explanations: tuple[Explanation, ...],
    gates: Gates,
    doubts: list[str],
    trust: float,
    config: DiagnoseConfig,
) -> _Finding:
    by_fault = {item.fault: item for item in evidence}
    leading = leading_fault(measures, gates, explanations)
    if leading is not None:
        best = by_fault[measures.lines(gates)[leading.what]]
        other = second_race(measures, gates, leading.what)
        if other is not None:
            return _Finding("abstain", None, 0.0, secondary_reason(best, by_fault[other], gates))
        shallow = best.modulation_depth < gates.deep
        confidence = trust * stated("fault", leading.probability) * (config.shallow_trust if shallow else 1.0)
        if confidence < config.least_confidence:
            return _Finding("abstain", None, 0.0, unsure_reason(best, confidence, explanations))
        rivals = [one for one in explanations if one.what != leading.what and one.probability >= config.competing]
        kind = "ball" if best.fault == "cage" and by_fault["ball"].score > 0 else best.fault
        reason = fault_reason(best, kind) + shallow_note(best, gates) + competing_reason(rivals)
        return _Finding("fault", kind, confidence, reason)
    best = evidence[0]
    if best.score > gates.score:
        return _Finding("abstain", None, 0.0, shallow_reason(best))
    if best.score > gates.clear:
        return _Finding("abstain", None, 0.0, between_reason(best, gates))
    against = doubts + unremarkable(measures, gates)
    healthy = next(one.probability for one in explanations if one.what == "healthy")
    confidence = stated("healthy", healthy)
    if not against and confidence < config.least_confidence:
        against = [f"only {confidence:.0%} of simulated records that look like this are healthy"]
    if against:
        return _Finding("abstain", None, 0.0, not_healthy_reason(best, gates, against))
    return _Finding("healthy", None, confidence, clear_reason(best, gates))


def _doubts(turns: float, source: str, geometry: BearingGeometry | None, config: DiagnoseConfig) -> list[str]:
    """Why finding nothing would not mean that nothing is there."""
    doubts = []
    if turns < config.revolutions_to_clear:
        doubts.append(f"{turns:.0f} turns of the shaft are too few to show a weak fault")
    if geometry is not None and geometry.approximate:
        doubts.append("the geometry is approximate")
    if source != "given":
        doubts.append("the speed is estimated")
    return doubts


def _is_constant(signal: NDArray[np.float32]) -> bool:
    spread = float(np.ptp(signal))
    return spread == 0.0


def _not_searched(reason: str, speed_rpm: float | None, source: str) -> Diagnosis:
    return Diagnosis(
        verdict="abstain",
        title=VERDICT_TITLES["abstain"],
        fault=None,
        confidence=0.0,
        reason=reason,
        evidence=(),
        speed_rpm=speed_rpm,
        speed_source=source,
        bands_hz=(),
        gates=None,
        warnings=(),
    )
