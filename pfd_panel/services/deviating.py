"""One signal against the healthy reference of its dataset, or against the other recordings of a class."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from data_catalog import datasets, signals
from data_catalog.errors import NotFoundError
from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.errors import EXPECTED_ERRORS, RequestError
from pfd_panel.services import querying, referencing, viewing
from pfd_panel.services.comparing import PLOTS, SEGMENT, Plot, named, whole_part
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers
from pipelines import compare
from pipelines.compare import Condition, Excess
from pipelines.errors import NotEnoughDataError
from pipelines.spectra import running_floor

Against = Literal["reference", "class"]
AGAINST: tuple[Against, ...] = get_args(Against)
MOST_RECORDINGS = 24
"""Recordings of a reference that are read; more at one operating condition hardly move its quantiles."""

WANTED_PIECES = 8
"""Spectra that a band is made of where the recordings are long enough for the finest resolution."""

ENVELOPE_SECONDS = 2.0
_MERGED: dict[Plot, int | None] = {"spectrum": 4, "envelope": None}
"""Lines that one stretch may skip: a resonance is broad, the lines of an envelope are told one by one."""

NEAR_MARKER = 0.02
"""A line this near to a named frequency is called by it: rolling elements slip by up to two percent."""


@dataclass(frozen=True)
class Peers:
    """What a signal is compared with.

    Attributes
    ----------
    rows : list of SignalRow
        Of the same unit, and as far as there are such of the same channel and machine, at the nearest condition.
    condition : str
        Which condition that is, and how far off.
    notes : list of str
        What could not be kept the same.
    """

    rows: list[SignalRow]
    condition: str
    notes: list[str]


@dataclass(frozen=True)
class StandsOut:
    """Something that stands out, with what is known at that frequency; `words` say it with its numbers."""

    frequency_hz: float
    low_hz: float
    high_hz: float
    over_db: float
    value: float
    usual: float
    name: str
    words: str


@dataclass(frozen=True)
class Deviation:
    """A spectrum beside the band of its reference, (K,) float32 each, from zero every `resolution_hz`.

    Attributes
    ----------
    plot : {"spectrum", "envelope"}
    against : str
        ``the healthy reference`` or ``class NAME``.
    resolution_hz : float
    values, median, low, high : (K,)
        The signal, and median, 5 % and 95 % of the reference, in `unit`.
    over_db : (K,)
        Over the 95 % line, dB; negative below the 5 % line, 0 between.
    unit : str
        rms in the unit of the signal; squared for an envelope.
    band_hz : (float, float), optional
        Band that was demodulated.
    stands_out : list of StandsOut
        By 6 dB or more, the farthest first.
    recordings, pieces : int
        What the band was made of.
    condition : str
        At which operating condition, and how far off.
    words : str
        The finding in a sentence.
    notes : list of str
    """

    plot: Plot
    against: str
    resolution_hz: float
    values: np.ndarray
    median: np.ndarray
    low: np.ndarray
    high: np.ndarray
    over_db: np.ndarray
    unit: str
    band_hz: tuple[float, float] | None
    stands_out: list[StandsOut]
    recordings: int
    pieces: int
    condition: str
    words: str
    notes: list[str]


def peers(context: Context, row: SignalRow, against: Against = "reference", *, fault: str = "") -> Peers:
    """The recordings that a signal is compared with.

    Parameters
    ----------
    against : {"reference", "class"}
    fault : str
        Which class; without one, that of the signal.

    Raises
    ------
    NotFoundError
        No reference is declared.
    NotEnoughDataError
        No other recording fits.
    """
    context.require("read")
    context.require_seen(row.dataset_id)
    if against not in AGAINST:
        raise RequestError(f"a signal is not compared with {against!r}", hint=f"With: {', '.join(AGAINST)}.")
    offered = _offered(context, row, against, fault)
    fits = [one for one in offered if one.recording_id != row.recording_id and one.unit == row.unit]
    if not fits:
        raise NotEnoughDataError(
            f"{_what(row, against, fault)} holds no other recording in {row.unit or 'an unknown unit'}",
            hint="Add recordings to it, or compare with something else.",
        )
    notes: list[str] = []
    for name, wanted in (("channel", row.channel), ("asset", row.asset)):
        same = [one for one in fits if getattr(one, name) == wanted]
        if same:
            fits = same
        elif wanted:
            notes.append(f"no recording of the same {name} ({wanted}) in it, so others are taken")
    nearest = compare.nearest_condition(_condition(row), [_condition(one) for one in fits])
    found = [fits[k] for k in nearest.chosen]
    if len(found) > MOST_RECORDINGS:
        notes.append(f"{MOST_RECORDINGS} of {len(found)} recordings at this condition, evenly chosen")
        found = [found[k] for k in np.linspace(0, len(found) - 1, MOST_RECORDINGS).astype(int)]
    return Peers(found, nearest.words, notes)


def deviation(
    context: Context,
    row: SignalRow,
    plot: Plot = "spectrum",
    against: Against = "reference",
    *,
    fault: str = "",
    band: tuple[float, float] | None = None,
) -> Deviation:
    """A signal's spectrum beside median and quantile band of its reference, and what stands out.

    Spectra of consecutive pieces of the reference make the band, so that it tells how much a healthy machine varies
    by itself. Where both speeds are known, lines are compared at the same order.

    Parameters
    ----------
    plot : {"spectrum", "envelope"}
    against, fault
        As in `peers`.
    band : (low, high), optional
        Band of the envelope, Hz; without one, that of the kurtogram of the signal.

    Raises
    ------
    NotFoundError
        No reference is declared.
    NotEnoughDataError
        No other recording fits, or too few pieces for a band.
    """
    if plot not in PLOTS:
        raise RequestError(f"there is no plot {plot!r} of spectra", hint=f"There are: {', '.join(PLOTS)}.")
    with_whom = peers(context, row, against, fault=fault)
    notes = list(with_whom.notes)
    x, told = whole_part(context, row)
    notes += [told] if told else []
    if plot == "envelope" and band is None:
        band = viewing.suggested_band(x, row.rate_hz)
    read = [(one, whole_part(context, one)[0]) for one in with_whom.rows]
    seconds = [part.size / one.rate_hz for one, part in read]
    resolution = _resolution(plot, row, x.size, seconds)
    reaches = [row.rate_hz / 2, *(one.rate_hz / 2 for one, _ in read)] if band is None else [band[1] - band[0]] * 2
    highest = min(reaches) / max(1.0, *(_turned(row, one) for one, _ in read))
    lines = int(highest / resolution * (1 - 1e-9)) + 1
    pieces, used = [], 0
    for one, part in read:
        try:
            pieces.append(_pieces(plot, part, one.rate_hz, band, resolution * _turned(row, one), lines))
            used += 1
        except EXPECTED_ERRORS as failure:
            notes.append(f"{named(one)} is left out: {failure}")
    if not pieces:
        raise NotEnoughDataError("no recording of the reference could be compared", hint="; ".join(notes[-2:]))
    freq = np.arange(lines) * resolution
    healthy = compare.reference_band(freq, np.concatenate(pieces), power=plot == "envelope")
    own = _pieces(plot, x, row.rate_hz, band, resolution, lines)
    values = np.sqrt(np.mean(np.square(own, dtype=np.float64), axis=0)).astype(np.float32)
    unit = f"{row.unit or 'unit not given'}{'²' if plot == 'envelope' else ' rms'}"
    found = [
        _named(row, one, unit, resolution, plot)
        for one in compare.standing_out(values, healthy, merge_lines=_MERGED[plot])
    ]
    if any(abs(_turned(row, one) - 1) > 1e-4 for one, _ in read):
        notes.append("lines are compared at the same order of the shaft")
    return Deviation(
        plot,
        _what(row, against, fault),
        resolution,
        values,
        healthy.median,
        healthy.low,
        healthy.high,
        compare.over_band(values, healthy),
        unit,
        band,
        found,
        used,
        healthy.pieces,
        with_whom.condition,
        _sentence(found, _what(row, against, fault)),
        notes,
    )


def reference_of(
    context: Context, row: SignalRow, plot: Plot, *, band: tuple[float, float] | None = None
) -> Deviation | None:
    """The healthy band of a signal as the Signal page draws it; None where there is nothing to compare with.

    A spectrum is in the unit of the signal. Levels of an envelope spectrum are powers over the running median of the
    signal itself, as that page shows them. Noise reads higher on a coarser grid: draw the lines where `resolution_hz`
    is that of the plot, or draw `values` with them.
    """
    try:
        return as_shown(row, deviation(context, row, plot, band=band))
    except (NotFoundError, NotEnoughDataError):
        return None


def as_shown(row: SignalRow, found: Deviation) -> Deviation:
    """A deviation in the unit in which the Signal page shows its plot; see `reference_of`."""
    if found.plot == "spectrum":
        return found
    power = found.values.astype(np.float64) ** 2
    width = max(3, round(viewing.floor_width_hz(row) / found.resolution_hz))
    floor = np.maximum(running_floor(power, width), max(float(power.max(initial=0)) * 1e-12, 1e-300))
    values, median, low, high = (
        (part.astype(np.float64) ** 2 / floor).astype(np.float32)
        for part in (found.values, found.median, found.low, found.high)
    )
    return replace(found, values=values, median=median, low=low, high=high, unit="× floor")


def _offered(context: Context, row: SignalRow, against: Against, fault: str) -> list[SignalRow]:
    """Every signal of the reference or class, those that are gone left out."""
    query = SignalQuery(dataset_id=row.dataset_id, limit=10_000)
    if against == "class":
        wanted = fault or row.fault
        if not wanted:
            raise RequestError(f"{named(row)} has no class", hint="Name the class to compare with.")
        query = replace(query, where={"fault": [wanted]})
        with context.read() as session:
            return signals.page(session, query).rows
    declared = referencing.get(context, row.dataset_id)
    if declared.query:
        asked = querying.prepared(context, replace(query, query=declared.query))
        with context.read() as session:
            return signals.page(session, asked).rows
    found = []
    with context.read() as session:
        datasets.get(session, row.dataset_id)
        for signal_id in declared.signal_ids:
            try:
                found.append(signals.get(session, row.dataset_id, signal_id))
            except NotFoundError:
                continue
    return found


def _resolution(plot: Plot, row: SignalRow, samples: int, seconds: Sequence[float]) -> float:
    """The finest distance of lines at which the reference has enough pieces, Hz."""
    each: Callable[[float], float]
    if plot == "spectrum":
        finest, each = row.rate_hz / min(SEGMENT, samples), lambda df: (compare.AVERAGED + 1) / 2 / df
    else:
        finest, each = max(1 / ENVELOPE_SECONDS, row.rate_hz / samples), lambda df: 1 / df
    resolution = max(finest, 1 / min(seconds))
    for _ in range(6):
        if sum(min(compare.MOST_PIECES, int(one / each(resolution))) for one in seconds) >= WANTED_PIECES:
            break
        resolution *= 2
    return resolution


def _pieces(
    plot: Plot, x: np.ndarray, rate_hz: float, band: tuple[float, float] | None, resolution_hz: float, lines: int
) -> np.ndarray:
    if band is None:
        return compare.spectrum_pieces(x, rate_hz, resolution_hz=resolution_hz, lines=lines)
    return compare.envelope_pieces(x, rate_hz, band=band, resolution_hz=resolution_hz, lines=lines)


def _turned(row: SignalRow, other: SignalRow) -> float:
    """Speed of another recording over that of the signal; 1 where one is not known."""
    return other.speed_rpm / row.speed_rpm if row.speed_rpm and other.speed_rpm else 1.0


def _condition(row: SignalRow) -> Condition:
    return Condition(row.speed_rpm, row.load)


def _what(row: SignalRow, against: Against, fault: str) -> str:
    return (
        "the healthy reference" if against == "reference" else f"class {(fault or row.fault or '?').replace('_', ' ')}"
    )


def _named(row: SignalRow, one: Excess, unit: str, resolution_hz: float, plot: Plot) -> StandsOut:
    near = [
        (abs(marker.frequency_hz - one.frequency_hz), marker)
        for marker in viewing.markers(row)
        # a defect shows at its frequency in the envelope; in the spectrum itself it raises resonances
        if (plot == "envelope" or marker.name == "1X")
        and abs(marker.frequency_hz - one.frequency_hz) <= max(NEAR_MARKER * marker.frequency_hz, resolution_hz)
    ]
    name = ""
    if near:
        marker = min(near, key=lambda pair: pair[0])[1]
        name = f"{marker.multiple}× {marker.name}" if marker.name != "1X" else f"{marker.multiple}X"
    place = (
        f"{one.frequency_hz:.4g} Hz"
        if one.high_hz - one.low_hz <= 2 * resolution_hz
        else f"{one.low_hz:.4g} to {one.high_hz:.4g} Hz, most at {one.frequency_hz:.4g} Hz"
    )
    words = f"{place}{f' ({name})' if name else ''}: {one.over_db:.1f} dB over the 95 % line"
    words += f", {numbers.number(one.value, 3)} {unit} where {numbers.number(one.usual, 3)} is usual"
    return StandsOut(one.frequency_hz, one.low_hz, one.high_hz, one.over_db, one.value, one.usual, name, words)


def _sentence(found: Sequence[StandsOut], what: str) -> str:
    if not found:
        return f"Nothing stands out: no line is {compare.STANDS_OUT_DB:g} dB over the 95 % line of {what}."
    return f"Stands out of {what} most: {found[0].words}."
