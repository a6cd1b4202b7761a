"""Every signal of a selection in one picture: density and quantile bands of each class."""

import hashlib
import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import batched, groupby
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from data_catalog import datasets
from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import passing_files, viewing
from pfd_panel.services.context import Context
from pfd_panel.theme.classes import looks
from pipelines.errors import InputError
from pipelines.overlays import (
    Axis,
    bands,
    density,
    envelope_columns,
    shaded,
    sheet_png,
    spectrum_columns,
    time_columns,
)

What = Literal["waveform", "spectrum", "envelope"]
WHATS: tuple[What, ...] = get_args(What)
COLUMNS = 1024
SHEET_ROWS = 240
LINES_A_COLUMN = 4
"""Spectral lines behind a column: peaks stay as narrow as if it were zoomed in."""

MOST_SIGNALS = 10_000
UNLABELLED = "not given"
ENVELOPE_TO_HZ = 500.0
"""Modulation up to here is shown first: several harmonics of the fault frequencies of usual machines."""

LEAST_RESOLUTION = 64
"""Segments of a spectrum are at least so long at the lowest rate."""

_READ_TOGETHER = 8
_KEPT_BYTES = 256 << 20

Progress = Callable[[int, int], None]
"""``progress(done, total)`` hears of signals that were read; what it raises ends the work."""


@dataclass(frozen=True)
class OverlayOptions:
    """What is overlaid.

    Attributes
    ----------
    what : {"waveform", "spectrum", "envelope"}
    start, stop : float, optional
        The part of the axis, s or Hz; everything, of envelopes the first 500 Hz, without.
    band : (low, high), optional
        Band that is demodulated for envelopes, Hz; the middle half below the lowest Nyquist frequency without.
    target : str
        Column that tells the classes.
    """

    what: What = "waveform"
    start: float | None = None
    stop: float | None = None
    band: tuple[float, float] | None = None
    target: str = "fault"


@dataclass(frozen=True)
class Overlay:
    """Curves of many signals on one axis.

    Attributes
    ----------
    what : str
    axis : Axis
        In s for waveforms, else in Hz.
    low, high : (N, C) float32
        Each curve's lowest and highest value in each column; the same array where it has only one.
    signal_ids, labels : tuple of str
        The signal and the class of each curve, ordered by class.
    unit : str
        Of the values.
    notes : tuple of str
        What must be known to read the picture: rates, resolution, band, what was left out.
    """

    what: What
    axis: Axis
    low: np.ndarray
    high: np.ndarray
    signal_ids: tuple[str, ...]
    labels: tuple[str, ...]
    unit: str
    notes: tuple[str, ...]

    @property
    def classes(self) -> list[str]:
        """The classes in alphabetical order."""
        return sorted(set(self.labels))

    def of(self, label: str) -> slice:
        """The curves of a class, which lie one behind the other."""
        return slice(bisect_left(self.labels, label), bisect_right(self.labels, label))

    def curves(self, label: str) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest values of a class; the same array where there is only one."""
        low = self.low[self.of(label)]
        return low, low if self.high is self.low else self.high[self.of(label)]

    def value_range(self) -> tuple[float, float]:
        """From the lowest value that matters to the highest: deep notches of a spectrum are cut off."""
        known = self.low[np.isfinite(self.low)]
        if not known.size:
            return 0.0, 1.0
        some = known[:: known.size // 50_000 + 1]
        bottom = float(known.min() if self.what == "waveform" else np.quantile(some, 0.002))
        top = float(np.nanmax(self.high))
        room = 0.04 * (top - bottom) or 1.0
        return bottom - room, top + room


@dataclass(frozen=True)
class ClassOverlay:
    """One class of an overlay.

    Attributes
    ----------
    label : str
    signals : int
    quantiles : (5, C) float32
        Where 10, 25, 50, 75 and 90 % of the curves lie below, in each column.
    """

    label: str
    signals: int
    quantiles: np.ndarray


@dataclass(frozen=True)
class OverlayBands:
    """An overlay in numbers.

    Attributes
    ----------
    what, unit, notes
        As of `Overlay`.
    places : (C,) float64
        Middle of each column, s or Hz.
    classes : list of ClassOverlay
    """

    what: What
    unit: str
    notes: tuple[str, ...]
    places: np.ndarray
    classes: list[ClassOverlay]


@dataclass
class _Kept:
    """Overlays that were read lately, for every page of this process, the least recently used dropped first."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    overlays: "OrderedDict[str, Overlay]" = field(default_factory=OrderedDict)

    def get(self, key: str) -> Overlay | None:
        with self.lock:
            found = self.overlays.get(key)
            if found is not None:
                self.overlays.move_to_end(key)
            return found

    def put(self, key: str, overlay: Overlay) -> None:
        with self.lock:
            self.overlays[key] = overlay
            while len(self.overlays) > 1 and sum(map(_bytes, self.overlays.values())) > _KEPT_BYTES:
                self.overlays.popitem(last=False)


def _bytes(overlay: Overlay) -> int:
    return overlay.low.nbytes + (overlay.high.nbytes if overlay.high is not overlay.low else 0)


_KEPT = _Kept()


def overlay(
    context: Context,
    dataset: str,
    options: OverlayOptions | None = None,
    *,
    query: SignalQuery | None = None,
    progress: Progress = lambda done, total: None,
) -> Overlay:
    """Read every signal that a filter finds and bring it onto one axis; the same again costs nothing.

    Raises
    ------
    RequestError
        Nothing was found, too much, signals of several units as waveforms or spectra, or there is no such picture.
    InputError
        A range or band that does not fit, or a signal too short for the resolution.
    """
    context.require("read")
    chosen = options or OverlayOptions()
    rows = _rows(context, dataset, chosen, query)
    key = _key(rows, chosen)
    found = _KEPT.get(key)
    if found is None:
        reader = {"waveform": _waveforms, "spectrum": _spectra, "envelope": _envelopes}[chosen.what]
        found = reader(context, rows, chosen, progress)
        _KEPT.put(key, found)
    return found


def summary(
    context: Context, dataset: str, options: OverlayOptions | None = None, *, query: SignalQuery | None = None
) -> OverlayBands:
    """Median and quantile bands of each class of what a filter finds; raises as `overlay`."""
    found = overlay(context, dataset, options, query=query)
    return OverlayBands(found.what, found.unit, found.notes, found.axis.centres, by_class(found))


def picture(
    context: Context, dataset: str, options: OverlayOptions | None = None, *, query: SignalQuery | None = None
) -> Path:
    """A PNG of the density of each class, in the data directory for an hour; raises as `overlay`."""
    found = overlay(context, dataset, options, query=query)
    low, high = found.value_range()
    known = looks([None if one == UNLABELLED else one for one in found.classes])
    panels = []
    for label, shades in pictures(found, SHEET_ROWS, (low, high)).items():
        look = known[None if label == UNLABELLED else label]
        panels.append((f"{look.label}, {len(found.curves(label)[0])} signals", shades, look.color))
    unit = "s" if found.what == "waveform" else "Hz"
    caption = f"{found.axis.start:g} to {found.axis.stop:.6g} {unit}; {low:.4g} to {high:.4g} ({found.unit})"
    target = passing_files.place(context.catalog.home / "exports" / "overlays", f"{found.what}.png")
    target.write_bytes(sheet_png(panels, caption))
    return target


def by_class(found: Overlay) -> list[ClassOverlay]:
    """Median and quantile bands of each class."""
    out = []
    for label in found.classes:
        low, high = found.curves(label)
        out.append(ClassOverlay(label, len(low), bands(low, high)))
    return out


def pictures(found: Overlay, height: int, value_range: tuple[float, float] | None = None) -> dict[str, np.ndarray]:
    """How many curves of each class pass each cell, as shades (height, C) of 0 to 255; row 0 is the lowest value."""
    ends = value_range or found.value_range()
    out = {}
    for label in found.classes:
        out[label] = shaded(density(*found.curves(label), ends, height))
    return out


def _rows(context: Context, dataset: str, options: OverlayOptions, query: SignalQuery | None) -> list[SignalRow]:
    if options.what not in WHATS:
        raise RequestError(f"there is no overlay of {options.what!r}", hint=f"There are: {', '.join(WHATS)}.")
    if options.target not in SignalRow.__dataclass_fields__:
        raise RequestError(f"signals have no column {options.target!r} of classes", hint="fault is one.")
    with context.read() as session:
        dataset_id = datasets.get(session, dataset).id
    asked = replace(query or SignalQuery(), dataset_id=dataset_id, offset=0, limit=MOST_SIGNALS)
    page = viewing.page(context, asked)
    if page.total > MOST_SIGNALS:
        raise RequestError(
            f"{page.total:,} signals are more than one picture is made of",
            hint=f"Narrow the filter to at most {MOST_SIGNALS:,}.",
        )
    if not page.rows:
        raise RequestError("no signal was found", hint="Widen the filter.")
    units = sorted({row.unit or "no unit" for row in page.rows})
    if len(units) > 1 and options.what != "envelope":
        raise RequestError(
            f"signals in {' and '.join(units)} share no axis", hint="Filter by unit, or overlay envelope spectra."
        )
    # neighbours in a segment are read together
    return sorted(page.rows, key=lambda row: (row.segment_id, row.row))


def _key(rows: Sequence[SignalRow], options: OverlayOptions) -> str:
    told = hashlib.blake2b(repr(options).encode(), digest_size=16)
    for row in rows:
        told.update(f"{row.signal_id} {row.attributes_hash} {getattr(row, options.target)}\n".encode())
    return told.hexdigest()


def _made(
    rows: Sequence[SignalRow], options: OverlayOptions, axis: Axis, curves: tuple[np.ndarray, np.ndarray], unit: str,
    notes: Sequence[str],
) -> Overlay:  # fmt: skip
    labels = [UNLABELLED if (value := getattr(row, options.target)) is None else str(value) for row in rows]
    # classes one behind the other, so that each is a view of the whole
    order = sorted(range(len(rows)), key=lambda at: labels[at])
    low = curves[0][order]
    high = low if curves[1] is curves[0] else curves[1][order]
    ids = tuple(rows[at].signal_id for at in order)
    return Overlay(options.what, axis, low, high, ids, tuple(labels[at] for at in order), unit, tuple(notes))


def _waveforms(context: Context, rows: Sequence[SignalRow], options: OverlayOptions, progress: Progress) -> Overlay:
    longest = max(row.length / row.rate_hz for row in rows)
    axis = _axis(options, longest, "s")
    low = np.full((len(rows), axis.count), np.nan, dtype=np.float32)
    high = low.copy()
    for at, row in enumerate(rows):
        progress(at, len(rows))
        stop = min(axis.stop, row.length / row.rate_hz)
        if stop <= axis.start or int(np.ceil(stop * row.rate_hz)) <= int(axis.start * row.rate_hz):
            continue
        # from the pyramid: as fast at any length
        found = viewing.overview(context, row, axis.start, stop, 2 * axis.count)
        low[at], high[at] = time_columns(
            found.low, found.high, found.x0 / row.rate_hz, found.step / row.rate_hz, axis
        )  # fmt: skip
    notes = _rates(rows, "nothing is interpolated, a column holds the lowest and highest sample of its time")
    shortest = min(row.length / row.rate_hz for row in rows)
    if shortest < 0.99 * longest:
        notes.append(f"lengths from {shortest:.4g} to {longest:.4g} s: shorter curves end earlier")
    return _made(rows, options, axis, (low, high), rows[0].unit or "unit not given", notes)


def _spectra(context: Context, rows: Sequence[SignalRow], options: OverlayOptions, progress: Progress) -> Overlay:
    axis = _axis(options, max(row.rate_hz for row in rows) / 2, "Hz")
    wanted = axis.step / LINES_A_COLUMN
    # no finer than the shortest record tells, no coarser than the slowest can be cut
    finest = max(row.rate_hz / min(row.length, viewing.ANALYSED_SAMPLES) for row in rows)
    coarsest = min(row.rate_hz for row in rows) / LEAST_RESOLUTION
    resolution = max(finest, min(wanted, coarsest))
    values = np.full((len(rows), axis.count), np.nan, dtype=np.float32)
    for at, (row, samples) in enumerate(_samples(context, rows)):
        progress(at, len(rows))
        values[at] = spectrum_columns(samples, row.rate_hz, resolution, axis)
    notes = [f"rms amplitudes, Welch with a Hann window, lines {resolution:.3g} Hz apart, the highest of each column"]
    notes += _rates(rows, "segments are as long as this resolution asks, and curves end at half their rate")
    return _made(rows, options, axis, (values, values), f"dB re 1 {rows[0].unit or 'unit'}", notes)


def _envelopes(context: Context, rows: Sequence[SignalRow], options: OverlayOptions, progress: Progress) -> Overlay:
    slowest = min(row.rate_hz for row in rows)
    band = options.band or (slowest / 8, 3 * slowest / 8)
    if not 0 <= band[0] < band[1] <= slowest / 2:
        raise InputError(
            f"a band from {band[0]:g} to {band[1]:g} Hz",
            hint=f"It lies between 0 and {slowest / 2:g} Hz, half the rate.",
        )
    width = band[1] - band[0]
    axis = _axis(options, min(width, ENVELOPE_TO_HZ) if options.stop is None else width, "Hz")
    values = np.full((len(rows), axis.count), np.nan, dtype=np.float32)
    for at, (row, samples) in enumerate(_samples(context, rows)):
        progress(at, len(rows))
        values[at] = envelope_columns(samples, row.rate_hz, band, axis)
    notes = [f"squared envelope of {band[0]:g} to {band[1]:g} Hz over its mean, the highest line of each column"]
    notes += _rates(rows, "the band is the same for all")
    return _made(rows, options, axis, (values, values), "modulation depth, dB", notes)


def _axis(options: OverlayOptions, most: float, unit: str) -> Axis:
    start = options.start or 0.0
    stop = min(options.stop, most) if options.stop is not None else most
    if start >= most:
        raise InputError(f"a range from {start:g} {unit}", hint=f"There is nothing beyond {most:.6g} {unit}.")
    return Axis(start, stop, COLUMNS)


def _rates(rows: Sequence[SignalRow], said: str) -> list[str]:
    rates = sorted({row.rate_hz for row in rows})
    if len(rates) == 1:
        return []
    named = ", ".join(f"{rate / 1000:g}" for rate in rates[:6]) + (" …" if len(rates) > 6 else "")
    return [f"different rates ({named} kHz): {said}"]


def _samples(context: Context, rows: Sequence[SignalRow]) -> Iterator[tuple[SignalRow, np.ndarray]]:
    """Each signal with its samples, of a long one the first part; neighbours of one length are read together."""
    for segment_id, neighbours in groupby(rows, key=lambda row: row.segment_id):
        reader = context.catalog.store.open(segment_id)
        for length, alike in groupby(neighbours, key=lambda row: row.length):
            if length > viewing.ANALYSED_SAMPLES:
                for row in alike:
                    yield row, np.nan_to_num(viewing.analysed(context, row))
                continue
            for some in batched(alike, _READ_TOGETHER):
                found = reader.read_rows([row.row for row in some])
                # a gap is silence to a transform
                yield from zip(some, np.nan_to_num(found, copy=False), strict=True)
