"""Pictures over time and frequency: spectrogram, scalogram, Wigner-Ville; waterfall and cascade."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipelines.analyses.analysis import Analysis, Found, Subject
from pipelines.analyses.pictures import Axis, Curve, Curves, Image, decibels, on_rows
from pipelines.analyses.settings import Setting, switch
from pipelines.analyses.spectra import WINDOW
from pipelines.cursors import Total
from pipelines.errors import InputError
from pipelines.spectra import (
    Scalogram,
    Spectrogram,
    WignerVille,
    cascade,
    scalogram,
    spectrogram,
    waterfall,
    wigner_ville,
)

ROWS = 400
STRETCH_S = 1.0
LONGEST = 2**21
TIME = Axis("Time", "s")
KILOHERTZ = Axis("Frequency", "kHz")
HERTZ = Axis("Frequency", "Hz")
"""Logarithmic axes span decades, so their numbers are told in hertz."""

_METHODS = (("stft", "STFT"), ("cwt", "CWT (Morlet)"), ("pwvd", "Smoothed pseudo Wigner-Ville"))
_STFT, _CWT, _PWVD = ("method", ("stft",)), ("method", ("cwt",)), ("method", ("pwvd",))


def _picture(given: Subject, settings: Mapping[str, Any]) -> Found:
    length = settings["length_s"]
    if length is None:
        length = min(STRETCH_S, len(given.x) / given.rate_hz - settings["start_s"])
    stretch = given.part(settings["start_s"], length)
    if len(stretch.x) > LONGEST:
        raise InputError(
            f"a stretch of {length:g} s has {len(stretch.x):,} samples, expected at most {LONGEST:,}",
            hint="Show a shorter stretch.",
        )
    subject, gap, moved = stretch.finite()
    begin = settings["start_s"] + moved
    time_s, freq_hz, level, result, limits = _LEVELS[settings["method"]](subject, settings)
    log = settings["log"] == "yes"
    if settings["method"] == "cwt" or log:
        freq_hz, level = on_rows(freq_hz, level, ROWS, log=log)
    picture = Image(
        TIME,
        HERTZ if log else KILOHERTZ,
        Axis("Level", f"dB re 1 {subject.unit_words}"),
        begin + time_s,
        freq_hz if log else freq_hz / 1000,
        level,
        limits,
        y_log=log,
    )
    notes = [f"{begin:.4g} to {begin + len(subject.x) / subject.rate_hz:.4g} s"]
    return Found(picture, result.method, (), (*notes, gap) if gap else tuple(notes), result=result)


def _stft(subject: Subject, settings: Mapping[str, Any]) -> tuple[Any, ...]:
    window = settings["window_samples"]
    hop = max(1, round(window * (1 - settings["overlap"] / 100)))
    found: Spectrogram = spectrogram(
        subject.x, subject.rate_hz, window=window, hop=hop, dynamic_range_db=settings["range_db"],
        window_shape=settings["window"],
    )  # fmt: skip
    return found.time_s, found.freq_hz, found.level_db, found, (found.db_min, found.db_max)


def _cwt(subject: Subject, settings: Mapping[str, Any]) -> tuple[Any, ...]:
    found: Scalogram = scalogram(
        subject.x, subject.rate_hz, scales=settings["scales"], low_hz=settings["low_hz"], cycles=settings["cycles"]
    )
    level = found.decibels()
    return found.time_s, found.freq_hz, level, found, _below(level, settings)


def _pwvd(subject: Subject, settings: Mapping[str, Any]) -> tuple[Any, ...]:
    found: WignerVille = wigner_ville(
        subject.x,
        subject.rate_hz,
        times=min(1024, len(subject.x)),
        frequencies=512,
        lag=settings["lag"],
        smoothing=settings["smoothing"],
    )
    energy = np.maximum(found.energy, np.float32(np.finfo(np.float32).tiny))
    level = (10 * np.log10(energy)).astype(np.float32)
    return found.time_s, found.freq_hz, level, found, _below(level, settings)


def _below(level: Any, settings: Mapping[str, Any]) -> tuple[float, float]:
    top = float(np.nanmax(level))
    return top - settings["range_db"], top


_LEVELS = {"stft": _stft, "cwt": _cwt, "pwvd": _pwvd}


def _waterfall(given: Subject, settings: Mapping[str, Any]) -> Found:
    options = {
        "segment": settings["segment"],
        "window": settings["window"],
        "max_hz": settings["highest_hz"],
    }
    notes: tuple[str, ...] = ()
    if settings["over"] == "recordings":
        series = given.series() if given.series else ()
        if len(series) < 2:
            raise InputError(
                "this channel has one recording only, and a cascade needs two",
                hint="Show the stretches of the record instead.",
            )
        found = cascade([x for _, x in series], given.rate_hz, **options)
        along = Axis("Recording")
        notes = (f"{len(series)} recordings, {series[0][0]} to {series[-1][0]}",)
    else:
        subject, gap, _ = given.finite()
        found = waterfall(subject.x, subject.rate_hz, stretches=settings["stretches"], **options)
        along, notes = TIME, (gap,) if gap else ()
    unit = f"{found.unit.format(unit=given.unit_words)} rms"
    totals = (Total("resolution", found.resolution_hz, "Hz"), Total("spectra", float(len(found.at)), ""))
    if settings["style"] == "lines":
        ridges = found.ridges(height=3.0)
        curves = tuple(Curve(f"{at:.4g}", row) for at, row in zip(found.at, ridges, strict=True))
        step = float(found.freq_hz[1] - found.freq_hz[0])
        drawn = Curves(
            HERTZ, Axis("Amplitude, each spectrum lifted by one"), float(found.freq_hz[0]), step, curves, from_zero=True
        )
        return Found(drawn, found.method, totals, notes, result=found)
    # amplitudes of neighbouring lines differ by decades, so colour tells levels
    level, limits = decibels(found.values, settings["range_db"])
    picture = Image(HERTZ, along, Axis("Level", f"dB re 1 {unit}"), found.freq_hz, found.at, level, limits)
    return Found(picture, found.method, totals, notes, result=found)


_RANGE = Setting("range_db", "Dynamic range", "number", 60.0, unit="dB")
SPECTROGRAM = Analysis(
    "spectrogram",
    "Spectrogram",
    "Level over time and frequency. Short windows place impacts in time, long ones separate lines; wavelets do both, "
    "each at its end of the axis; the Wigner-Ville distribution is sharpest, but shows interference of components.",
    (
        Setting("method", "Method", "choice", "stft", choices=_METHODS),
        Setting("start_s", "From", "number", 0.0, unit="s"),
        Setting("length_s", "Length", "number", unit="s", automatic=f"{STRETCH_S:g}, or the record"),
        Setting("window_samples", "Window", "whole", 256, unit="samples", only=_STFT),
        Setting("overlap", "Overlap", "number", 75.0, unit="%", only=_STFT),
        Setting(WINDOW.name, "Shape", WINDOW.kind, WINDOW.default, choices=WINDOW.choices, only=_STFT),
        Setting("scales", "Scales", "whole", 128, only=_CWT),
        Setting("cycles", "ω₀", "number", 6.0, only=_CWT),
        Setting("low_hz", "Lowest", "number", unit="Hz", automatic="what the record can hold", only=_CWT),
        Setting("lag", "Lag window", "whole", unit="samples", automatic="511", only=_PWVD),
        Setting("smoothing", "Smoothing", "whole", 9, unit="samples", only=_PWVD),
        _RANGE,
        switch("log", "Log frequency"),
    ),
    _picture,
)
WATERFALL = Analysis(
    "waterfall",
    "Waterfall",
    "Spectra one after the other: of stretches of this record, or of the recordings of this channel in their order. "
    "Lines that stay put are structure, lines that move follow the speed, lines that grow are damage.",
    (
        Setting(
            "over",
            "Spectra of",
            "choice",
            "time",
            choices=(("time", "stretches of the record"), ("recordings", "the recordings")),
        ),
        Setting("stretches", "Stretches", "whole", 40, only=("over", ("time",))),
        Setting("style", "Drawn as", "choice", "image", choices=(("image", "image"), ("lines", "lines"))),
        Setting("segment", "Segment", "whole", unit="samples", automatic="a whole stretch"),
        WINDOW,
        Setting("highest_hz", "Up to", "number", unit="Hz", automatic="half the rate"),
        Setting("range_db", "Dynamic range", "number", 60.0, unit="dB", only=("style", ("image",))),
    ),
    _waterfall,
)
