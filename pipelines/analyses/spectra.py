"""Spectrum, cepstrum, autocorrelation and kurtogram."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipelines.analyses.analysis import Analysis, Found, Subject
from pipelines.analyses.pictures import Axis, Curve, Curves, Image
from pipelines.analyses.settings import Setting, switch
from pipelines.cursors import Total
from pipelines.spectra import (
    WINDOW_SHAPES,
    autocorrelation,
    averaged_spectrum,
    cepstrum,
    kurtogram,
)

SEGMENT = 8192
LAG_S = 0.5
KURTOGRAM_SAMPLES = 2**18
"""A kurtogram of more samples takes longer and shows the same bands."""

WINDOW = Setting(
    "window", "Window", "choice", "hann", choices=tuple((name, one.title) for name, one in WINDOW_SHAPES.items())
)
SEGMENT_SETTING = Setting("segment", "Segment", "whole", unit="samples", automatic=f"{SEGMENT}, or the record")
OVERLAP = Setting("overlap", "Overlap", "number", 50.0, unit="%")
FREQUENCY = Axis("Frequency", "Hz")

_SCALES = (("rms", "Amplitude, rms"), ("peak", "Amplitude, peak"), ("psd", "Power spectral density"))
_QUANTITY = {"rms": "Amplitude", "peak": "Amplitude", "psd": "Density"}


def segment_of(subject: Subject, settings: Mapping[str, Any]) -> int:
    """Samples of a segment: as asked, or what suits the record."""
    return int(settings["segment"] or min(SEGMENT, len(subject.x)))


def _spectrum(given: Subject, settings: Mapping[str, Any]) -> Found:
    subject, gap, _ = given.finite()
    found = averaged_spectrum(
        subject.x,
        subject.rate_hz,
        scale=settings["scale"],
        window=settings["window"],
        segment=segment_of(subject, settings),
        overlap=settings["overlap"] / 100,
        average=settings["average"],
    )
    unit = found.unit.format(unit=subject.unit_words)
    if settings["scale"] == "rms":
        unit = f"{unit} rms"
    if settings["scale"] == "peak":
        unit = f"{unit} peak"
    values, y = found.values, Axis(_QUANTITY[settings["scale"]], unit)
    if settings["decibels"] == "yes":
        values, y = found.decibels(), Axis("Level", f"dB re 1 {unit}")
    picture = Curves(
        FREQUENCY,
        y,
        0.0,
        found.resolution_hz,
        (Curve("spectrum", values),),
        from_zero=settings["decibels"] == "no",
    )
    totals = (
        Total("resolution", found.resolution_hz, "Hz"),
        Total("noise bandwidth", found.enbw_hz, "Hz"),
        Total("segments averaged", float(found.segments), ""),
    )
    return Found(picture, found.method, totals, _told(gap), result=found)


def _cepstrum(given: Subject, settings: Mapping[str, Any]) -> Found:
    subject, gap, _ = given.finite()
    found = cepstrum(
        subject.x,
        subject.rate_hz,
        kind=settings["kind"],
        window=settings["window"],
        segment=segment_of(subject, settings),
        overlap=settings["overlap"] / 100,
    )
    step = 1000 / subject.rate_hz
    # what the shape of the spectrum leaves near zero would hide every family of lines
    first = min(len(found.values) - 1, max(1, round(1e-3 * subject.rate_hz)))
    best = first + int(np.argmax(found.values[first:]))
    at = float(found.quefrency_s[best])
    picture = Curves(
        Axis("Quefrency", "ms"),
        Axis(f"{'Power' if found.kind == 'power' else 'Real'} cepstrum"),
        first * step,
        step,
        (Curve("cepstrum", found.values[first:]),),
    )
    totals = (
        Total("highest peak", 1000 * at, "ms"),
        Total("its inverse", 1 / at, "Hz"),
        Total("segments averaged", float(found.segments), ""),
    )
    return Found(picture, found.method, totals, _told(gap, "From 1 ms on."), result=found)


def _autocorrelation(given: Subject, settings: Mapping[str, Any]) -> Found:
    subject, gap, _ = given.finite()
    duration = len(subject.x) / subject.rate_hz
    found = autocorrelation(
        subject.x,
        subject.rate_hz,
        max_lag_s=settings["lag_s"] or min(LAG_S, duration / 2),
        unbiased=settings["unbiased"] == "yes",
    )
    picture = Curves(
        Axis("Lag", "s"),
        Axis("Autocorrelation coefficient"),
        0.0,
        1 / subject.rate_hz,
        (Curve("autocorrelation", found.values),),
    )
    totals = (Total("variance", found.variance, f"({subject.unit_words})²"),)
    return Found(picture, found.method, totals, _told(gap), result=found)


def _kurtogram(given: Subject, settings: Mapping[str, Any]) -> Found:
    subject, gap, _ = given.finite()
    used = subject.x[:KURTOGRAM_SAMPLES]
    found = kurtogram(used, subject.rate_hz, depth=settings["depth"])
    low, high = found.best_band_hz
    picture = Image(
        FREQUENCY,
        Axis("Bands"),
        Axis("Kurtosis"),
        found.freq_hz,
        np.arange(len(found.kurtosis), dtype=float),
        found.kurtosis,
        (0.0, max(float(found.kurtosis.max()), 1e-6)),
        rows=tuple(str(count) for count in found.bands_per_level),
    )
    totals = (
        Total("highest kurtosis", found.best_kurtosis, ""),
        Total("its band from", low, "Hz"),
        Total("to", high, "Hz"),
    )
    part = "" if len(used) == len(subject.x) else f"first {len(used) / subject.rate_hz:.3g} s"
    return Found(picture, found.method, totals, _told(gap, part), result=found)


def _told(*notes: str) -> tuple[str, ...]:
    return tuple(note for note in notes if note)


SPECTRUM = Analysis(
    "spectrum",
    "Spectrum",
    "Averaged spectrum (Welch). Imbalance shows at 1X, misalignment at 2X; a defective bearing raises the resonances, "
    "which the envelope spectrum then explains. A longer segment separates closer lines, more segments calm the floor.",
    (
        Setting("scale", "Scale", "choice", "rms", choices=_SCALES),
        switch("decibels", "In dB"),
        WINDOW,
        SEGMENT_SETTING,
        OVERLAP,
        Setting("average", "Average", "choice", "power", choices=(("power", "mean power"), ("peak hold", "peak hold"))),
    ),
    _spectrum,
)
CEPSTRUM = Analysis(
    "cepstrum",
    "Cepstrum",
    "A whole family of equally spaced lines becomes one peak, at the inverse of their spacing: sidebands of a gear, "
    "harmonics of a bearing.",
    (
        Setting("kind", "Kind", "choice", "real", choices=(("real", "real"), ("power", "power"))),
        WINDOW,
        SEGMENT_SETTING,
        OVERLAP,
    ),
    _cepstrum,
)
AUTOCORRELATION = Analysis(
    "autocorrelation",
    "Autocorrelation",
    "How alike the signal is to itself some time later: what repeats stands out, noise falls to zero at once.",
    (
        Setting("lag_s", "Largest lag", "number", unit="s", automatic=f"{LAG_S:g}, or half the record"),
        switch("unbiased", "Unbiased"),
    ),
    _autocorrelation,
)
KURTOGRAM = Analysis(
    "kurtogram",
    "Kurtogram",
    "How impulsive the signal is in each band: the brightest cell is where impacts stand out most. Click a cell to "
    "look at the envelope spectrum of its band.",
    (Setting("depth", "Halvings", "whole", 5),),
    _kurtogram,
)
