"""What follows the shaft: order spectrum and map, synchronous average, orbit; and where its speed is known from."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from pipelines.analyses.analysis import Analysis, Found, Subject
from pipelines.analyses.pictures import Axis, Curve, Curves, Image, Path, decibels
from pipelines.analyses.settings import Setting, SettingError
from pipelines.cursors import Total
from pipelines.errors import InputError
from pipelines.orders import (
    SpeedCurve,
    follow_ridge,
    orbit,
    order_map,
    order_spectrum,
    speed_curve,
    speed_from_ridge,
    speed_from_tacho,
    synchronous_average,
)
from pipelines.spectra import spectrogram

RIDGE_WINDOW_S, RIDGE_SLOPE = 0.25, 0.2
"""Window in which a ridge is looked for, s; by how much of itself its frequency may change in a second."""
RESOLUTION, RANGE_DB = 0.1, 60.0

_FROM = (
    ("stored", "as stored"),
    ("tacho", "tacho channel"),
    ("curve", "speed curve"),
    ("ridge", "ridge of the spectrogram"),
)
_TACHO, _CURVE, _RIDGE = (("speed_from", (name,)) for name in ("tacho", "curve", "ridge"))
SPEED = (
    Setting("speed_from", "Speed", "choice", "stored", choices=_FROM, shared=True),
    Setting("tacho", "Tacho channel", "channel", only=_TACHO, shared=True),
    Setting("pulses", "Pulses a turn", "whole", 1, only=_TACHO, shared=True),
    Setting("curve", "Curve, s : rpm", "points", only=_CURVE, shared=True),
    Setting("ridge_s", "Ridge at", "number", unit="s", automatic="middle", only=_RIDGE, shared=True),
    Setting("ridge_hz", "and", "number", unit="Hz", only=_RIDGE, shared=True),
    Setting("ridge_order", "is order", "number", 1.0, only=_RIDGE, shared=True),
)


def speed_of(subject: Subject, settings: Mapping[str, Any]) -> SpeedCurve | float:
    """The speed, from where the settings say.

    Raises
    ------
    SettingError
        What that source needs was not given.
    InputError
        The source does not tell a speed.
    """
    return _SOURCES[settings["speed_from"]](subject, settings)


def _stored(subject: Subject, _settings: Mapping[str, Any]) -> float:
    if subject.speed_rpm is None:
        raise InputError(
            "no speed is stored for this signal",
            hint="Correct it, or take the speed from a tacho channel, a speed curve or a ridge of the spectrogram.",
        )
    return subject.speed_rpm


def _tacho(subject: Subject, settings: Mapping[str, Any]) -> SpeedCurve:
    return speed_from_tacho(
        _channel(subject, "tacho", settings["tacho"]), subject.rate_hz, pulses_per_revolution=settings["pulses"]
    )


def _curve(_subject: Subject, settings: Mapping[str, Any]) -> SpeedCurve:
    if not settings["curve"]:
        raise SettingError(
            "curve", "no speed curve is given", hint="Write its points as 0:1480, 10:1795 (seconds : rpm)."
        )
    times, speeds = zip(*settings["curve"], strict=True)
    return speed_curve(times, speeds)


def _ridge(subject: Subject, settings: Mapping[str, Any]) -> SpeedCurve:
    start_hz = settings["ridge_hz"]
    if start_hz is None:
        raise SettingError(
            "ridge_hz", "no point of a ridge is given", hint="Click the ridge in the spectrogram, or write its place."
        )
    duration = len(subject.x) / subject.rate_hz
    window = max(64, min(len(subject.x) // 8, round(RIDGE_WINDOW_S * subject.rate_hz)))
    picture = spectrogram(subject.x, subject.rate_hz, window=window, hop=max(1, window // 8))
    at = duration / 2 if settings["ridge_s"] is None else settings["ridge_s"]
    ridge = follow_ridge(picture, (at, start_hz), max_slope_hz_per_s=RIDGE_SLOPE * start_hz)
    return speed_from_ridge(ridge, order=settings["ridge_order"], duration_s=duration)


_SOURCES: Mapping[str, Callable[[Subject, Mapping[str, Any]], SpeedCurve | float]] = {
    "stored": _stored,
    "tacho": _tacho,
    "curve": _curve,
    "ridge": _ridge,
}


def _channel(subject: Subject, setting: str, name: str | None) -> Any:
    there = ", ".join(subject.channels) or "none"
    if not name or subject.channel is None or name not in subject.channels:
        told = f"this recording has no channel {name!r}" if name else "no channel is chosen"
        raise SettingError(setting, told, hint=f"Other channels of this recording: {there}.")
    return subject.channel(name)


def _order_spectrum(given: Subject, settings: Mapping[str, Any]) -> Found:
    subject, gap, _ = _whole_if_timed(given, settings)
    found = order_spectrum(
        subject.x,
        subject.rate_hz,
        speed_of(subject, settings),
        max_order=settings["max_order"],
        resolution_orders=settings["resolution"],
    )
    step = float(found.order[1] - found.order[0])
    picture = Curves(
        Axis("Order"),
        Axis("Amplitude", f"{subject.unit_words} rms"),
        float(found.order[0]),
        step,
        (Curve("order spectrum", found.amplitude),),
        from_zero=True,
    )
    return Found(picture, found.method, _speeds(found), (gap,) if gap else (), result=found)


def _order_map(given: Subject, settings: Mapping[str, Any]) -> Found:
    subject, gap, _ = _whole_if_timed(given, settings)
    found = order_map(
        subject.x,
        subject.rate_hz,
        speed_of(subject, settings),
        max_order=settings["max_order"],
        resolution_orders=settings["resolution"] or RESOLUTION,
    )
    level, limits = decibels(found.amplitude.T, RANGE_DB)
    picture = Image(
        Axis("Revolution"),
        Axis("Order"),
        Axis("Level", f"dB re 1 {subject.unit_words} rms"),
        found.revolution,
        found.order,
        level,
        limits,
    )
    low, high = float(found.rpm.min()), float(found.rpm.max())
    totals = (Total("speed from", low, "rpm"), Total("to", high, "rpm"), Total("stretches", float(len(found.rpm)), ""))
    return Found(picture, found.method, totals, (gap,) if gap else (), result=found)


def _average(given: Subject, settings: Mapping[str, Any]) -> Found:
    subject, gap, _ = _whole_if_timed(given, settings)
    found = synchronous_average(
        subject.x, subject.rate_hz, speed_of(subject, settings), max_order=settings["max_order"]
    )
    picture = Curves(
        Axis("Shaft angle", "°"),
        Axis("Mean revolution", subject.unit_words),
        0.0,
        360 / len(found.mean),
        (Curve("mean", found.mean),),
    )
    totals = (
        Total("synchronous RMS", found.synchronous_rms, subject.unit_words),
        Total("residual RMS", found.residual_rms, subject.unit_words),
        Total("revolutions", float(found.revolutions), ""),
    )
    return Found(picture, found.method, totals, (gap,) if gap else (), result=found)


def _orbit(subject: Subject, settings: Mapping[str, Any]) -> Found:
    if not np.isfinite(subject.x).all():
        raise InputError("the channel has gaps, and an orbit needs both channels at every instant", hint="Cut it out.")
    other = _channel(subject, "other", settings["other"])
    found = orbit(subject.x, other, subject.rate_hz, speed_of(subject, settings), orders=settings["orders"])
    # back to where it began: the last point is one step short of it
    closed = [np.append(values, values[0]) for values in (found.x, found.y)]
    picture = Path(Axis("This channel", subject.unit_words), Axis(str(settings["other"]), subject.unit_words), *closed)
    totals = [
        Total(f"{name}, order {order:g}", float(value), subject.unit_words)
        for order, forward, backward in zip(found.orders, found.forward, found.backward, strict=True)
        for name, value in (("forward", forward), ("backward", backward))
    ]
    notes = tuple(
        f"order {order:g}: {word} precession" for order, word in zip(found.orders, found.precession(), strict=True)
    )
    totals.append(Total("residual RMS", found.residual_rms, subject.unit_words))
    return Found(picture, found.method, tuple(totals), notes, result=found)


def _whole_if_timed(given: Subject, settings: Mapping[str, Any]) -> tuple[Subject, str, float]:
    """The longest stretch without gaps; where the speed is told over the record's time, no stretch can stand for it."""
    subject, gap, begin = given.finite()
    if gap and settings["speed_from"] != "stored":
        raise InputError(
            "the record has gaps, and its speed is told over the time of the whole record",
            hint="Use the stored speed, or cut the gap out.",
        )
    return subject, gap, begin


def _speeds(found: Any) -> tuple[Total, ...]:
    return (
        Total("resolution", found.resolution_orders, "orders"),
        Total("revolutions", float(found.revolutions), ""),
    )


_MAX = Setting("max_order", "Up to order", "number", automatic="what the rate holds, at most 100")
ORDER_SPECTRUM = Analysis(
    "order_spectrum",
    "Order spectrum",
    "The spectrum over shaft angle instead of time: what turns with the shaft is one line at any speed.",
    (
        *SPEED,
        _MAX,
        Setting("resolution", "Resolution", "number", unit="orders", automatic="all revolutions at once"),
    ),
    _order_spectrum,
)
ORDER_MAP = Analysis(
    "order_map",
    "Order map",
    "Order spectra one after the other: orders stay level while the speed changes, resonances cross them.",
    (*SPEED, _MAX, Setting("resolution", "Resolution", "number", RESOLUTION, unit="orders")),
    _order_map,
)
SYNCHRONOUS_AVERAGE = Analysis(
    "synchronous_average",
    "Time-synchronous average",
    "The mean of all revolutions: what the shaft repeats stays, everything else fades with their number. Compare the "
    "two RMS values: rolling bearings are in the residual, gears and imbalance in the mean.",
    (*SPEED, _MAX),
    _average,
)
ORBIT = Analysis(
    "orbit",
    "Orbit",
    "The path of the shaft's centre from two channels at right angles, at chosen orders: a circle is imbalance, a flat "
    "ellipse preload or misalignment, a loop inside a loop oil whirl.",
    (
        Setting("other", "Second channel", "channel"),
        Setting("orders", "Orders", "list", (1.0,)),
        *SPEED,
    ),
    _orbit,
)
