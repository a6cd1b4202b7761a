"""What people wrote on the signal that is shown: the card, and its places on the plots."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from bokeh.models import ColumnDataSource

from data_catalog.annotations import AnnotationRow
from data_catalog.signals import SignalRow
from pfd_panel.components.annotations import AnnotationsCard
from pfd_panel.components.background import Background
from pfd_panel.components.layout import stack
from pfd_panel.components.plots import LinePlot
from pfd_panel.pages.signal import plots
from pfd_panel.pages.signal.cursor_bars import CursorBars
from pfd_panel.services.context import Context
from pfd_panel.theme import REFERENCE


class Annotated:
    """The card of annotations, made when the page has been painted.

    Parameters
    ----------
    context : Context
        Who reads and writes.
    background : Background
        Tells when the page has been painted.
    cursors : CursorBars
        Where a new annotation begins, and what shows a frequency.
    waveform : callable
        The plot on which times are drawn.
    """

    def __init__(
        self, context: Context, background: Background, cursors: CursorBars, waveform: Callable[[], LinePlot | None]
    ) -> None:
        self.context, self.cursors, self._waveform = context, cursors, waveform
        self.row: SignalRow | None = None
        self.card: AnnotationsCard | None = None
        self._on: LinePlot | None = None
        background.when_painted(self._complete)

    @cached_property
    def places(self) -> ColumnDataSource:
        """Where annotations lie in time, s."""
        return ColumnDataSource({"start": [], "stop": []})

    @cached_property
    def view(self) -> Any:
        """The card."""
        return stack()

    def show(self, row: SignalRow) -> None:
        """List and draw what was written on a signal."""
        self.row = row
        if self.card is not None:
            self.card.show(row)

    def _complete(self) -> None:
        self.card = AnnotationsCard(self.context, changed=self._draw, look=self.look, begin=self._cursor)
        self.view[:] = [self.card.view]
        if self.row is not None:
            self.card.show(self.row)

    def _draw(self, rows: list[AnnotationRow]) -> None:
        plot = self._waveform()
        timed = [row for row in rows if row.start_s is not None]
        if plot is not None and plot is not self._on and timed:
            self._on = plot
            plot.figure.vstrip(
                x0="start", x1="stop", source=self.places, color=REFERENCE, alpha=0.2, line_color=None, level="underlay"
            )
            plot.figure.vspan(x="start", source=self.places, color=REFERENCE, line_width=2, level="underlay")
        starts = [row.start_s for row in timed]
        self.places.data = {
            "start": starts,
            "stop": [start if row.stop_s is None else row.stop_s for start, row in zip(starts, timed, strict=True)],
        }

    def look(self, row: AnnotationRow) -> None:
        """Bring an annotation into view: its time on the waveform, its frequency by a cursor on the spectrum."""
        plot = self._waveform()
        if row.frequency_hz is not None:
            self.cursors.put("spectrum", "single", [row.frequency_hz])
        elif plot is not None and self.row is not None and row.start_s is not None:
            stop = row.start_s if row.stop_s is None else row.stop_s
            plots.look_at(plot, *plots.around(self.row, [row.start_s, stop]))

    def _cursor(self) -> Mapping[str, Any]:
        """The place of a cursor, where there is one to begin at."""
        state = self.cursors.state
        if "waveform" in state:
            at = sorted(state["waveform"]["at"][:2]) if state["waveform"]["kind"] in ("band", "delta") else None
            return {"start_s": at[0], "stop_s": at[1]} if at else {"start_s": state["waveform"]["at"][0]}
        found = next((state[plot]["at"][0] for plot in ("envelope", "spectrum") if plot in state), None)
        return {} if found is None else {"frequency_hz": found}
