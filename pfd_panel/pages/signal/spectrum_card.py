"""The spectrum among the panels: with cursors, in milli-g, with the shaft's lines."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from bokeh.models import BasicTickFormatter
from markupsafe import Markup
from numpy.typing import NDArray

from data_catalog.signals import SignalRow
from pfd_panel.components.markup import line_legend
from pfd_panel.components.plots import LinePlot
from pfd_panel.pages.signal import plots
from pfd_panel.pages.signal.analysis_card import AnalysisCard
from pfd_panel.pages.signal.cursor_bars import CursorBars
from pfd_panel.pages.signal.plots import Axis as PlotAxis
from pfd_panel.pages.signal.usual import AGAINST, Usual
from pfd_panel.server.session import page_session
from pfd_panel.services.measuring import HANN_BANDWIDTH
from pfd_panel.theme.tokens import REFERENCE
from pipelines.analyses import Axis, Curve, Curves, Found
from pipelines.cursors import Lines

LEAST = 1e-12
"""Of any unit: what is below it has no level worth drawing."""


class SpectrumCard(AnalysisCard):
    """An averaged spectrum that cursors can be put on."""

    cursors: CursorBars
    marks: Sequence[str] = ()

    def picture(self, found: Found) -> Curves:
        """Amplitudes in milli-g where the signal is in g: its lines are thousandths."""
        shown = found.picture
        assert isinstance(shown, Curves)
        if shown.y.unit not in ("g rms", "g peak"):
            return shown
        (curve,) = shown.curves
        return replace(
            shown, y=Axis(shown.y.quantity, f"m{shown.y.unit}"), curves=(Curve(curve.name, 1000 * curve.values),)
        )

    def beside(self, found: Found, plot: LinePlot) -> Sequence[Any]:
        """The lines of the shaft, and the bar of the cursor."""
        row, shown = self.row, self.picture(found)
        assert row is not None
        plot.figure.xaxis.formatter = BasicTickFormatter(use_scientific=False)
        plot.figure.xaxis.ticker.desired_num_ticks = 4
        # named in the head of the card: at this scale the three labels would lie on one another
        for family in plots.marker_families(row, ("1X",), self.axis, shown.stop):
            plot.figure.vspan(x=list(family.positions), color=family.color, line_dash=[1, 2], level="underlay")
        # slip and sidebands of fault frequencies belong to the envelope
        plots.mark(plot, row, [one for one in self.marks if one in ("sub", *plots.MAINS_HZ)], self.axis, shown.stop)
        amplitude = shown.from_zero and found.settings["scale"] != "psd"
        result: Any = found.result
        lines = Lines(
            np.asarray(shown.curves[0].values),
            shown.step,
            shown.y.unit.removesuffix(" rms"),
            noise_bandwidth=result.enbw_hz / result.resolution_hz if amplitude else None,
        )
        self.cursors.show_spectrum("spectrum", plot.figure.name, lines, self.axis)
        bar = () if page_session().bare else (self.cursors.tools["spectrum"],)
        return (*bar, *self.usual.draw(plot, self.axis.per_hz, shown.step, partial(self._in_unit, found)))

    def show(self, row: SignalRow, settings: Mapping[str, Any], axis: PlotAxis) -> None:
        """Analyse a signal with these settings; one of them says what it is compared with."""
        self.usual.show(row, str(settings.get(AGAINST, "")))
        super().show(row, settings, axis)

    @cached_property
    def usual(self) -> Usual:
        """What is usual, drawn beside it."""
        return Usual(self.context, self.background, "spectrum", self._say)

    def more_columns(self) -> dict[str, NDArray[Any]]:
        """The band it is compared with."""
        return self.usual.columns()

    def more_fields(self) -> Markup:
        """What it is compared with."""
        return self.usual.field()

    def _say(self) -> None:
        self.open = True
        self._draw_bar()
        self.slot.draw()

    def _in_unit(self, found: Found, rms: NDArray[np.floating], resolution_hz: float) -> NDArray[np.floating]:
        """Amplitudes, rms in the unit of the signal, as this spectrum is scaled."""
        scale = found.settings["scale"]
        if scale == "psd":
            values: NDArray[np.floating] = np.square(rms, dtype=np.float64) / (HANN_BANDWIDTH * resolution_hz)
        else:
            values = rms * (math.sqrt(2) if scale == "peak" else 1.0)
        if found.settings["decibels"] == "yes":
            return (10 if scale == "psd" else 20) * np.log10(np.maximum(values, LEAST))
        return 1000 * values if self.picture(found).y.unit.startswith("mg ") else values

    def legend(self, found: Found) -> Markup:
        """How it was computed, and the lines that are drawn: its numbers are among the words."""
        assert self.row is not None
        lines = line_legend([("1X, 2X, 3X", REFERENCE, "dotted")]) if self.row.speed_rpm else ""
        return Markup('<span class="how">{}</span>{}').format("; ".join((found.method, *found.notes)), lines)
