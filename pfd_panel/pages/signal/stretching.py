"""What can be done with the stretch in view: take it along, hear it, measure it, keep it as a signal of its own."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from markupsafe import Markup

from data_catalog.signals import SignalRow
from pfd_panel.components import Live, stack, surface
from pfd_panel.components.background import Background
from pfd_panel.components.card import card_head
from pfd_panel.components.stretches import ExportMenu, RegionTools, Shown, SoundPlayer
from pfd_panel.components.tabs import TAB_STYLE, switch
from pfd_panel.pages.signal.cursor_bars import CursorBars
from pfd_panel.pages.signal.panels import Panels
from pfd_panel.services import measuring
from pfd_panel.services.context import Context
from pfd_panel.services.drawing import DRAWN, FigureMark
from pfd_panel.services.measuring import PLOTS

HELP = (
    "What is in view of the waveform, or lies within a band cursor on it: as a file or a figure for a report, as sound,"
    " its features, or cut out as a signal of its own."
)
TOOLS = (("export", "Take along"), ("sound", "Listen"), ("region", "Measure"))


class Stretching:
    """The card of what is done with a stretch; made when the page has been painted.

    Parameters
    ----------
    context : Context
    background : Background
        Tells when the page has been painted.
    panels : Panels
        What is shown, and how.
    cursors : CursorBars
        A band cursor on the waveform is the stretch; where others stand is drawn in figures.
    """

    def __init__(self, context: Context, background: Background, panels: Panels, cursors: CursorBars) -> None:
        self.context, self.panels, self.cursors = context, panels, cursors
        self.tool = "export"
        self.row: SignalRow | None = None
        self.marks: Sequence[str] = ()
        self.band: Sequence[float] = ()
        self._tools: dict[str, Any] = {}
        background.when_painted(self._complete)

    @cached_property
    def _head(self) -> Live:
        return Live(on={"stretch-tool": self.choose}, stylesheets=[TAB_STYLE], margin=0)

    @cached_property
    def view(self) -> Any:
        """The card."""
        return stack()

    def show(self, row: SignalRow, band: Sequence[float], marks: Sequence[str]) -> None:
        """Another signal, band or other markers."""
        if self.row is not None and row.signal_id != self.row.signal_id:
            # files and numbers of the signal before belong to it
            self._tools.clear()
        self.row, self.band, self.marks = row, band, marks
        if "view" in self.__dict__ and self.view.objects:
            self._draw()

    def choose(self, tool: str) -> None:
        """Show one of the tools."""
        if tool in dict(TOOLS):
            self.tool = tool
            self._draw()

    def shown(self) -> Shown | None:
        """What of the signal is looked at now."""
        row, plot = self.row, self.panels.pictures.plot
        if row is None or plot is None:
            return None
        told = self.cursors.state.get("waveform", {})
        edges = (
            sorted(told["at"]) if told.get("kind") == "band" else (plot.figure.x_range.start, plot.figure.x_range.end)
        )
        start, stop = max(0.0, float(edges[0])), min(float(edges[1]), row.length / row.rate_hz)
        names = [panel.name for panel in self.panels.shown if panel.name in DRAWN] or ["waveform"]
        settings = {name: given for name in names if (given := self.panels.asked(name))}
        band = self.panels.pictures.shown_band if len(self.band) != 2 else (self.band[0], self.band[1])
        return Shown(
            row,
            start,
            stop,
            plots=names,
            settings=settings,
            band=band,
            axis=self.panels.axis,
            limits={name: limits for name in names if (limits := self.panels.in_view(name))},
            palette=self.panels.palette,
            marks=self._marks(),
            markers=list(self.marks),
        )

    def _marks(self) -> list[FigureMark]:
        """Where the lines of cursors stand, each with its name: a band as one stretch."""
        found: list[FigureMark] = []
        for plot in PLOTS:
            told = self.cursors.state.get(plot)
            if told and told["kind"] == "band":
                low, high = sorted(told["at"])
                found.append(FigureMark(plot, low, high))
            elif told:
                lines = measuring.lines_of(told["kind"], told["at"], told["count"])
                found += [FigureMark(plot, place, None, name) for name, place in lines]
        return found

    def _complete(self) -> None:
        self.view[:] = [surface(self._head)]
        self._draw()

    def _draw(self) -> None:
        made: dict[str, Callable[[], Any]] = {
            "export": lambda: ExportMenu(self.context, self.shown),
            "sound": lambda: SoundPlayer(self.context, self.shown),
            "region": lambda: RegionTools(self.context, self.shown),
        }
        if self.tool not in self._tools:
            self._tools[self.tool] = made[self.tool]()
        chosen = switch("stretch-tool", TOOLS, self.tool, "What to do with the stretch in view")
        self._head.html = str(card_head("Stretch in view", right=chosen, help_text=HELP) + Markup(""))
        self.view[0][:] = [self._head, self._tools[self.tool].view]
