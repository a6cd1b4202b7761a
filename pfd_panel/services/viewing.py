"""What the Signal page shows: samples, waveform at any zoom, spectra, fault frequencies."""

from dataclasses import dataclass

import numpy as np

from data_catalog import datasets, signals
from data_catalog.signals import Neighbours, SignalPage, SignalQuery, SignalRow
from data_catalog.store.segment_reader import Overview
from pfd_panel.errors import RequestError
from pfd_panel.services import querying
from pfd_panel.services.context import Context
from pipelines.bearings import lookup
from pipelines.diagnose import DiagnoseConfig
from pipelines.errors import UnknownNameError
from pipelines.spectra import (
    AmplitudeSpectrum,
    EnvelopeSpectrum,
    Kurtogram,
    Spectrogram,
    amplitude_spectrum,
    envelope_spectrum,
    kurtogram,
    spectrogram,
)

FLOOR_HZ = 30.0
"""Width of the running median under an envelope spectrum where the speed is unknown."""

# longer records are analysed in their first part and say so: a spectrum of an hour tells less and costs seconds
ANALYSED_SAMPLES = 2**21

SLIP = DiagnoseConfig().slip
"""By how much of itself a fault frequency may lie beside its kinematic value."""


@dataclass(frozen=True)
class Marker:
    """A frequency with a name: a multiple of shaft speed or of a bearing's fault frequency."""

    name: str
    fault: str
    frequency_hz: float
    multiple: int


@dataclass(frozen=True)
class MarkedBand:
    """A band with a name: where a line may lie whose frequency is not exact."""

    name: str
    fault: str
    low_hz: float
    high_hz: float


SUB_SYNCHRONOUS = (0.40, 0.50)
"""Of the shaft's speed: oil whirl keeps below one half (Muszynska, Rotordynamics, 2005, chapter 4)."""


def page(context: Context, query: SignalQuery) -> SignalPage:
    """One page of signals, filtered and sorted in SQL."""
    asked = querying.prepared(context, query)
    with context.read() as session:
        return signals.page(session, asked)


def facets(context: Context, query: SignalQuery, columns: tuple[str, ...]) -> dict[str, list[tuple[object, int]]]:
    """Values of each column and how many signals have them under the rest of the query."""
    asked = querying.prepared(context, query, counting=columns)
    with context.read() as session:
        return signals.facets(session, asked, columns)


def get(context: Context, dataset: str, signal_id: str) -> SignalRow:
    """One signal as a member of a dataset."""
    context.require("read")
    with context.read() as session:
        return signals.get(session, datasets.get(session, dataset).id, signal_id)


def neighbours(context: Context, query: SignalQuery, signal_id: str) -> Neighbours:
    """The signals before and after this one in the order of a query."""
    asked = querying.prepared(context, query)
    with context.read() as session:
        return signals.neighbours(session, asked, signal_id)


def at(context: Context, query: SignalQuery, position: int) -> SignalRow | None:
    """The signal at a position (from 0) in the order of a query."""
    from dataclasses import replace

    rows = page(context, replace(query, offset=position, limit=1)).rows
    return rows[0] if rows else None


def samples(context: Context, row: SignalRow, start: int = 0, stop: int | None = None) -> np.ndarray:
    """Samples start to stop (float32), in the unit of the signal."""
    context.require("read")
    context.require_seen(row.dataset_id)
    return context.catalog.store.open(row.segment_id).read(row.row, start, stop)


def analysed(context: Context, row: SignalRow) -> np.ndarray:
    """The samples that spectra are computed from: all, or the first part of a long record."""
    return samples(context, row, 0, min(row.length, ANALYSED_SAMPLES))


def overview(context: Context, row: SignalRow, start_s: float, stop_s: float, buckets: int = 1200) -> Overview:
    """Lowest and highest sample of each of at most `buckets` stretches, read from the pyramid at any length."""
    context.require("read")
    context.require_seen(row.dataset_id)
    start = max(0, int(np.floor(start_s * row.rate_hz)))
    stop = min(row.length, int(np.ceil(stop_s * row.rate_hz)))
    if stop <= start:
        raise RequestError(f"no samples lie between {start_s:g} s and {stop_s:g} s", hint="Zoom out.")
    return context.catalog.store.open(row.segment_id).overview(row.row, start, stop, buckets)


def spectrum(context: Context, row: SignalRow, *, segment: int | None = 8192) -> AmplitudeSpectrum:
    """Welch amplitude spectrum in rms units."""
    x = analysed(context, row)
    return amplitude_spectrum(x, row.rate_hz, segment=min(segment or len(x), len(x)), scale="rms")


def envelope(
    context: Context, row: SignalRow, *, band: tuple[float, float] | None = None, max_hz: float | None = None
) -> EnvelopeSpectrum:
    """Squared-envelope spectrum of a band; without one, of the band the kurtogram suggests."""
    x = analysed(context, row)
    chosen = band or suggested_band(x, row.rate_hz)
    width = chosen[1] - chosen[0]
    return envelope_spectrum(x, row.rate_hz, band=chosen, max_hz=min(max_hz or width, width))


def suggested_band(x: np.ndarray, rate_hz: float) -> tuple[float, float]:
    """Band with the highest kurtosis of its envelope, widened to carry several fault-frequency harmonics."""
    found: Kurtogram = kurtogram(x[: 2**18], rate_hz)
    low, high = found.best_band_hz
    least = min(1000.0, rate_hz / 4)
    if high - low < least:
        centre = (low + high) / 2
        low = min(max(0.0, centre - least / 2), rate_hz / 2 - least)
        high = low + least
    return low, high


def floor_width_hz(row: SignalRow) -> float:
    """Width of the running median that an envelope spectrum is told over: one turn of the shaft."""
    return row.speed_rpm / 60 if row.speed_rpm else FLOOR_HZ


def time_frequency(context: Context, row: SignalRow, *, seconds: float = 1.0) -> Spectrogram:
    """Short-time spectrum of the first `seconds`."""
    x = samples(context, row, 0, min(row.length, max(256, int(seconds * row.rate_hz))))
    return spectrogram(x, row.rate_hz)


def markers(row: SignalRow, harmonics: int = 4, *, sidebands: int = 0, mains_hz: float | None = None) -> list[Marker]:
    """Shaft and bearing frequencies of a signal, as far as speed and bearing are known.

    Parameters
    ----------
    harmonics : int
        Multiples of each fault frequency.
    sidebands : int
        So many to each side of every multiple: a defect of the inner race is loaded once a turn of the shaft, one of a
        ball once a turn of the cage; one of the outer race stands still (Randall and Antoni 2011, section 2). Their
        names are those of the family with ``±``, their `multiple` counts shaft or cage turns.
    mains_hz : float, optional
        The mains and its first multiples; twice the mains is where electrical machines hum.
    """
    out = [Marker("mains", "mains", k * mains_hz, k) for k in (1, 2, 3)] if mains_hz else []
    if not row.speed_rpm:
        return out
    shaft = row.speed_rpm / 60
    out += [Marker("1X", "shaft", multiple * shaft, multiple) for multiple in (1, 2, 3)]
    if not row.bearing:
        return out
    try:
        orders = lookup(row.bearing).orders()
    except UnknownNameError:
        return out
    named = {
        "BPFI": ("inner_race", orders.bpfi, 1.0),
        "BPFO": ("outer_race", orders.bpfo, None),
        "2BSF": ("ball", 2 * orders.bsf, orders.ftf),
        "FTF": ("cage", orders.ftf, None),
    }
    for name, (fault, order, spacing) in named.items():
        for multiple in range(1, harmonics + 1):
            centre = multiple * order
            out.append(Marker(name, fault, centre * shaft, multiple))
            if spacing is not None:
                beside = (side for side in range(-sidebands, sidebands + 1) if side)
                out += [Marker(f"{name}±", fault, (centre + side * spacing) * shaft, side) for side in beside]
    return out


def bands(row: SignalRow, harmonics: int = 4, *, slip: float = SLIP) -> list[MarkedBand]:
    """Where to expect what has no exact frequency.

    The sub-synchronous band of an oil film (whirl and clearance stay between 0.40 and 0.50 of the shaft's speed), and
    around each multiple of a fault frequency what rolling elements slip.
    """
    if not row.speed_rpm:
        return []
    shaft = row.speed_rpm / 60
    low, high = SUB_SYNCHRONOUS
    return [MarkedBand("sub-synchronous", "shaft", low * shaft, high * shaft)] + [
        MarkedBand(one.name, one.fault, one.frequency_hz * (1 - slip), one.frequency_hz * (1 + slip))
        for one in markers(row, harmonics)
        if one.name != "1X"
    ]
