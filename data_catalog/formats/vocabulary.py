"""Declared words: which names inside files are unambiguous metadata, and how variable names shorten to channels."""

from __future__ import annotations

import re

RATE_NAMES = frozenset(
    (
        *("fs", "sr", "sfreq", "samplerate", "samplingrate", "ratehz", "fshz"),
        *("samplefrequency", "samplingfrequency", "samplingfreq", "samplefreq"),
    )
)
"""Names (lower case, without separators) whose value is a sampling rate in Hz."""

INTERVAL_NAMES = frozenset(
    ("dt", "deltat", "samplinginterval", "sampleinterval", "sampleperiod", "samplingperiod", "wfincrement")
)
"""Names whose value is the time between two samples in seconds."""

SPEED_NAMES = frozenset(("rpm", "speedrpm", "shaftrpm", "shaftspeedrpm", "rotationalspeedrpm", "motorrpm"))
"""Names whose value is the shaft speed in revolutions per minute."""

UNIT_NAMES = frozenset(("unit", "units", "yunit", "unitstring"))
TIME_NAMES = frozenset(
    ("t", "time", "times", "timestamp", "timestamps", "datetime", "date", "datetimeutc", "timeutc", "timesec", "clock")
)
INDEX_NAMES = frozenset(("index", "idx", "id", "no", "nr", "row", "sample", "samplenumber", "sampleno"))
LABEL_NAMES = frozenset(
    ("anomaly", "changepoint", "label", "labels", "class", "target", "fault", "faultclass", "state")
)
"""Column names that hold what is to be predicted, not what was measured."""

LABEL_ATTRIBUTES = ("fault", "fault_size", "position", "load", "severity", "bearing", "asset")
"""Attributes of an HDF5 dataset that are labels of the signal in it."""

TRAILING_WORDS = frozenset(("time", "data", "signal", "values"))
"""Last words of variable names that say nothing about the channel (``X105_DE_time`` is channel DE)."""

_NUMBERED_RPM = re.compile(r"(?i)^(?P<set>[a-z]*\d+)_?rpm$")
_NUMBERED_SET = re.compile(r"^(?P<set>[A-Za-z]{1,3}\d{2,})_(?P<rest>.+)$")


def plain(name: str) -> str:
    """Last part of a dotted or slashed name, lower case, without separators and bracketed units."""
    last = re.split(r"[./]", name.strip())[-1] or name
    last = re.sub(r"[(\[].*?[)\]]", "", last)
    return re.sub(r"[^a-z0-9]", "", last.lower())


def is_rate(name: str) -> bool:
    """Whether the name alone says "sampling rate in Hz"."""
    return plain(name) in RATE_NAMES


def is_interval(name: str) -> bool:
    """Whether the name alone says "seconds between samples"."""
    return plain(name) in INTERVAL_NAMES


def is_speed(name: str) -> bool:
    """Whether the name alone says "revolutions per minute" (``rpm``, ``X105RPM``)."""
    return plain(name) in SPEED_NAMES or bool(_NUMBERED_RPM.match(name))


def numbered_set(name: str) -> str:
    """The numbered prefix that variables of one measurement share (``X105`` of ``X105_DE_time`` or ``X105RPM``)."""
    found = _NUMBERED_SET.match(name) or _NUMBERED_RPM.match(name)
    return found["set"] if found else ""


def channel_name(variable: str) -> str:
    """Short name of a channel from its variable: numbered prefix, parents and empty last words dropped.

    ``X105_DE_time`` → ``DE``; ``bearing.gs`` → ``gs``; ``data/vibration`` → ``vibration``.
    """
    last = re.split(r"[./]", variable)[-1] or variable
    found = _NUMBERED_SET.match(last)
    words = (found["rest"] if found else last).split("_")
    if found and len(words) > 1 and words[-1].lower() in TRAILING_WORDS:
        words = words[:-1]
    return "_".join(words)


def unit_in(header: str) -> tuple[str, str]:
    """A column header and the unit in its last brackets: ``Torque [Nm]`` → (``Torque``, ``Nm``)."""
    found = re.match(r"^(?P<name>.+?)\s*[(\[](?P<unit>[^()\[\]]{1,12})[)\]]\s*$", header)
    return (found["name"], found["unit"]) if found else (header, "")
