"""Several signals at once: their waveforms at any zoom in one call, their spectra on one grid, their difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from data_catalog import datasets, signals
from data_catalog.errors import NotFoundError
from data_catalog.signals import SignalRow
from data_catalog.store.segment_reader import Overview
from pfd_panel.errors import EXPECTED_ERRORS, RequestError, in_words
from pfd_panel.services import viewing
from pfd_panel.services.context import Context
from pipelines import compare
from pipelines.compare import Alignment
from pipelines.errors import InputError
from pipelines.filters import resample
from pipelines.spectra import amplitude_spectrum, envelope_spectrum
from pipelines.waveforms import finite_stretches

MOST = 32
"""Signals that can be compared at once: as many colours can be told apart with two kinds of line."""

SEGMENT = 8192
"""Samples of a segment at the lowest rate: the resolution of the Signal page."""

Plot = Literal["spectrum", "envelope"]
PLOTS: tuple[Plot, ...] = get_args(Plot)


@dataclass(frozen=True)
class Chosen:
    """Signals that were asked for by their ids.

    Attributes
    ----------
    rows : list of SignalRow
        Those that are there, in the order of the ids.
    missing : list of str
        Ids that the dataset does not hold, holds no more, or that the user may not see.
    """

    rows: list[SignalRow]
    missing: list[str]


@dataclass(frozen=True)
class Problem:
    """Why one of several signals is not in the picture."""

    signal_id: str
    signal: str
    message: str
    hint: str


@dataclass(frozen=True)
class Channel:
    """What is seen of one channel.

    Attributes
    ----------
    signal_id : str
    x0, step : int
        First sample of the first bucket, and samples a bucket.
    low, high : float32 (B,)
        Smallest and largest finite sample of each bucket, NaN where there is none; empty where the record has ended.
    """

    signal_id: str
    x0: int
    step: int
    low: np.ndarray
    high: np.ndarray
    rate_hz: float
    unit: str


@dataclass(frozen=True)
class SpectrumLines:
    """The spectrum of one of several signals: `values` (K,) float32 from zero, every `Spectra.resolution_hz`."""

    signal_id: str
    values: np.ndarray
    unit: str
    speed_rpm: float | None


@dataclass(frozen=True)
class Spectra:
    """Spectra of several signals with one resolution.

    Attributes
    ----------
    plot : {"spectrum", "envelope"}
    resolution_hz : float
    lines : list of SpectrumLines
    band_hz : (float, float), optional
    notes : list of str
        What was done to make them comparable.
    problems : list of Problem
        Signals that have none, and why.
    """

    plot: Plot
    resolution_hz: float
    lines: list[SpectrumLines]
    band_hz: tuple[float, float] | None
    notes: list[str]
    problems: list[Problem]


@dataclass(frozen=True)
class TwoSignals:
    """The second of two signals less the first.

    Attributes
    ----------
    plot : {"waveform", "spectrum", "envelope"}
    start, step : float
        Of the axis: s on the clock of the first signal, or Hz.
    values : (N,) float32
        In the unit of the signals, or dB for spectra.
    unit : str
    offset_s, share : float
        By which the second was moved, and rms of the difference over that of the first; 0 and NaN for spectra.
    notes : list of str
    """

    plot: str
    start: float
    step: float
    values: np.ndarray
    unit: str
    offset_s: float
    share: float
    notes: list[str]


def chosen(context: Context, dataset: str, signal_ids: Sequence[str]) -> Chosen:
    """The signals of these ids, those that are gone or private left out and counted.

    Raises
    ------
    RequestError
        None was named, or more than 32.
    """
    context.require("read")
    wanted = list(dict.fromkeys(signal_ids))
    if not 1 <= len(wanted) <= MOST:
        raise RequestError(f"{len(wanted)} signals cannot be compared", hint=f"Name 1 to {MOST} of them.")
    rows, missing = [], []
    with context.read() as session:
        dataset_id = datasets.get(session, dataset).id
        for signal_id in wanted:
            try:
                rows.append(signals.get(session, dataset_id, signal_id))
            except NotFoundError:
                missing.append(signal_id)
    return Chosen(rows, missing)


def channels(
    context: Context, rows: Sequence[SignalRow], start_s: float = 0.0, stop_s: float | None = None, buckets: int = 1200
) -> list[Channel]:
    """Bounds of at most `buckets` stretches of each signal between two moments, read from the stored pyramids.

    One call for all channels; a record that ends before `start_s` has no buckets. Far out the first and the last bucket
    are whole blocks of the pyramid and may reach a little beyond what was asked for.

    Raises
    ------
    RequestError
        More than 32 signals, or a stretch without length.
    """
    _require_few(context, rows)
    longest = max(row.length / row.rate_hz for row in rows)
    stop_s = longest if stop_s is None else stop_s
    if not 0 <= start_s < stop_s:
        raise RequestError(f"{start_s:g} s to {stop_s:g} s is no stretch of time", hint="Zoom out.")
    return [_channel(context, row, start_s, stop_s, buckets) for row in rows]


def spectra(
    context: Context,
    rows: Sequence[SignalRow],
    plot: Plot = "spectrum",
    *,
    band: tuple[float, float] | None = None,
    resolution_hz: float | None = None,
) -> Spectra:
    """Spectra of several signals on one grid: Welch, rms; or of the squared envelope of one band.

    Parameters
    ----------
    band : (low, high), optional
        Band of the envelopes, Hz; without one, that of the kurtogram of the first signal.
    resolution_hz : float, optional
        Distance of two lines; the finest that all records carry, at most 8,192 samples a segment at the lowest rate.

    Raises
    ------
    RequestError
        More than 32 signals, no such plot, or a resolution that is none.
    """
    _require_few(context, rows)
    if plot not in PLOTS:
        raise RequestError(f"there is no plot {plot!r} of spectra", hint=f"There are: {', '.join(PLOTS)}.")
    if resolution_hz is not None and not 0 < resolution_hz < 1e6:
        raise RequestError(f"a resolution of {resolution_hz:g} Hz is none", hint="Give it in Hz, as 1.5.")
    read, notes, problems = _read(context, rows)
    if not read:
        return Spectra(plot, resolution_hz or 1.0, [], band, notes, problems)
    finest = max(row.rate_hz / x.size for row, x in read)
    resolution = resolution_hz or max(min(row.rate_hz for row, _ in read) / SEGMENT, finest)
    if plot == "envelope":
        first, x = read[0]
        if band is None:
            band = viewing.suggested_band(x, first.rate_hz)
            notes.append(f"band suggested by the kurtogram of {named(first)}")
        resolution = resolution_hz or max(finest, 0.25)
    rates = {row.rate_hz for row, _ in read}
    if len(rates) > 1:
        notes.append(f"{len(rates)} sampling rates: each spectrum reaches to half of its own, lines every "
                     f"{resolution:.3g} Hz in all")  # fmt: skip
    lines = []
    for row, x in read:
        try:
            values = _lines(x, row.rate_hz, plot, band, resolution)
        except EXPECTED_ERRORS as failure:
            problems.append(_problem(row, failure))
        else:
            lines.append(SpectrumLines(row.signal_id, values, row.unit, row.speed_rpm))
    return Spectra(plot, resolution, lines, band if plot == "envelope" else None, notes, problems)


def difference(
    context: Context,
    first: SignalRow,
    second: SignalRow,
    plot: str = "waveform",
    *,
    offset_s: float = 0.0,
    band: tuple[float, float] | None = None,
) -> TwoSignals:
    """Second minus first: of the samples, the second resampled to the rate of the first; or of spectra, in dB.

    Raises
    ------
    RequestError
        Different units, no such plot, or a spectrum that cannot be computed.
    InputError
        Rates that are no ratio of whole numbers, gaps that would have to be resampled, or no overlap in time.
    """
    context.require("read")
    if first.unit != second.unit:
        raise RequestError(
            f"{named(first)} is in {first.unit or 'no known unit'}, {named(second)} in "
            f"{second.unit or 'no known unit'}: their difference has no meaning",
            hint="Choose two signals of one unit, or correct the unit of one.",
        )
    if plot in PLOTS:
        return _spectral_difference(context, first, second, plot, band)
    if plot != "waveform":
        raise RequestError(f"there is no difference of {plot!r}", hint="There are: waveform, spectrum, envelope.")
    one, other, notes = _at_one_rate(context, first, second)
    found = compare.difference(one, other, first.rate_hz, offset_s=offset_s)
    return TwoSignals(
        "waveform",
        found.start_s,
        1 / found.rate_hz,
        found.values.astype(np.float32, copy=False),
        first.unit,
        found.offset_s,
        found.share,
        [found.method, *notes],
    )


def suggest_offset(context: Context, first: SignalRow, second: SignalRow) -> Alignment:
    """By how many seconds to move the second of two signals so that they correlate most.

    Raises
    ------
    InputError
        Signals with gaps, a constant one, or rates that are no ratio of whole numbers.
    """
    context.require("read")
    one, other, _ = _at_one_rate(context, first, second)
    return compare.suggest_offset(one, other, first.rate_hz)


def named(row: SignalRow) -> str:
    """What a signal is called in a sentence: the last part of its recording's name, and its channel."""
    return f"{row.recording.replace('#', '/').rstrip('/').rpartition('/')[2]} / {row.channel}"


def whole_part(context: Context, row: SignalRow) -> tuple[np.ndarray, str]:
    """The samples that spectra are computed from, without gaps, and what was left out in words."""
    x = viewing.analysed(context, row)
    told = "" if row.length <= viewing.ANALYSED_SAMPLES else f"first {x.size / row.rate_hz:.0f} s"
    if not np.isfinite(x).all():
        stretches = finite_stretches(x, at_least=256)
        if not stretches:
            raise InputError(f"{named(row)} is mostly gaps", hint="Choose another recording.")
        start, stop = max(stretches, key=lambda one: one[1] - one[0])
        x = x[start:stop]
        gap = f"longest of {len(stretches)} stretches between gaps, {x.size / row.rate_hz:.3g} s"
        told = f"{told}, {gap}" if told else gap
    return x, told


def _read(
    context: Context, rows: Sequence[SignalRow]
) -> tuple[list[tuple[SignalRow, np.ndarray]], list[str], list[Problem]]:
    """What spectra are computed from, what was left out of it, and of which signals there is nothing."""
    read, problems = [], []
    parts: dict[str, list[str]] = {}
    for row in rows:
        try:
            x, note = whole_part(context, row)
        except EXPECTED_ERRORS as failure:
            problems.append(_problem(row, failure))
            continue
        read.append((row, x))
        if note:
            parts.setdefault(note, []).append(named(row))
    notes = [f"{names[0] if len(names) == 1 else f'{len(names)} signals'}: {note}" for note, names in parts.items()]
    return read, notes, problems


def _channel(context: Context, row: SignalRow, start_s: float, stop_s: float, buckets: int) -> Channel:
    start = max(0, int(np.floor(start_s * row.rate_hz)))
    stop = min(row.length, int(np.ceil(stop_s * row.rate_hz)))
    nothing = np.empty(0, np.float32)
    seen = Overview(start, 1, nothing, nothing)
    if start < stop:
        seen = context.catalog.store.open(row.segment_id).overview(row.row, start, stop, buckets, whole_blocks=True)
    return Channel(row.signal_id, seen.x0, seen.step, seen.low, seen.high, row.rate_hz, row.unit)


def _lines(
    x: np.ndarray, rate_hz: float, plot: Plot, band: tuple[float, float] | None, resolution_hz: float
) -> np.ndarray:
    size = round(rate_hz / resolution_hz)
    if size > x.size:
        raise InputError(
            f"{x.size / rate_hz:.3g} s are too short for lines every {resolution_hz:.3g} Hz",
            hint="Use a coarser resolution.",
        )
    if plot == "spectrum":
        return amplitude_spectrum(x, rate_hz, segment=size, scale="rms").amplitude
    count = x.size // size
    parts = [envelope_spectrum(x[k * size : (k + 1) * size], rate_hz, band=band).amplitude for k in range(count)]
    return np.sqrt(np.mean(np.square(parts, dtype=np.float64), axis=0)).astype(np.float32)


def _spectral_difference(
    context: Context, first: SignalRow, second: SignalRow, plot: Plot, band: tuple[float, float] | None
) -> TwoSignals:
    found = spectra(context, [first, second], plot, band=band)
    if found.problems:
        wrong = found.problems[0]
        raise RequestError(f"{wrong.signal}: {wrong.message}", hint=wrong.hint)
    one, other = (lines.values for lines in found.lines)
    count = min(one.size, other.size)
    values = compare.level_difference(one[:count], other[:count], power=plot == "envelope")
    notes = ["second over first, dB", *found.notes]
    if one.size != other.size:
        notes.append(f"compared up to {count * found.resolution_hz:.0f} Hz, where the slower of both ends")
    return TwoSignals(plot, 0.0, found.resolution_hz, values, "dB", 0.0, float("nan"), notes)


def _at_one_rate(context: Context, first: SignalRow, second: SignalRow) -> tuple[np.ndarray, np.ndarray, list[str]]:
    one, other = viewing.analysed(context, first), viewing.analysed(context, second)
    notes = []
    if max(first.length, second.length) > viewing.ANALYSED_SAMPLES:
        seconds = min(one.size / first.rate_hz, other.size / second.rate_hz)
        notes.append(f"of the first {seconds:.0f} s")
    if first.rate_hz != second.rate_hz:
        resampled = resample(other, second.rate_hz, first.rate_hz)
        other = resampled.values
        notes.append(f"{named(second)} {resampled.method}")
    return one, other, notes


def _problem(row: SignalRow, failure: BaseException) -> Problem:
    words = in_words(failure)
    return Problem(row.signal_id, named(row), words["message"], words["hint"])


def _require_few(context: Context, rows: Sequence[SignalRow]) -> None:
    context.require("read")
    if not 1 <= len(rows) <= MOST:
        raise RequestError(f"{len(rows)} signals cannot be compared", hint=f"Choose 1 to {MOST} of them.")
    for dataset_id in {row.dataset_id for row in rows}:
        context.require_seen(dataset_id)
