"""What an analyst's cursors read on the plots of a signal, and where they begin."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from data_catalog.signals import SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import viewing
from pfd_panel.services.context import Context
from pipelines import cursors
from pipelines.cursors import CursorReading, Lines
from pipelines.spectra import AmplitudeSpectrum, EnvelopeSpectrum

Plot = Literal["waveform", "spectrum", "envelope"]
Kind = Literal["single", "delta", "harmonic", "sideband", "period", "band", "peaks"]
Band = tuple[float, float] | None
PLOTS: tuple[Plot, ...] = get_args(Plot)
MOST_PEAKS = 20
HANN_BANDWIDTH = 1.5
"""Equivalent noise bandwidth of a Hann window, lines (Harris 1978, table I)."""


@dataclass(frozen=True)
class CursorKind:
    """One kind of cursor.

    Attributes
    ----------
    name, title : str
    plots : tuple of str
        Where it can be put.
    places : tuple of str
        What its numbers mean, in order; empty: as many as one likes.
    counted : str
        What its count is of; empty: it has none.
    """

    name: Kind
    title: str
    plots: tuple[Plot, ...]
    places: tuple[str, ...]
    counted: str = ""


_SPECTRA: tuple[Plot, ...] = ("spectrum", "envelope")
KINDS: Mapping[str, CursorKind] = {
    one.name: one
    for one in (
        CursorKind("single", "Single", PLOTS, ("place",)),
        CursorKind("delta", "Delta", PLOTS, ("first", "second")),
        CursorKind("harmonic", "Harmonic", _SPECTRA, ("base",), "harmonics"),
        CursorKind("sideband", "Sideband", _SPECTRA, ("centre", "spacing"), "sidebands to a side"),
        CursorKind("period", "Periodic", ("waveform",), ("first", "period"), "periods"),
        CursorKind("band", "Band", PLOTS, ("low", "high")),
        CursorKind("peaks", "Peak list", _SPECTRA, ()),
    )
}


def kinds_for(plot: Plot) -> list[CursorKind]:
    """The cursors that a plot can have."""
    return [one for one in KINDS.values() if plot in one.plots]


def lines_of_spectrum(row: SignalRow, found: AmplitudeSpectrum) -> Lines:
    """An amplitude spectrum as cursors see it."""
    return Lines(found.amplitude, found.resolution_hz, row.unit, noise_bandwidth=HANN_BANDWIDTH)


def lines_of_envelope(row: SignalRow, found: EnvelopeSpectrum) -> Lines:
    """An envelope spectrum, as power over its floor, as cursors see it."""
    return Lines(found.power_over_floor(viewing.floor_width_hz(row)), found.resolution_hz, "× floor")


def lines_of_waveform(context: Context, row: SignalRow, start_s: float, stop_s: float) -> Lines:
    """The samples of a stretch, as cursors see them; at least two, and none beyond the record.

    Raises
    ------
    RequestError
        The stretch is longer than what is analysed at once.
    """
    start = min(max(0, int(start_s * row.rate_hz)), row.length - 2)
    stop = min(row.length, max(int(stop_s * row.rate_hz) + 2, start + 2))
    if stop - start > viewing.ANALYSED_SAMPLES:
        seconds = viewing.ANALYSED_SAMPLES / row.rate_hz
        raise RequestError(
            f"the cursor spans {stop_s - start_s:.4g} s, at most {seconds:.4g} s are read at once", hint="Narrow it."
        )
    samples = viewing.samples(context, row, start, stop)
    return Lines(samples, 1 / row.rate_hz, row.unit, start=start / row.rate_hz, x_unit="s")


def read(kind: str, lines: Lines, at: Sequence[float], count: int = 5) -> CursorReading:
    """What a cursor of a kind reads at some places.

    Raises
    ------
    RequestError
        There is no such kind, or it wants another number of places.
    InputError
        A place lies outside the plot, or the count is out of range.
    """
    told = _kind(kind)
    wanted = len(told.places)
    if (wanted and len(at) != wanted) or (not wanted and not 1 <= len(at) <= MOST_PEAKS):
        expected = " and ".join(told.places) if wanted else f"1 to {MOST_PEAKS} places"
        raise RequestError(f"a {told.name} cursor at {len(at)} places", hint=f"Give {expected}.")
    wave = lines.x_unit == "s"
    readers: dict[str, Callable[[], CursorReading]] = {
        "single": lambda: cursors.single(lines, at[0]),
        "delta": lambda: cursors.delta(lines, at[0], at[1]),
        "harmonic": lambda: cursors.harmonics(lines, at[0], count),
        "sideband": lambda: cursors.sidebands(lines, at[0], at[1], count),
        "period": lambda: cursors.periods(lines, at[0], at[1], count),
        "band": lambda: (cursors.stretch if wave else cursors.band)(lines, *sorted(at)),
        "peaks": lambda: _peaks(lines, at),
    }
    return readers[told.name]()


def suggest(kind: str, lines: Lines, low: float, high: float, shaft_hz: float | None = None) -> list[float]:
    """Where a cursor begins on a spectrum: at what stands out between `low` and `high`, the part that is seen.

    Raises
    ------
    RequestError
        There is no such kind.
    """
    told = _kind(kind)
    low, high = max(low, lines.start), min(high, lines.stop)
    tops = cursors.highest_lines(lines, max(low, 3 * lines.step), high, 5)
    highest = max(tops, key=lambda place: lines.at("", place).value)
    if told.name == "harmonic":
        return [cursors.best_family(lines, low, high)]
    if told.name == "sideband":
        return [highest, shaft_hz or max(8 * lines.step, (high - low) / 40)]
    if told.name == "band":
        half = max((high - low) / 40, 2 * lines.step)
        return [max(lines.start, highest - half), min(lines.stop, highest + half)]
    if told.name == "delta":
        others = [place for place in tops if place != highest]
        return [highest, others[0] if others else min(lines.stop, highest + 10 * lines.step)]
    return tops if told.name == "peaks" else [highest]


def suggest_instants(kind: str, low: float, high: float, shaft_hz: float | None = None) -> list[float]:
    """Where a cursor begins on a waveform of which `low` to `high` is seen, s.

    Raises
    ------
    RequestError
        There is no such kind.
    """
    third = (high - low) / 3
    starts = {"single": [low + third], "period": [low, 1 / shaft_hz if shaft_hz else third / 2]}
    return starts.get(_kind(kind).name, [low + third, low + 2 * third])


def cursor(
    context: Context,
    row: SignalRow,
    plot: Plot,
    kind: str,
    at: Sequence[float] = (),
    *,
    count: int = 5,
    band: Band = None,
) -> CursorReading:
    """Put a cursor on a plot of a signal and read it.

    Parameters
    ----------
    plot : {"waveform", "spectrum", "envelope"}
    kind : str
        One of `KINDS` that the plot can have.
    at : sequence of float
        Its places in Hz, or s on a waveform; without any it is put where it begins on the page.
    count : int
        Harmonics, sidebands to a side, or periods.
    band : (low, high), optional
        Band of the envelope, Hz; without one, that of the kurtogram.

    Raises
    ------
    RequestError
        The plot cannot have such a cursor, or it wants another number of places.
    InputError
        A place lies outside the plot, or the count is out of range.
    """
    if _kind(kind) not in kinds_for(plot):
        names = ", ".join(one.name for one in kinds_for(plot))
        raise RequestError(f"a {plot} has no {kind} cursor", hint=f"It has: {names}.")
    shaft = row.speed_rpm / 60 if row.speed_rpm else None
    if plot == "waveform":
        at = list(at) or suggest_instants(kind, 0.0, min(1.0, (row.length - 1) / row.rate_hz), shaft)
        lines = lines_of_waveform(context, row, *reach(kind, at, count))
    elif plot == "spectrum":
        lines = lines_of_spectrum(row, viewing.spectrum(context, row))
    else:
        lines = lines_of_envelope(row, viewing.envelope(context, row, band=band))
    return read(kind, lines, list(at) or suggest(kind, lines, lines.start, lines.stop, shaft), count)


def reach(kind: str, at: Sequence[float], count: int) -> tuple[float, float]:
    """From where to where the places of a cursor on a waveform go, s."""
    if kind == "period" and len(at) == 2:
        return at[0], at[0] + at[1] * count
    return min(at), max(at)


def lines_of(kind: str, at: Sequence[float], count: int) -> list[tuple[str, float]]:
    """Where the lines of a cursor stand and what each is called, as its plot draws them.

    Raises
    ------
    RequestError
        There is no such kind.
    """
    name = _kind(kind).name
    if name == "harmonic":
        return [(f"{k}×", k * at[0]) for k in range(1, count + 1)]
    if name == "sideband":
        sides = [(f"{sign}{k}", way * k) for k in range(1, count + 1) for sign, way in (("−", -1), ("+", 1))]
        return [("carrier", at[0]), *((called, at[0] + k * at[1]) for called, k in sides)]
    if name == "period":
        return [(str(k), at[0] + k * at[1]) for k in range(count + 1)]
    if name == "peaks":
        return [(str(k), place) for k, place in enumerate(sorted(at), 1)]
    return list(zip({"delta": ("A", "B"), "band": ("from", "to")}.get(name, ("",)), at, strict=False))


def _peaks(lines: Lines, at: Sequence[float]) -> CursorReading:
    lines.require_within(*at)
    return CursorReading(tuple(lines.summit(str(k), place) for k, place in enumerate(sorted(at), 1)), ())


def _kind(name: str) -> CursorKind:
    found = KINDS.get(name)
    if found is None:
        raise RequestError(f"there is no cursor {name!r}", hint=f"There are: {', '.join(KINDS)}.")
    return found
