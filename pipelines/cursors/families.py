"""The cursors of an analyst: single, delta, harmonic, sideband, periodic, band."""

import numpy as np

from pipelines.cursors.lines import CursorReading, Lines, Reading, Total
from pipelines.errors import InputError

HIGHEST_COUNT = 50
"""Most harmonics, sidebands to a side, or periods of one cursor."""


def single(lines: Lines, place: float) -> CursorReading:
    """One line and its inverse: a period, or a frequency.

    Raises
    ------
    InputError
        The place lies outside the plot.
    """
    lines.require_within(place)
    found = _read(lines, "A", place)
    return CursorReading((found,), tuple(_inverse(lines, "1/x", found.found)))


def delta(lines: Lines, first: float, second: float) -> CursorReading:
    """Two lines, what lies between them, and its inverse.

    Raises
    ------
    InputError
        A place lies outside the plot.
    """
    lines.require_within(first, second)
    a, b = _read(lines, "A", first), _read(lines, "B", second)
    apart = b.found - a.found
    totals = [Total("Δx", apart, lines.x_unit), Total("Δy", b.value - a.value, lines.unit)]
    if a.value > 0 and b.value > 0:
        totals.append(Total("B/A", 20 * float(np.log10(b.value / a.value)), "dB"))
    return CursorReading((a, b), (*totals, *_inverse(lines, "1/Δx", abs(apart))))


def harmonics(lines: Lines, base: float, count: int) -> CursorReading:
    """Multiples 1 … `count` of a base, as far as the plot reaches.

    The fundamental is told as the weighted mean of the lines found over their order, which is finer than any one line.

    Raises
    ------
    InputError
        The base is not positive or lies outside the plot, or the count is not 1 to `HIGHEST_COUNT`.
    """
    _require_count(count)
    _require_positive(base, "the base of a harmonic cursor")
    lines.require_within(base)
    orders = [k for k in range(1, count + 1) if k * base <= lines.stop]
    read = tuple(lines.summit(f"{k}×", k * base) for k in orders)
    weights = np.array([k * k * max(one.value, 0.0) ** 2 for k, one in zip(orders, read, strict=True)])
    estimates = np.array([one.found / k for k, one in zip(orders, read, strict=True)])
    totals = []
    if weights.sum() > 0:
        totals.append(Total("fundamental", float(np.sum(weights * estimates) / weights.sum()), lines.x_unit))
    totals += _together(lines, read)
    return CursorReading(read, tuple(totals))


def sidebands(lines: Lines, centre: float, spacing: float, count: int) -> CursorReading:
    """A carrier and `count` lines to either side, `spacing` apart, as far as the plot reaches.

    Raises
    ------
    InputError
        The spacing is not positive, the centre lies outside the plot, or the count is not 1 to `HIGHEST_COUNT`.
    """
    _require_count(count)
    _require_positive(spacing, "the spacing of a sideband cursor")
    lines.require_within(centre)
    carrier = lines.summit("carrier", centre)
    read = [carrier]
    for side in range(1, count + 1):
        for sign, name in ((-1, f"−{side}"), (1, f"+{side}")):
            place = centre + sign * side * spacing
            if lines.start < place <= lines.stop:
                read.append(lines.summit(name, place))
    around = [one for one in read if one is not carrier]
    totals = [Total("spacing", spacing, lines.x_unit)]
    if carrier.value > 0 and around:
        beside = float(np.sqrt(np.sum(np.square([one.value for one in around]))))
        totals.append(Total("sidebands to carrier", 20 * float(np.log10(max(beside, 1e-300) / carrier.value)), "dB"))
    read.sort(key=lambda one: one.place)
    return CursorReading(tuple(read), tuple(totals))


def periods(lines: Lines, first: float, period: float, count: int) -> CursorReading:
    """Instants `first`, `first` + `period`, … on a waveform, as far as it reaches; 1/T tells the frequency.

    Raises
    ------
    InputError
        The period is not positive, the first instant lies outside the record, or the count is out of range.
    """
    _require_count(count)
    _require_positive(period, "the period of a cursor")
    lines.require_within(first)
    places = [first + k * period for k in range(count + 1) if first + k * period <= lines.stop]
    read = tuple(lines.at(str(k), place) for k, place in enumerate(places))
    return CursorReading(read, (Total("T", period, "s"), *_inverse(lines, "1/T", period)))


def band(lines: Lines, low: float, high: float) -> CursorReading:
    """The lines from `low` to `high`: the highest, and the power in the band where the values are rms amplitudes.

    Power is the sum of squares over the noise bandwidth of the window (Heinzel et al. 2002, eq. 21), told as rms.

    Raises
    ------
    InputError
        The band lies outside the plot or is empty.
    """
    low, high = _ordered(lines, low, high)
    values = lines.between(low, high)
    k = lines.index(low) + int(np.argmax(values))
    top = lines.summit("highest", lines.start + lines.step * k, within=0)
    totals = [Total("width", high - low, lines.x_unit), Total("mean", float(values.mean()), lines.unit)]
    if lines.noise_bandwidth is not None:
        inside, whole = (float(np.sum(np.square(part, dtype=np.float64))) for part in (values, lines.values))
        totals.append(Total("rms in band", float(np.sqrt(inside / lines.noise_bandwidth)), lines.unit))
        if whole > 0:
            totals.append(Total("of all power", 100 * inside / whole, "%"))
    return CursorReading((lines.at("from", low), lines.at("to", high), top), tuple(totals))


def stretch(lines: Lines, low: float, high: float) -> CursorReading:
    """Samples from `low` to `high` of a waveform: rms, peak, crest factor, kurtosis, mean.

    Raises
    ------
    InputError
        The stretch lies outside the record or holds fewer than two samples.
    """
    low, high = _ordered(lines, low, high)
    x = lines.between(low, high)
    mean, rms, peak = float(x.mean()), float(np.sqrt(np.mean(x * x))), float(np.abs(x).max())
    totals = [
        Total("length", high - low, "s"),
        Total("rms", rms, lines.unit),
        Total("peak", peak, lines.unit),
        Total("mean", mean, lines.unit),
    ]
    variance = float(np.mean((x - mean) ** 2))
    if rms > 0:
        totals.append(Total("crest factor", peak / rms, ""))
    if variance > 0:
        totals.append(Total("excess kurtosis", float(np.mean((x - mean) ** 4)) / variance**2 - 3, ""))
    return CursorReading((lines.at("from", low), lines.at("to", high)), tuple(totals))


def _read(lines: Lines, name: str, place: float) -> Reading:
    return lines.at(name, place) if lines.x_unit == "s" else lines.summit(name, place)


def _inverse(lines: Lines, name: str, x: float) -> list[Total]:
    if x <= 0:
        return []
    return [Total(name, 1 / x, "Hz" if lines.x_unit == "s" else "s")]


def _together(lines: Lines, read: tuple[Reading, ...]) -> list[Total]:
    if lines.noise_bandwidth is None:
        return []
    return [Total("rms of all", float(np.sqrt(np.sum(np.square([one.value for one in read])))), lines.unit)]


def _ordered(lines: Lines, low: float, high: float) -> tuple[float, float]:
    low, high = sorted((low, high))
    lines.require_within(low, high)
    if lines.index(high) <= lines.index(low):
        raise InputError(f"a band from {low:g} to {high:g} holds one value", hint="Make it wider.")
    return low, high


def _require_count(count: int) -> None:
    if not 1 <= count <= HIGHEST_COUNT:
        raise InputError(f"{count} lines, expected 1 to {HIGHEST_COUNT}", hint="Choose a smaller number.")


def _require_positive(value: float, what: str) -> None:
    if not value > 0:
        raise InputError(f"{what} is {value:g}, expected more than 0", hint="Move it to the right of zero.")
