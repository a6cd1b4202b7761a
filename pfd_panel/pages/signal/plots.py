"""The four plots of a signal, from arrays that a service computed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data_catalog.signals import SignalRow
from pfd_panel.components.plots import LinePlot, MarkerLines, spectrum_plot
from pfd_panel.components.plots.lines import Buckets, Overview
from pfd_panel.pages.signal.words import quantity
from pfd_panel.services import viewing
from pfd_panel.services.context import Context
from pfd_panel.theme.classes import look
from pfd_panel.theme.tokens import REFERENCE
from pipelines.spectra import EnvelopeSpectrum

FIRST_SECONDS = 1.0
AXES = {"hz": "Hz", "cpm": "CPM", "orders": "Orders"}
FAMILIES = ("BPFI", "BPFO", "2BSF", "FTF", "1X")
_DASHES = {"BPFI": "dashed", "BPFO": "dotted", "2BSF": "dashed", "FTF": "dotted", "1X": "dotted"}


@dataclass(frozen=True)
class Axis:
    """The unit of a frequency axis: what a hertz is worth in it, and what it is called."""

    name: str
    per_hz: float

    @classmethod
    def of(cls, kind: str, row: SignalRow) -> "Axis":
        """Hz, CPM (events a minute) or orders (multiples of the shaft speed, where that is known)."""
        if kind == "cpm":
            return cls("CPM", 60.0)
        if kind == "orders" and row.speed_rpm:
            return cls("orders of the shaft", 60.0 / row.speed_rpm)
        return cls("Hz", 1.0)


def first_window(row: SignalRow) -> tuple[float, float]:
    """What is visible of a waveform at first."""
    return 0.0, min(FIRST_SECONDS, extent(row)[1])


def extent(row: SignalRow) -> tuple[float, float]:
    """First and last instant, s."""
    return 0.0, max(row.length - 1, 1) / row.rate_hz


def waveform_overview(context: Context, row: SignalRow) -> Overview:
    """Two values a pixel at any zoom, read from the stored pyramid."""

    def overview(start: float, stop: float, buckets: int) -> Buckets:
        found = viewing.overview(context, row, start, max(stop, start + 2 / row.rate_hz), buckets)
        x = (found.x0 + found.step * np.arange(len(found.low))) / row.rate_hz
        return x, found.low, found.low if found.step == 1 else found.high

    return overview


def waveform(context: Context, row: SignalRow) -> LinePlot:
    """Samples over time."""
    plot = LinePlot(
        waveform_overview(context, row),
        extent(row),
        x_label="Time (s)",
        y_label=quantity(row.unit),
        window=first_window(row),
        height=230,
    )
    plot.figure.name = plot.feeder.target = "waveform"
    return plot


def show_waveform(plot: LinePlot, context: Context, row: SignalRow) -> None:
    """Another signal in the same figure, so that nothing flickers."""
    plot.show(waveform_overview(context, row), extent(row))
    plot.figure.yaxis.axis_label = quantity(row.unit)
    look_at(plot, *first_window(row))


def look_at(plot: LinePlot, start: float, stop: float) -> None:
    """Move the visible range; the detail of it is sent along."""
    plot.feeder.covered = plot._fill(start, stop, 1200)
    plot.figure.x_range.update(start=start, end=stop)


def marker_families(row: SignalRow, wanted: Sequence[str], axis: Axis, limit_hz: float) -> list[MarkerLines]:
    """Fault frequencies and shaft orders below `limit_hz`, by family, in the unit of the axis."""
    found = []
    markers = viewing.markers(row)
    for name in FAMILIES:
        lines = [one for one in markers if one.name == name and one.frequency_hz <= limit_hz]
        if lines and name in wanted:
            color = REFERENCE if name == "1X" else look(lines[0].fault).color
            places = [one.frequency_hz * axis.per_hz for one in lines]
            found.append(MarkerLines(name, places, color, _DASHES[name]))
    return found


def envelope_limit(row: SignalRow, highest_hz: float) -> float:
    """How far the envelope spectrum is shown at first: four harmonics of the highest fault frequency."""
    known = [one.frequency_hz for one in viewing.markers(row)]
    return min(highest_hz, 1.1 * max(known) if known else 1000.0)


def envelope_plot(
    row: SignalRow, spectrum: EnvelopeSpectrum, values: np.ndarray, wanted: Sequence[str], axis: Axis
) -> LinePlot:
    """Power of the squared envelope over its floor, with the fault frequencies."""
    limit = envelope_limit(row, float(spectrum.freq_hz[-1]))
    return spectrum_plot(
        values,
        spectrum.resolution_hz * axis.per_hz,
        x_label=f"Modulation frequency ({axis.name})",
        y_label="Power over floor (×)",
        limit=limit * axis.per_hz,
        height=300,
        markers=marker_families(row, wanted, axis, limit),
    )
