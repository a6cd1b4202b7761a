"""The cursors of a signal's plots: what each bar shows, and what the services read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from data_catalog.signals import SignalRow
from pfd_panel.components.plots.cursors import CursorTool
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.pages.signal.plots import Axis
from pfd_panel.services import measuring
from pfd_panel.services.context import Context
from pfd_panel.services.measuring import KINDS, PLOTS, Plot
from pfd_panel.theme import numbers
from pipelines.cursors import CursorReading, Lines, Reading

State = dict[str, dict[str, Any]]
"""By plot: kind, places in Hz or s, count."""


@dataclass(frozen=True)
class _Ground:
    """What a cursor stands on: the values of a plot, the unit of its axis; a waveform is read where it is asked."""

    axis: Axis
    lines: Lines | None


LABELS: dict[Plot, str] = {"waveform": "waveform", "spectrum": "spectrum", "envelope": "envelope spectrum"}


class CursorBars:
    """One bar for each plot that has cursors.

    Parameters
    ----------
    context : Context
        Whose catalog.
    changed : callable
        ``changed(state)`` after a cursor was put somewhere, for the address of the page.
    """

    def __init__(self, context: Context, changed: Callable[[State], Any]) -> None:
        self.context, self._changed = context, changed
        self.state: State = {}
        self.row: SignalRow | None = None
        self._ground: dict[Plot, _Ground] = {}

    @cached_property
    def tools(self) -> dict[Plot, CursorTool]:
        """The bars by plot, made when the first is asked for."""
        return {
            plot: CursorTool(
                partial(self._moved, plot),
                label=LABELS[plot],
                kinds=[[one.name, one.title, one.counted, len(one.places)] for one in measuring.kinds_for(plot)],
            )
            for plot in PLOTS
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take what an address says; what cannot be a cursor is left out."""
        self.state = {plot: _told(told) for plot, told in state.items() if _fits(plot, told)}

    def show_waveform(self, row: SignalRow, figure: str) -> None:
        """The waveform of a signal is drawn."""
        self.row = row
        seconds = max(row.length - 1, 1) / row.rate_hz
        self._put("waveform", figure, _Ground(Axis("s", 1.0), None), 1 / row.rate_hz, (0.0, seconds))

    def show_spectrum(self, plot: Plot, figure: str, lines: Lines, axis: Axis) -> None:
        """A spectrum is drawn, its axis in another unit than before or not."""
        extent = (lines.start * axis.per_hz, lines.stop * axis.per_hz)
        self._put(plot, figure, _Ground(axis, lines), lines.step * axis.per_hz, extent)

    def put(self, plot: Plot, kind: str, at: list[float]) -> None:
        """Put a cursor somewhere, Hz or s, as its reader would."""
        ground = self._ground.get(plot)
        if ground is not None:
            count = self.tools[plot].count
            self._moved(plot, kind, [place * ground.axis.per_hz for place in at], count, (0.0, 0.0))

    def _put(self, plot: Plot, figure: str, ground: _Ground, step: float, extent: tuple[float, float]) -> None:
        self._ground[plot] = ground
        tool = self.tools[plot]
        tool.param.update(target=figure, unit=ground.axis.name, step=step, extent=list(extent))
        told = self.state.get(plot)
        if told:
            self._read(plot, told["kind"], told["at"], told["count"])

    def _moved(self, plot: Plot, kind: str, at: list[float], count: int, seen: tuple[float, float]) -> None:
        ground = self._ground.get(plot)
        if ground is None:
            return
        if not kind:
            self.state.pop(plot, None)
            self.tools[plot].param.update(kind="", at=[])
            self.tools[plot].tell()
        else:
            per_hz = ground.axis.per_hz
            places = [place / per_hz for place in at]
            if not places:
                places = self._begin(plot, kind, (seen[0] / per_hz, seen[1] / per_hz))
            self.state[plot] = {"kind": kind, "at": places, "count": count}
            self._read(plot, kind, places, count)
        self._changed(dict(self.state))

    def _begin(self, plot: Plot, kind: str, seen: tuple[float, float]) -> list[float]:
        row, lines = self.row, self._ground[plot].lines
        assert row is not None
        shaft_hz = row.speed_rpm / 60 if row.speed_rpm else None
        if lines is None:
            return measuring.suggest_instants(kind, max(seen[0], 0.0), min(seen[1], row.length / row.rate_hz), shaft_hz)
        return measuring.suggest(kind, lines, *seen, shaft_hz)

    def _read(self, plot: Plot, kind: str, at: list[float], count: int) -> None:
        tool, ground, row = self.tools[plot], self._ground[plot], self.row
        assert row is not None
        tool.param.update(kind=kind, at=[place * ground.axis.per_hz for place in at], count=count)
        try:
            lines = ground.lines
            if lines is None:
                lines = measuring.lines_of_waveform(self.context, row, *measuring.reach(kind, at, count))
            found = measuring.read(kind, lines, at, count)
        except EXPECTED_ERRORS as failure:
            words = in_words(failure)
            tool.tell(problem=f"{words['message']}. {words['hint']}")
            return
        tool.heads = ["Line", f"Cursor ({ground.axis.name})", f"Found ({ground.axis.name})", f"Value ({lines.unit})"]
        tool.tell(_rows(found, ground.axis, lines), _totals(found))


def _rows(found: CursorReading, axis: Axis, lines: Lines) -> list[list[str]]:
    digits = 6 if lines.x_unit == "s" else 5

    def row(one: Reading) -> list[str]:
        places = (numbers.number(place * axis.per_hz, digits + 1) for place in (one.place, one.found))
        return [one.name, *places, numbers.number(one.value, 4)]

    return [row(one) for one in found.readings]


def _totals(found: CursorReading) -> list[list[str]]:
    return [[one.name, f"{numbers.number(one.value, 5)} {one.unit}".strip()] for one in found.totals]


def _told(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": told["kind"], "at": [float(place) for place in told["at"]], "count": int(told.get("count", 5))}


def _fits(plot: str, told: Any) -> bool:
    """Whether an address tells of a cursor that this plot can have."""
    kind = KINDS.get(str(told.get("kind"))) if isinstance(told, Mapping) else None
    at = told.get("at") if kind else None
    if kind is None or plot not in kind.plots or not isinstance(at, list) or not isinstance(told.get("count", 5), int):
        return False
    numeric = all(isinstance(place, int | float) for place in at)
    return numeric and 0 < len(at) <= measuring.MOST_PEAKS and len(at) == (len(kind.places) or len(at))
