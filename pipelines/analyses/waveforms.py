"""The waveform filtered, integrated and judged; its histogram."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.analyses.analysis import Analysis, Found, Subject
from pipelines.analyses.pictures import Axis, Curve, Curves
from pipelines.analyses.settings import Setting, switch
from pipelines.cursors import Total
from pipelines.errors import InputError
from pipelines.filters import band_pass, detrend, envelope, integrate, notch
from pipelines.filters.integration import QUANTITIES, UNITS
from pipelines.severity import GROUPS, MOUNTINGS, SOURCE, velocity_severity
from pipelines.waveforms import between_gaps, histogram

WINDOW_S = 1.0
_TO = {"velocity": "mm/s", "displacement": "µm"}


def _filtered(subject: Subject, settings: Mapping[str, Any]) -> Found:
    rate, unit, said = subject.rate_hz, subject.unit_words, list[str]()
    values: NDArray[np.floating] = subject.x

    def apply(compute: Any) -> None:
        nonlocal values
        made = between_gaps(values, compute)
        values = made.values
        said.append(made.method)

    if settings["detrend"] != "no":
        apply(lambda part: detrend(part, rate, kind=settings["detrend"]))
    if settings["band"] is not None:
        apply(lambda part: band_pass(part, rate, settings["band"], order=settings["order"]))
    if settings["notch_hz"] is not None:
        apply(lambda part: notch(part, rate, settings["notch_hz"], harmonics=settings["notch_multiples"]))
    if settings["integrate"] != "no":
        to = _TO[settings["integrate"]]
        high_pass = settings["high_pass_hz"]
        apply(lambda part: integrate(part, rate, unit=subject.unit, to=to, high_pass_hz=high_pass))
        unit = to
    curves = [Curve("filtered", values)]
    if settings["envelope"] == "yes":
        curves.append(Curve("envelope", between_gaps(values, lambda part: envelope(part, rate)).values))
        said.append("with its envelope, the magnitude of the analytic signal")
    finite = values[np.isfinite(values)].astype(np.float64)
    rms, peak = float(np.sqrt(np.mean(finite**2))), float(np.abs(finite).max())
    totals = (
        Total("RMS", rms, unit),
        Total("peak", peak, unit),
        Total("crest factor", peak / rms if rms else float("nan"), ""),
    )
    picture = Curves(
        Axis("Time", "s"), Axis(_quantity(unit), unit), 0.0, 1 / rate, tuple(curves), window=(0.0, _first(subject))
    )
    return Found(picture, "; ".join(said) or "as recorded: no filter is set", totals)


def _quantity(unit: str) -> str:
    known = UNITS.get(unit)
    return QUANTITIES[known[0]].capitalize() if known else "Amplitude"


def _first(subject: Subject) -> float:
    return min(WINDOW_S, (len(subject.x) - 1) / subject.rate_hz)


def _histogram(subject: Subject, settings: Mapping[str, Any]) -> Found:
    finite = subject.x[np.isfinite(subject.x)]
    if not finite.size:
        raise InputError("no sample is a number", hint="Look at the waveform.")
    found = histogram(finite, bins=settings["bins"])
    width = float(found.edges[1] - found.edges[0])
    unit = subject.unit_words
    picture = Curves(
        Axis(_quantity(subject.unit), unit),
        Axis("Density", f"1/{unit}"),
        float(found.edges[0]) + width / 2,
        width,
        (Curve("measured", found.density), Curve("Gaussian of the same mean and deviation", found.gaussian())),
        from_zero=True,
        bars=True,
    )
    totals = (
        Total("mean", found.mean, unit),
        Total("standard deviation", found.standard_deviation, unit),
        Total("skewness", found.skewness, ""),
        Total("excess kurtosis", found.kurtosis, ""),
        Total("crest factor", found.crest_factor, ""),
        Total("samples", float(finite.size), ""),
    )
    gaps = len(subject.x) - finite.size
    return Found(picture, found.method, totals, (f"{gaps} samples in gaps left out",) if gaps else (), result=found)


def _severity(given: Subject, settings: Mapping[str, Any]) -> Found:
    subject, gap, _ = given.finite()
    group = int(settings["group"])
    judged = velocity_severity(
        subject.x, subject.rate_hz, unit=subject.unit, group=group, mounting=settings["mounting"],
        speed_rpm=subject.speed_rpm,
    )  # fmt: skip
    limits = judged.limits
    velocity = integrate(subject.x, subject.rate_hz, unit=subject.unit, to="mm/s", high_pass_hz=judged.band_hz[0])
    picture = Curves(
        Axis("Time", "s"),
        Axis("Velocity", "mm/s"),
        0.0,
        1 / subject.rate_hz,
        (Curve("velocity", velocity.values),),
        window=(0.0, _first(subject)),
    )
    totals = (
        Total("velocity RMS", judged.rms_mm_s, "mm/s"),
        Total("zone A up to", limits.a_b, "mm/s"),
        Total("zone B up to", limits.b_c, "mm/s"),
        Total("zone C up to", limits.c_d, "mm/s"),
    )
    notes = [
        f"Zone {judged.zone}: {judged.meaning}",
        GROUPS[group],
        f"{settings['mounting']} mounting: {MOUNTINGS[settings['mounting']].lower()}",
        SOURCE,
        "It holds for a housing on which the standard says where to measure; this program cannot know that.",
    ]
    return Found(picture, judged.method, totals, (*notes, gap) if gap else tuple(notes), result=judged)


FILTERED = Analysis(
    "filtered",
    "Filtered waveform",
    "The waveform after detrending, a band-pass, a notch and integration, in this order; no filter delays it. "
    "Acceleration becomes velocity, then displacement. Gaps stay gaps.",
    (
        Setting("band", "Band-pass", "band", unit="Hz", automatic="none"),
        Setting("order", "Order", "whole", 4),
        Setting("notch_hz", "Notch", "number", unit="Hz", automatic="none"),
        Setting("notch_multiples", "of its multiples", "whole", 1),
        Setting(
            "detrend",
            "Detrend",
            "choice",
            "no",
            choices=(("no", "no"), ("mean", "mean"), ("linear", "straight line")),
        ),
        Setting(
            "integrate",
            "Integrate to",
            "choice",
            "no",
            choices=(("no", "no"), ("velocity", "velocity"), ("displacement", "displacement")),
        ),
        Setting("high_pass_hz", "from", "number", 10.0, unit="Hz", only=("integrate", ("velocity", "displacement"))),
        switch("envelope", "Envelope"),
    ),
    _filtered,
)
HISTOGRAM = Analysis(
    "histogram",
    "Histogram",
    "How often each value occurs. Noise is a bell, impacts make its tails heavy (kurtosis above 0), a sine has horns, "
    "clipping a wall at each end.",
    (Setting("bins", "Bins", "whole", automatic="by Freedman and Diaconis"),),
    _histogram,
)
SEVERITY = Analysis(
    "severity",
    "Velocity zones",
    "Velocity RMS over the band of the standard, and the zone that it falls into for a machine group and mounting.",
    (
        Setting("group", "Machine group", "choice", "2", choices=tuple((str(key), f"{key}") for key in GROUPS)),
        Setting("mounting", "Mounting", "choice", "rigid", choices=tuple((key, key) for key in MOUNTINGS)),
    ),
    _severity,
)
