"""Dates and times as text tables write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_DATE = r"(?:\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4})"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
_MOMENT = re.compile(rf"(?:{_DATE}(?:[T ]\s*{_CLOCK}\s*(?:Z|[+-]\d{{2}}:?\d{{2}})?)?|{_CLOCK})")

_ISO = "ISO8601"
_DATES = ("%d-%m-%Y", "%m-%d-%Y", "%Y-%m-%d")
_CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
FORMATS = (
    _ISO,
    *(f"{date.replace('-', mark)} {clock}" for mark in "-/. " for date in _DATES for clock in _CLOCKS),
    *(date.replace("-", mark) for mark in "-/. " for date in _DATES),
    *_CLOCKS,
)
"""Tried in order; where day and month can be mistaken, day first is tried first."""

DAY_FIRST_DOUBT = "day and month cannot be told apart in {name}; read as day first"


def looks_like_moment(cell: str) -> bool:
    """Whether a cell is written like a date, a time of day, or both."""
    return len(cell) >= 4 and bool(_MOMENT.fullmatch(cell))


def format_of(values: Sequence[str]) -> str | None:
    """The one format that reads all of these cells, or None.

    Of several (day and month may be mistaken), the one that lets time run forward most evenly.
    """
    series = pd.Series([value.replace(",", ".") for value in values], dtype="str")
    if series.empty or not all(looks_like_moment(value) for value in series.iloc[:50]):
        return None
    best: tuple[float, str] | None = None
    for form in FORMATS:
        seconds = seconds_of(series, form)
        if np.isnan(seconds).any():
            continue
        steps = np.diff(seconds)
        unevenness = float(np.ptp(steps)) + (np.inf if steps.size and steps.min() < 0 else 0.0) if steps.size else 0.0
        if best is None or unevenness < best[0]:
            best = (unevenness, form)
        if form == _ISO:
            break
    return best[1] if best else None


def swapped(form: str) -> str | None:
    """The same format with day and month exchanged, or None when the year comes first."""
    day, month = form.find("%d"), form.find("%m")
    if form == _ISO or day < 0 or form.find("%Y") < max(day, month):
        return None
    return form.replace("%d", "%~").replace("%m", "%d").replace("%~", "%m")


def seconds_of(series: pd.Series, form: str) -> NDArray[np.float64]:
    """Seconds since 1970 UTC (or midnight of a time of day); NaN where a cell does not fit the format."""
    text = series.astype("str").str.strip()
    if form.endswith("%f"):
        text = text.str.replace(",", ".")
    moments = pd.to_datetime(text, format=form, utc=True, errors="coerce")
    origin = pd.Timestamp(1970 if "Y" in form or form == _ISO else 1900, 1, 1, tz="UTC")
    return np.asarray((moments - origin).dt.total_seconds(), dtype=np.float64)


def is_absolute(form: str) -> bool:
    """Whether the format names a day, not only a time of day."""
    return form == _ISO or "%Y" in form
