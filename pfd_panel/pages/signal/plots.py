"""The four plots of a signal, from arrays that a service computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data_catalog.signals import SignalRow
from pfd_panel.components.diagnosis import shown_evidence
from pfd_panel.components.plots import LinePlot, MarkerBands, MarkerLines, spectrum_plot
from pfd_panel.components.plots.figure import DASHES
from pfd_panel.components.plots.lines import Buckets, Overview
from pfd_panel.pages.signal.words import quantity
from pfd_panel.services import viewing
from pfd_panel.services.context import Context
from pfd_panel.theme.classes import look
from pfd_panel.theme.tokens import ACCENTS, REFERENCE
from pipelines.diagnose import Diagnosis
from pipelines.spectra import EnvelopeSpectrum

FIRST_SECONDS = 1.0
LEAST_SECONDS = 0.2
"""What is shown around a place at least."""

AXES = {"hz": "Hz", "cpm": "CPM", "orders": "Orders"}
FAMILIES = ("BPFI", "BPFO", "2BSF", "FTF", "1X")
EXTRAS = {
    "counted": "Counted",
    "sidebands": "Sidebands",
    "slip": "Slip",
    "sub": "0.4–0.5X",
    "mains50": "50 Hz mains",
    "mains60": "60 Hz mains",
}
"""What can be marked besides the families, and what it is called."""
MARKS = (*FAMILIES, "counted")
"""What is marked at first."""
LEAST_POWER = 1e-4
"""Of the floor: where an axis is logarithmic, nothing is drawn below it."""

NEAR_LINES = 2
"""The diagnosis searches its own band: a line of it may stand this many lines beside the one that is shown."""
MAINS_HZ = {"mains50": 50.0, "mains60": 60.0}
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


def around(row: SignalRow, places: Sequence[float]) -> tuple[float, float]:
    """What is visible of a waveform when places of it are looked at, s: they and as much on either side."""
    first, last = extent(row)
    start, stop = min(places), max(places)
    margin = max(LEAST_SECONDS - (stop - start), stop - start) / 2
    low, high = max(first, start - margin), min(last, stop + margin)
    return (low, high) if low < high else first_window(row)


def opening(row: SignalRow, places: Sequence[float]) -> tuple[float, float]:
    """What a waveform opens on: its beginning, or places beyond that at which a cursor stands."""
    window = first_window(row)
    return around(row, places) if places and max(places) > window[1] else window


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


def waveform(context: Context, row: SignalRow, window: tuple[float, float] | None = None) -> LinePlot:
    """Samples over time, open on a stretch of them."""
    plot = LinePlot(
        waveform_overview(context, row),
        extent(row),
        x_label="Time (s)",
        y_label=quantity(row.unit),
        window=window or first_window(row),
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


def extras_for(row: SignalRow) -> set[str]:
    """Which extras a signal can have: without a bearing nothing slips, without a speed nothing follows the shaft."""
    known = {one.name for one in viewing.markers(row)}
    rolling = {"counted", "sidebands", "slip"} if "BPFI" in known else set()
    return {*MAINS_HZ, *rolling, *({"sub"} if "1X" in known else ())}


def extra_lines(row: SignalRow, wanted: Sequence[str], axis: Axis, limit_hz: float) -> list[MarkerLines]:
    """Sidebands of the families that are shown, and the mains, without labels beside them."""
    asked = viewing.markers(row, sidebands=2 if "sidebands" in wanted else 0)
    named = [one for one in asked if one.name.endswith("±") and one.name.removesuffix("±") in wanted]
    found = [
        MarkerLines(one.name, [one.frequency_hz * axis.per_hz], look(one.fault).color, "dotted")
        for one in named
        if 0 < one.frequency_hz <= limit_hz
    ]
    for key, mains_hz in MAINS_HZ.items():
        lines = [one.frequency_hz for one in viewing.markers(row, mains_hz=mains_hz) if one.name == "mains"]
        places = [line * axis.per_hz for line in lines if line <= limit_hz]
        if key in wanted and places:
            found.append(MarkerLines(EXTRAS[key], places, ACCENTS[1], "dashed"))
    return found


def extra_bands(row: SignalRow, wanted: Sequence[str], axis: Axis, limit_hz: float) -> list[MarkerBands]:
    """The sub-synchronous band, and what the families that are shown may slip."""
    found: dict[str, list[tuple[float, float]]] = {}
    for band in viewing.bands(row):
        shown = "sub" in wanted if band.name == "sub-synchronous" else "slip" in wanted and band.name in wanted
        if shown and band.high_hz <= limit_hz:
            color = REFERENCE if band.fault == "shaft" else look(band.fault).color
            found.setdefault(color, []).append((band.low_hz * axis.per_hz, band.high_hz * axis.per_hz))
    return [MarkerBands(places, color) for color, places in found.items()]


def mark(plot: LinePlot, row: SignalRow, wanted: Sequence[str], axis: Axis, limit_hz: float) -> None:
    """Draw what can be marked besides the families."""
    for lines in extra_lines(row, wanted, axis, limit_hz):
        dash = DASHES[lines.dash]
        plot.figure.vspan(x=list(lines.positions), color=lines.color, line_dash=dash, level="underlay")
    plot.set_bands(extra_bands(row, wanted, axis, limit_hz))


def envelope_limit(row: SignalRow, highest_hz: float) -> float:
    """How far the envelope spectrum is shown at first: four harmonics of the highest fault frequency."""
    known = [one.frequency_hz for one in viewing.markers(row)]
    return min(highest_hz, 1.1 * max(known) if known else 1000.0)


def envelope_plot(
    row: SignalRow,
    spectrum: EnvelopeSpectrum,
    values: np.ndarray,
    wanted: Sequence[str],
    axis: Axis,
    *,
    y_log: bool = False,
) -> LinePlot:
    """Power of the squared envelope over its floor, with the fault frequencies."""
    limit = envelope_limit(row, float(spectrum.freq_hz[-1]))
    plot = spectrum_plot(
        np.maximum(values, LEAST_POWER) if y_log else values,
        spectrum.resolution_hz * axis.per_hz,
        x_label=f"Modulation frequency ({axis.name})",
        y_label="Power over floor (×)",
        limit=limit * axis.per_hz,
        height=300,
        markers=marker_families(row, wanted, axis, limit),
        y_log=y_log,
    )
    mark(plot, row, wanted, axis, limit)
    return plot


def over_least(levels: np.ndarray, _resolution_hz: float) -> np.ndarray:
    """Power over the floor as a logarithmic axis shows it."""
    return np.maximum(levels, LEAST_POWER)


def counted_places(
    found: Diagnosis | None, spectrum: EnvelopeSpectrum, values: np.ndarray, axis: Axis
) -> dict[str, list[Any]]:
    """Where the harmonics stand in an envelope spectrum that the diagnosis counted for what it shows."""
    places: dict[str, list[Any]] = {"x": [], "y": [], "color": []}
    evidence = shown_evidence(found) if found is not None else None
    for tooth in evidence.harmonics if evidence is not None else ():
        k = round(tooth.found_hz / spectrum.resolution_hz)
        if tooth.counted and k < len(values):
            near = slice(max(0, k - NEAR_LINES), k + NEAR_LINES + 1)
            top = near.start + int(np.argmax(values[near]))
            places["x"].append(float(top * spectrum.resolution_hz * axis.per_hz))
            places["y"].append(float(values[top]))
            places["color"].append(look(evidence.fault).color if evidence else REFERENCE)
    return places
