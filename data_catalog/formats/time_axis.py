"""From a column of times to a sampling rate, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

ON_GRID = 0.9
"""Share of steps that must equal the usual one for a clock with gaps to state a rate."""

_EPOCH_FROM = 1e8  # seconds since 1970 of a day in 1973: smaller numbers are elapsed time


@dataclass(frozen=True)
class TimeAxis:
    """What a time column says.

    Attributes
    ----------
    rate_hz : float or None
        None when the steps are too uneven to state one.
    regular : bool
        Every step is within half a step of the mean: no gap, no repetition.
    forward : bool
        Time never runs backwards.
    findings : tuple of str
        Gaps and unevenness in words.
    """

    rate_hz: float | None
    regular: bool
    forward: bool
    started_at: datetime | None
    findings: tuple[str, ...] = ()


def time_axis(blocks: Iterable[NDArray[np.float64]], *, absolute: bool) -> TimeAxis:
    """Judge a time column in one pass.

    The rate is (n − 1) / (last − first) when every step lies within half a step of the mean. Printed times are
    rounded; when an integer rate (or an integer period) lies within what that rounding leaves open, it is taken. When
    at least `ON_GRID` of the steps equal the usual one, that step states the rate and the gaps are reported.

    Parameters
    ----------
    blocks : iterable of ndarray
        Seconds, float64, in file order.
    absolute : bool
        Whether zero is 1970-01-01 UTC.
    """
    count = _StepCount()
    for block in blocks:
        count.add(np.asarray(block, dtype=np.float64))
    started = _moment(count.first) if absolute and count.n else None
    if count.n < 2 or count.bad or count.last <= count.first:
        reason = "the time column has empty entries" if count.bad else "the time column does not advance"
        return TimeAxis(None, regular=False, forward=count.backwards == 0, started_at=started, findings=(reason,))
    mean = (count.last - count.first) / (count.n - 1)
    if count.smallest >= 0.5 * mean and count.largest <= 1.5 * mean:
        rate = _rounded(1.0 / mean, count.resolution / (count.last - count.first))
        return TimeAxis(rate, regular=True, forward=True, started_at=started)
    share = count.usual_steps / (count.n - 1)
    forward = count.backwards == 0
    if forward and share >= ON_GRID and count.usual > 0:
        gaps = count.n - 1 - count.usual_steps
        note = (
            f"{gaps} of {count.n - 1} steps of the time column are not {_span(count.usual)} (longest "
            f"{_span(count.largest)}); samples are taken one after the other, without filling gaps"
        )
        rate = _rounded(1.0 / count.usual, count.resolution / count.usual * 1e-3)
        return TimeAxis(rate, regular=False, forward=True, started_at=started, findings=(note,))
    how = "runs backwards" if not forward else "is uneven"
    note = f"the time column {how} (steps from {_span(count.smallest)} to {_span(count.largest)}), so it states no rate"
    return TimeAxis(None, regular=False, forward=forward, started_at=started, findings=(note,))


class _StepCount:
    """Running facts about the steps of a time column."""

    def __init__(self) -> None:
        self.n = self.bad = self.backwards = self.usual_steps = 0
        self.first = self.last = self.usual = self.resolution = 0.0
        self.smallest, self.largest = np.inf, -np.inf

    def add(self, times: NDArray[np.float64]) -> None:
        if not times.size:
            return
        self.bad += int(np.count_nonzero(~np.isfinite(times)))
        steps = np.diff(times, prepend=times[0] if self.n == 0 else self.last)
        if self.n == 0:
            steps = steps[1:]
            self.first = float(times[0])
            self.usual = float(np.median(steps)) if steps.size else 0.0
            self.resolution = _resolution(times[:1000] - times[0])
        self.last = float(times[-1])
        self.n += times.size
        if steps.size and not self.bad:
            self.smallest = min(self.smallest, float(steps.min()))
            self.largest = max(self.largest, float(steps.max()))
            self.backwards += int(np.count_nonzero(steps < 0))
            tolerance = max(self.resolution, 1e-6 * abs(self.usual))
            self.usual_steps += int(
                np.count_nonzero(np.abs(steps - self.usual) <= 0.01 * self.usual + tolerance * 1e-3)
            )


def _resolution(times: NDArray[np.float64]) -> float:
    """The smallest power of ten (1 s to 1 ns) that the printed times are multiples of."""
    for digits in range(10):
        scaled = times * 10.0**digits
        if np.allclose(scaled, np.round(scaled), rtol=0, atol=1e-3):
            return float(10.0**-digits)
    return 1e-9


def _rounded(rate: float, relative: float) -> float:
    """An integer rate or period if rounding of the printed times leaves it open, else the rate itself."""
    open_by = max(2 * relative, 1e-9)
    for candidate in (float(round(rate)), 1.0 / round(1.0 / rate) if rate < 0.6 else 0.0):
        if candidate > 0 and abs(candidate - rate) <= open_by * rate:
            return candidate
    return float(f"{rate:.9g}")


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _span(seconds: float) -> str:
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3)):
        if abs(seconds) >= size:
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds * 1e6:.4g} µs"


def seconds_per(unit: str, sample: float) -> tuple[float, bool]:
    """Seconds per unit of a numeric time column, and whether it counts from 1970.

    Parameters
    ----------
    unit : str
        From the header (``ms`` in ``Time (ms)``); empty means seconds, or, for numbers as large as a date, the power
        of 1000 that makes them one.
    sample : float
        The first value.
    """
    named = {"s": 1.0, "sec": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "min": 60.0, "h": 3600.0}
    if unit.lower() in named:
        size = named[unit.lower()]
        return size, abs(sample) * size >= _EPOCH_FROM
    for size in (1.0, 1e-3, 1e-6, 1e-9):
        if _EPOCH_FROM <= abs(sample) * size < 1e11 and abs(sample) >= _EPOCH_FROM:
            return size, True
    return 1.0, False
