"""What is usual, drawn in a panel: the healthy reference of the dataset or a class of it, and what stands above it."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from data_catalog.signals import SignalRow
from pfd_panel.components.background import Background
from pfd_panel.components.live import Live
from pfd_panel.components.markup import line_legend, sentence
from pfd_panel.components.plots import LinePlot
from pfd_panel.components.plots.healthy import HEALTHY, UsualBand
from pfd_panel.errors import in_words
from pfd_panel.pages.signal.setting_fields import FIELDS, choice
from pfd_panel.services import collections, deviating
from pfd_panel.services.comparing import Plot
from pfd_panel.services.context import Context
from pfd_panel.services.deviating import Against, Deviation
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look
from pfd_panel.theme.tokens import ACCENTS

AGAINST = "against"
"""The setting of a panel that says what is drawn beside its signal: nothing, the reference, or a class."""

CLASS = "class"
SAME = 0.02
"""Share by which two resolutions may differ and still give the same height to noise."""

Convert = Callable[[NDArray[np.floating], float], NDArray[np.floating]]
"""``convert(levels, resolution_hz)`` gives levels of a deviation in the unit of the plot."""


class Usual:
    """The band of one panel.

    Parameters
    ----------
    context, background
    plot : {"spectrum", "envelope"}
    changed : callable
        Called when something is to be said beside the control, which is then to be seen.
    """

    def __init__(self, context: Context, background: Background, plot: Plot, changed: Callable[[], Any]) -> None:
        self.context, self.background, self.plot, self._changed = context, background, plot, changed
        self.row: SignalRow | None = None
        self.chosen = ""
        self.found: Deviation | None = None
        self.problem: Exception | None = None
        self.drawn: UsualBand | None = None
        self.words = Live(stylesheets=[FIELDS], margin=0)
        self._asked: tuple[Any, ...] = ()
        self._per_hz = 1.0
        self._step_hz = 0.0
        self._convert: Convert = lambda levels, _: levels

    def field(self) -> Markup:
        """The control, and in words why there is nothing to draw."""
        row = self.row
        assert row is not None
        classes = [name for name in collections.get(self.context, row.dataset_id).classes if name and name != row.fault]
        own = [(CLASS, f"its class, {look(row.fault).label.lower()}")] if row.fault else []
        entries = [
            ("", "nothing"),
            ("reference", "the healthy reference"),
            *own,
            *((f"{CLASS}:{name}", f"class {look(name).label.lower()}") for name in classes),
        ]
        made = choice(AGAINST, "Compare with", entries, self.chosen, bad=self.problem is not None)
        if self.problem is None:
            return made
        said = in_words(self.problem)
        asked = urlencode({"dataset": row.dataset, "ids": row.signal_id, "view": "healthy"})
        return Markup('{}<span class="wrong" role="alert">{} {} <a href="/compare?{}">Compare page</a></span>').format(
            made, sentence(said["message"]), sentence(said["hint"]), asked
        )

    def show(self, row: SignalRow, chosen: str) -> None:
        """Another signal, or something else to compare with."""
        if row is not self.row or chosen != self.chosen:
            self.found, self.problem, self._asked = None, None, ()
        self.row, self.chosen = row, chosen

    def draw(
        self, plot: LinePlot, per_hz: float, step_hz: float, convert: Convert, band: tuple[float, float] | None = None
    ) -> Sequence[Any]:
        """Draw into a plot, now or when it is known; answers what stands below it.

        Parameters
        ----------
        per_hz : float
            What a hertz is worth on the axis.
        step_hz : float
            Distance of the lines of the plot.
        convert : callable
        band : (low, high), optional
            Band of the envelope, Hz.
        """
        self.drawn = None
        if not self.chosen:
            return ()
        self.drawn = UsualBand(plot)
        self._per_hz, self._step_hz, self._convert = per_hz, step_hz, convert
        row, asked = self.row, (self.chosen, band)
        assert row is not None
        if asked == self._asked:
            self._fill()
        else:
            self._asked, self.found, self.problem = asked, None, None
            kind, _, fault = self.chosen.partition(":")
            against: Against = "class" if kind == CLASS else "reference"
            self.words.html = '<div class="usual" role="status">Reading what is usual …</div>'
            self.background.do(
                lambda: deviating.as_shown(
                    row, deviating.deviation(self.context, row, self.plot, against, fault=fault, band=band)
                ),
                lambda found: self._arrived(asked, found),
                lambda failure: self._failed(asked, failure),
            )
        return (self.words,)

    def _arrived(self, asked: tuple[Any, ...], found: Deviation) -> None:
        if asked == self._asked:
            self.found = found
            self._fill()

    def _failed(self, asked: tuple[Any, ...], failure: Exception) -> None:
        if asked == self._asked:
            self.problem = failure
            self.words.html = ""
            self._changed()

    def _fill(self) -> None:
        found, drawn = self.found, self.drawn
        if found is None or drawn is None:
            return
        df = found.resolution_hz
        low, median, high, own = (self._convert(one, df) for one in (found.low, found.median, found.high, found.values))
        same = abs(df / self._step_hz - 1) <= SAME
        places = [min(round(one.frequency_hz / df), len(own) - 1) for one in found.stands_out]
        x = np.arange(len(own)) * df * self._per_hz
        drawn.fill(x, low, median, high, own, places, again=not same)
        self.words.html = str(self._told(found, same=same))

    def columns(self) -> dict[str, NDArray[np.floating]]:
        """What is drawn beside the signal, for a table; empty while nothing is."""
        found = self.found
        if found is None or self.drawn is None:
            return {}
        df = found.resolution_hz
        named = {
            "this signal at these frequencies": found.values,
            "5 %": found.low,
            "median": found.median,
            "95 %": found.high,
        }
        return {f"{found.against}: frequency (Hz)": np.arange(len(found.values)) * df} | {
            f"{found.against}: {name}": self._convert(values, df) for name, values in named.items()
        }

    def _told(self, found: Deviation, *, same: bool) -> Markup:
        """What stands out and by how much, and what it was compared with."""
        lines = [("its median", HEALTHY, "solid")]
        if not same:
            lines.append((f"this signal at Δf {numbers.number(found.resolution_hz, 3)} Hz", ACCENTS[0], "dotted"))
        swatch = Markup('<span class="pair"><i style="background:{}"></i>its 5 to 95 %</span>').format(HEALTHY)
        unit = "" if self._per_hz == 1.0 else f" ({numbers.number(self._per_hz, 3)} a Hz on the axis)"
        items = Markup("").join(
            Markup("<li>{} Hz{} <b>+{} dB</b></li>").format(
                numbers.number(one.frequency_hz, 4),
                f" · {one.name}" if one.name else "",
                numbers.fixed(one.over_db, 1),
            )
            for one in found.stands_out
        )
        head = f"Stands above the 95 % line of {found.against}{unit}:" if found.stands_out else found.words
        count = "1 recording" if found.recordings == 1 else f"{found.recordings} recordings"
        notes = sentence("; ".join((f"{count} at {found.condition}", *found.notes)))
        return Markup(
            '<div class="usual" role="status"><div class="legend">{}{}</div><div>{}</div><ul>{}</ul><div>{}</div></div>'
        ).format(swatch, line_legend(lines), head, items, notes)
