"""What the plots of a figure are made of: samples, spectra and analyses of a signal, with what is marked on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_catalog.signals import SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import analysing, stretches, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.measuring import Plot
from pfd_panel.services.reproducing import AXES
from pipelines.analyses import Axis, Curves, Image, analysis
from pipelines.figures import Framed, Mark, Panel, curve, panel_of
from pipelines.figures.pictures import COLUMNS, edges
from pipelines.spectra import amplitude_spectrum, envelope_spectrum

Range = tuple[float, float]


@dataclass(frozen=True)
class Scale:
    """What marks stand on: the unit of the x axis, its worth as it is drawn, and that of a hertz on the y axis."""

    unit: str
    worth: float = 1.0
    y_per_hz: float | None = None


class Ground:
    """What the plots of one figure are made of."""

    def __init__(
        self,
        context: Context,
        row: SignalRow,
        start_s: float,
        stop_s: float | None,
        of_stretch: bool,
        band: Range | None,
        axis: str,
        limits: Mapping[str, Range],
        settings: Mapping[str, Mapping[str, Any]],
        palette: str,
    ) -> None:
        self.context, self.row, self.band, self.limits = context, row, band, limits
        self.settings, self.palette = settings, palette
        self.window = stretches.bounds(row, start_s, stop_s)
        self.start_s, self.stop_s = (edge / row.rate_hz for edge in self.window)
        self._of_stretch = of_stretch
        self.per_hz, self.unit = _frequency_unit(row, axis)
        self._heard: NDArray[np.float32] | None = None

    def panel(self, plot: str, marked: Callable[[Scale, Range], list[Mark]]) -> Framed:
        """One plot with what is marked on it: ``marked(scale, extent)``, the extent in s or Hz as marks are."""
        drawn = {"waveform": self._waveform, "spectrum": self._spectrum, "envelope": self._envelope}
        if plot not in drawn or self.settings.get(plot):
            return self._analysis(plot, marked)
        chosen: Plot = plot  # type: ignore[assignment]
        scale = Scale("s") if plot == "waveform" else Scale("Hz", self.per_hz)
        return drawn[plot](marked(scale, self.extent(chosen)))

    def _analysis(self, name: str, marked: Callable[[Scale, Range], list[Mark]]) -> Framed:
        """An analysis as it is set; over time it shows what the waveform does, over frequency what the limits say."""
        found = analysing.analyse(self.context, self.row, name, self.settings.get(name))
        shown = found.picture
        window: Range | None = None
        scale, extent = Scale(""), (-np.inf, np.inf)
        if isinstance(shown, Curves):
            per_hz = self.per_hz if shown.x.unit == "Hz" else 1.0
            scale, extent = Scale(_placed(shown.x), per_hz), (shown.start, shown.stop)
            if shown.x.quantity == "Time":
                window = max(shown.start, self.start_s), min(shown.stop, self.stop_s)
            elif name in self.limits:
                window = self._inside(name, (shown.start, shown.stop))
            extent = window or extent
        elif isinstance(shown, Image):
            hertz = {"kHz": 1e-3, "Hz": 1.0}.get(shown.y.unit)
            scale, extent = Scale(_placed(shown.x), 1.0, hertz), edges(shown.x_at)
        return panel_of(
            found,
            analysis(name).title,
            window=window,
            per_hz=self.per_hz,
            frequency=self.unit,
            palette=self.palette,
            marks=marked(scale, extent),
        )

    def _inside(self, name: str, extent: Range) -> Range:
        low, high = max(self.limits[name][0], extent[0]), min(self.limits[name][1], extent[1])
        if not low < high:
            given = "{:g} to {:g}".format(*self.limits[name])
            raise RequestError(
                f"the {analysis(name).title.lower()} cannot show {given}",
                hint="It goes from {:g} to {:g}.".format(*extent),
            )
        return low, high

    def extent(self, plot: Plot) -> Range:
        """From where to where a plot goes, s or Hz."""
        if plot == "waveform":
            return self.start_s, self.stop_s
        nyquist = self.row.rate_hz / 2
        low, high = self.limits.get(plot, (0.0, self._furthest() if plot == "envelope" else nyquist))
        if not 0 <= low < high <= nyquist * (1 + 1e-9):
            raise RequestError(
                f"the {plot} cannot show {low:g} to {high:g} Hz", hint=f"Give 0 ≤ low < high ≤ {nyquist:g} Hz."
            )
        return low, high

    def _furthest(self) -> float:
        """As far as an envelope spectrum is looked at: past the harmonics of its fault frequencies."""
        named = [one.frequency_hz for one in viewing.markers(self.row)]
        return min(self.row.rate_hz / 2, max([1.1 * one for one in named], default=1000.0))

    def _samples(self) -> NDArray[np.float32]:
        if self._heard is None:
            if self._of_stretch:
                self._heard = stretches.analysed(self.context, self.row, self.start_s, self.stop_s)
            else:
                self._heard = viewing.analysed(self.context, self.row)
        return self._heard

    def _source(self) -> str:
        if self._of_stretch:
            return f"of {self.start_s:g} to {self.stop_s:g} s, "
        analysed = min(self.row.length, viewing.ANALYSED_SAMPLES)
        return "" if analysed == self.row.length else f"of the first {analysed / self.row.rate_hz:.4g} s, "

    def _waveform(self, marks: list[Mark]) -> Panel:
        row = self.row
        seen = viewing.overview(self.context, row, self.start_s, self.stop_s, COLUMNS)
        x = (seen.x0 + seen.step * np.arange(len(seen.low))) / row.rate_hz
        high = seen.low if seen.step == 1 else seen.high
        note = f"{row.rate_hz:,.6g} Hz" + ("" if seen.step == 1 else ", lowest and highest of each piece")
        unit = f"Amplitude ({row.unit or 'unit not given'})"
        return Panel("Waveform", "Time (s)", unit, x, seen.low, high, self.extent("waveform"), note=note, marks=marks)

    def _spectrum(self, marks: list[Mark]) -> Panel:
        x = self._samples()
        found = amplitude_spectrum(x, self.row.rate_hz, segment=min(8192, len(x)), scale="rms")
        scale, unit = (1000.0, "mg") if self.row.unit == "g" else (1.0, self.row.unit or "unit not given")
        note = f"{self._source()}{found.method}"
        label = f"Amplitude ({unit} rms)"
        return self._over_frequency(
            "spectrum", "Spectrum", label, scale * found.amplitude, found.resolution_hz, note, marks
        )

    def _envelope(self, marks: list[Mark]) -> Panel:
        x, rate = self._samples(), self.row.rate_hz
        band = self.band or viewing.suggested_band(x, rate)
        found = envelope_spectrum(x, rate, band=band, max_hz=band[1] - band[0])
        low, high = found.band_hz
        note = f"{self._source()}band {low:,.0f} to {high:,.0f} Hz, {found.resolution_hz:.3g} Hz a line"
        values = found.power_over_floor(viewing.floor_width_hz(self.row))
        return self._over_frequency(
            "envelope", "Envelope spectrum", "Power over floor (×)", values, found.resolution_hz, note, marks
        )

    def _over_frequency(
        self,
        plot: Plot,
        title: str,
        label: str,
        values: NDArray[np.floating],
        step: float,
        note: str,
        marks: list[Mark],
    ) -> Panel:
        low, high = self.extent(plot)
        first, last = max(0, int(low / step)), min(len(values), int(np.ceil(high / step)) + 1)
        if last - first < 2:
            raise RequestError(
                f"the {plot} has no lines between {low:g} and {high:g} Hz",
                hint=f"It goes to {step * (len(values) - 1):.5g} Hz.",
            )
        x, lowest, highest = curve(values[first:last], first * step * self.per_hz, step * self.per_hz, COLUMNS)
        name = "Modulation frequency" if plot == "envelope" else "Frequency"
        extent = (low * self.per_hz, high * self.per_hz)
        axis = f"{name} ({self.unit})"
        return Panel(title, axis, label, x, lowest, highest, extent, True, note=note, marks=marks)


def _placed(axis: Axis) -> str:
    """The unit in which annotations stand on an axis; none on one of lags, quefrencies or angles."""
    return axis.unit if axis.quantity in ("Time", "Frequency") else ""


def _frequency_unit(row: SignalRow, axis: str) -> tuple[float, str]:
    """What a hertz is worth on the frequency axes, and their unit."""
    if axis not in AXES:
        raise RequestError(f"there is no frequency axis {axis!r}", hint=f"There are: {', '.join(AXES)}.")
    if axis == "orders" and not row.speed_rpm:
        raise RequestError("orders need a shaft speed, which this signal has not", hint="Correct it, or choose Hz.")
    worth = {"hz": 1.0, "cpm": 60.0, "orders": 60.0 / row.speed_rpm if row.speed_rpm else 1.0}
    return worth[axis], AXES[axis]
