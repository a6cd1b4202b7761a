"""A panel that shows an analysis: its settings, its picture, its numbers."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from markupsafe import Markup

from data_catalog.signals import SignalRow
from pfd_panel.components.background import Background
from pfd_panel.components.plots import LinePlot, MarkerLines
from pfd_panel.components.plots.found import picture_plot
from pfd_panel.components.plots.image import PALETTES
from pfd_panel.errors import in_words
from pfd_panel.pages.signal import tables
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.plots import Axis
from pfd_panel.pages.signal.setting_fields import FIELDS, setting_fields
from pfd_panel.pages.signal.style import MENU
from pfd_panel.server.exchange import Download
from pfd_panel.services import analysing
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers
from pipelines.analyses import Analysis, Curves, Found, Image, Path, SettingError
from pipelines.cursors import Total

HEIGHT = 260
HEIGHTS = {"filtered": 230, "waterfall": 320, "order_map": 320, "kurtogram": 300, "orbit": 320}
PALETTE = "palette"
"""The shared setting of what colours images have: of the page, not of the analysis."""
TOTALS_SHOWN = 6


class AnalysisCard:
    """One analysis of the signal that is shown.

    Parameters
    ----------
    context : Context
    background : Background
        Computes.
    analysis : Analysis
    changed : callable
        ``changed(setting, value)`` when the reader sets something; the owner keeps the settings and calls `show`.
    tapped : callable, optional
        ``tapped(found, x, y)`` when its image is clicked.
    """

    def __init__(
        self,
        context: Context,
        background: Background,
        analysis: Analysis,
        changed: Callable[[str, str], Any],
        tapped: Callable[[Found, float, float], Any] | None = None,
    ) -> None:
        self.context, self.background, self.analysis = context, background, analysis
        self._changed, self._tapped = changed, tapped
        self.row: SignalRow | None = None
        self.found: Found | None = None
        self.axis = Axis("Hz", 1.0)
        self.settings: Mapping[str, Any] = {}
        self.open = False
        self._problem: tuple[str, str] | None = None
        self._channels: Sequence[str] = ()
        self.height = HEIGHTS.get(analysis.name, HEIGHT)
        settings = {f"set-{one.name}": partial(changed, one.name) for one in analysis.settings}
        self.slot = CardSlot(
            analysis.title,
            analysis.about,
            height=self.height,
            produce=self.csv,
            on={**settings, "settings": lambda _: self.toggle(), f"set-{PALETTE}": partial(changed, PALETTE)},
            style=FIELDS + MENU,
        )

    def toggle(self) -> None:
        """Show or hide what can be set."""
        self.open = not self.open
        self._draw_bar()
        self.slot.draw()

    def show(self, row: SignalRow, settings: Mapping[str, Any], axis: Axis) -> None:
        """Analyse a signal with these settings, in words or values."""
        self.row, self.settings, self.axis = row, settings, axis
        self.found, self._problem = None, None
        self._draw_bar()
        self.slot.loading()
        known = {one.name for one in self.analysis.settings}
        asked = {name: value for name, value in settings.items() if name in known}
        wants_channels = any(one.kind == "channel" for one in self.analysis.settings)

        def compute() -> Found:
            self._channels = analysing.channels(self.context, row) if wants_channels else ()
            return analysing.analyse(self.context, row, self.analysis.name, asked)

        self.background.do(compute, self._draw, self._failed)

    def reshape(self, axis: Axis) -> None:
        """The same in another unit of frequency."""
        self.axis = axis
        if self.found is not None:
            self._draw(self.found)

    @property
    def over_frequency(self) -> bool:
        """Whether its lines stand over a frequency, whose unit the page chooses."""
        return self.found is not None and isinstance(self.found.picture, Curves) and self.found.picture.x.unit == "Hz"

    def markers(self, found: Found) -> Sequence[MarkerLines]:
        """Lines at known frequencies; none unless a kind of panel has some."""
        return ()

    def more_columns(self) -> dict[str, np.ndarray]:
        """Further columns of the file; none unless a kind of panel has some."""
        return {}

    def more_fields(self) -> Markup:
        """Further fields among the settings; none unless a kind of panel has some."""
        return Markup("")

    def beside(self, found: Found, plot: LinePlot) -> Sequence[Any]:
        """What stands below the plot; nothing unless a kind of panel has something."""
        return ()

    def picture(self, found: Found) -> Curves | Image | Path:
        """What is drawn of it."""
        return found.picture

    def _draw(self, found: Found) -> None:
        self.found = found
        self._draw_bar()
        plot = picture_plot(
            self.picture(found),
            height=self.height,
            per_hz=self.axis.per_hz,
            frequency=self.axis.name,
            markers=self.markers(found),
            palette=self.settings.get(PALETTE) or next(iter(PALETTES)),
            tapped=partial(self._tapped, found) if self._tapped is not None else None,
        )
        below = self.beside(found, plot) if isinstance(plot, LinePlot) else ()
        self.slot.show(plot, *below, legend=self.legend(found), legend_below=True)

    def legend(self, found: Found) -> Markup:
        """What stands below the title: how it was computed, and the numbers that belong to it."""
        told = [f"{one.name} {_number(one)} {one.unit}".strip() for one in found.totals[:TOTALS_SHOWN]]
        return Markup('<span class="how">{}</span><span class="totals">{}</span>').format(
            "; ".join((found.method, *found.notes)), " · ".join(told)
        )

    def _failed(self, failure: Exception) -> None:
        self.open = True
        words = in_words(failure)
        if isinstance(failure, SettingError):
            self._problem = (failure.setting, f"{words['message']}. {words['hint']}")
        self._draw_bar()
        self.slot.failed(failure)

    def _draw_bar(self) -> None:
        self.slot.bar = (
            setting_fields(
                self.analysis,
                self.settings,
                channels=self._channels,
                problem=self._problem,
                palettes=tuple(PALETTES) if self._has_image() else (),
                more=self.more_fields(),
            )
            if self.open
            else Markup("")
        )

    def _has_image(self) -> bool:
        return self.found is not None and isinstance(self.found.picture, Image)

    def csv(self) -> Download:
        """The values of the picture."""
        row, name = self.row, self.analysis.name
        assert row is not None
        shown = self.found.picture if self.found is not None else None
        columns: dict[str, np.ndarray] = {}
        if isinstance(shown, Curves):
            names = [str(shown.y), *(curve.name for curve in shown.curves[1:])]
            values = [curve.values for curve in shown.curves]
            columns = {str(shown.x): shown.places, **dict(zip(names, values, strict=True))}
        elif isinstance(shown, Image):
            y, x = np.meshgrid(shown.y_at, shown.x_at, indexing="ij")
            columns = {str(shown.x): x.ravel(), str(shown.y): y.ravel(), str(shown.level): shown.values.ravel()}
        elif isinstance(shown, Path):
            columns = {f"x: {shown.x}": shown.x_values, f"y: {shown.y}": shown.y_values}
        columns |= self.more_columns()
        return tables.csv(row, name, columns or {"not computed": np.array([])})


def _number(total: Total) -> str:
    whole = not total.unit and total.value == round(total.value)
    return f"{round(total.value):,}" if whole else numbers.number(total.value, 4)
