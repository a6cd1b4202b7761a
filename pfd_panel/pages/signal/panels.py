"""The panels of a signal: which are shown, in which order, how wide, and what is set on each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from markupsafe import Markup

from data_catalog.signals import SignalRow
from pfd_panel.components import grid, stack
from pfd_panel.components.background import Background
from pfd_panel.components.live import static
from pfd_panel.components.markup import icon, skeleton
from pfd_panel.components.plots import LinePlot
from pfd_panel.components.plots.image import PALETTES
from pfd_panel.pages.signal.analysis_card import PALETTE, AnalysisCard
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.cursor_bars import CursorBars
from pfd_panel.pages.signal.pictures import PictureCards
from pfd_panel.pages.signal.plots import Axis
from pfd_panel.pages.signal.scroll import ScrollHere
from pfd_panel.pages.signal.spectrum_card import SpectrumCard
from pfd_panel.pages.signal.usual import AGAINST
from pfd_panel.services.context import Context
from pfd_panel.services.reproducing import VIEWS
from pipelines.analyses import ANALYSES, Found, Image
from pipelines.spectra import Kurtogram

Width = Literal["full", "half"]
FULL: frozenset[str] = frozenset({"waveform", "envelope", "filtered", "severity"})
"""Panels that begin as wide as the column."""
TITLES: Mapping[str, str] = {
    "waveform": "Waveform",
    "envelope": "Envelope spectrum",
    **{one.name: one.title for one in ANALYSES.values()},
}
FIRST = ("waveform", "envelope", "spectrum", "spectrogram")
SHARED = "shared"
"""Under which name the settings are kept that all panels have in common."""


@dataclass(frozen=True)
class Panel:
    """One panel: what it shows and how wide it is."""

    name: str
    width: Width

    @classmethod
    def of(cls, told: str) -> "Panel | None":
        """From an address: a name, or ``name:half`` where it is not as wide as it begins."""
        name, _, width = told.partition(":")
        if name not in TITLES or width not in ("", "full", "half"):
            return None
        begins: Width = "full" if name in FULL else "half"
        return cls(name, width or begins)  # type: ignore[arg-type]

    def __str__(self) -> str:
        begins = "full" if self.name in FULL else "half"
        return self.name if self.width == begins else f"{self.name}:{self.width}"


@dataclass(frozen=True)
class Wishes:
    """What the page calls when a panel wants something of it.

    Attributes
    ----------
    changed : callable
        ``changed(panels, settings)`` after the reader arranged or set something.
    band : callable
        ``band(low_hz, high_hz)`` when a band was chosen for the envelope spectrum.
    """

    changed: Callable[[list[str], dict[str, dict[str, str]]], Any]
    band: Callable[[float, float], Any]


class Panels:
    """The left column of the page."""

    def __init__(self, context: Context, background: Background, cursors: CursorBars, wishes: Wishes) -> None:
        self.context, self.background, self.cursors, self.wishes = context, background, cursors, wishes
        self.pictures = PictureCards(context, background, cursors)
        self.shown: list[Panel] = [panel for panel in map(Panel.of, FIRST) if panel]
        self.settings: dict[str, dict[str, str]] = {}
        self.cards: dict[str, AnalysisCard] = {}
        self.row: SignalRow | None = None
        self.axis, self.marks = "hz", list[str]()
        self._painted = False
        self.view = stack(static(skeleton(230, 300, 260), css_classes=["p-card"]))
        background.when_painted(self._complete)

    def restore(self, panels: Sequence[str], settings: Mapping[str, Any]) -> None:
        """Take what an address says; what is no panel and no setting is left out."""
        told = [panel for panel in map(Panel.of, dict.fromkeys(panels)) if panel]
        names = [panel.name for panel in told]
        self.shown = [panel for index, panel in enumerate(told) if panel.name not in names[:index]] or self.shown
        known = {name: {one.name for one in analysis.settings} | {PALETTE} for name, analysis in ANALYSES.items()}
        known |= {"envelope": {AGAINST}, "spectrum": known["spectrum"] | {AGAINST}}
        known[SHARED] = set().union(*known.values())
        self.settings = {
            name: {key: str(value) for key, value in given.items() if key in known[name]}
            for name, given in settings.items()
            if name in known and isinstance(given, Mapping)
        }
        self.pictures.usual.chosen = self.settings.get("envelope", {}).get(AGAINST, "")
        self._arrange()

    def offered(self) -> list[tuple[str, str]]:
        """Panels that are not shown: name and title."""
        there = {panel.name for panel in self.shown}
        return [(name, title) for name, title in TITLES.items() if name not in there]

    def as_told(self) -> tuple[list[str], dict[str, dict[str, str]]]:
        """What is shown, as a notebook would ask for it: plots by name, and analyses with what is set on them."""
        names = [panel.name for panel in self.shown]
        analyses = {name: self._asked(name) for name in names if name in ANALYSES}
        views: list[str] = [name for name in names if not analyses.get(name) and name in VIEWS]
        return views, {name: given for name, given in analyses.items() if name not in views}

    def compared(self) -> dict[str, str]:
        """What the panels that are shown are compared with, where they are."""
        found = {panel.name: self.settings.get(panel.name, {}).get(AGAINST, "") for panel in self.shown}
        return {name: chosen for name, chosen in found.items() if chosen}

    def asked(self, name: str) -> dict[str, str]:
        """What is set on an analysis, by itself or on all; nothing on what is none."""
        return self._asked(name) if name in ANALYSES else {}

    @property
    def palette(self) -> str:
        """The colours of images."""
        return self.settings.get(SHARED, {}).get(PALETTE) or next(iter(PALETTES))

    def in_view(self, name: str) -> tuple[float, float] | None:
        """From where to where a panel of lines is zoomed, Hz or in the unit of its axis; None where it is not."""
        if name == "waveform":
            return None
        plot = next((one for one in self.slot(name).content if isinstance(one, LinePlot)), None)
        if plot is None or self.row is None:
            return None
        hertz = name == "envelope" or self._card(name).over_frequency
        per_hz = Axis.of(self.axis, self.row).per_hz if hertz else 1.0
        shown = plot.figure.x_range
        return float(max(shown.start, plot.extent[0]) / per_hz), float(min(shown.end, plot.extent[1]) / per_hz)

    def _asked(self, name: str) -> dict[str, str]:
        """What is set on an analysis, by itself or on all."""
        mine = {one.name for one in ANALYSES[name].settings}
        given = self.settings.get(SHARED, {}) | self.settings.get(name, {})
        return {key: value for key, value in given.items() if key in mine}

    # ---- what the reader does --------------------------------------------------------------------------------------

    def add(self, name: str) -> None:
        """Show a panel, below the others."""
        panel = Panel.of(name)
        if panel is not None and panel.name not in {one.name for one in self.shown}:
            self._now([*self.shown, panel])
            if self._painted:
                # it stands below all others, mostly out of sight
                self.view.insert(len(self.view) - 1, ScrollHere(now=True))
            self._compute(panel.name)

    def close(self, name: str) -> None:
        """Take a panel away; the last one stays."""
        if len(self.shown) > 1:
            self._now([panel for panel in self.shown if panel.name != name])

    def move(self, name: str, by: int) -> None:
        """Move a panel towards the beginning or the end."""
        at = next((index for index, panel in enumerate(self.shown) if panel.name == name), None)
        if at is None or not 0 <= at + by < len(self.shown):
            return
        order = list(self.shown)
        order[at], order[at + by] = order[at + by], order[at]
        self._now(order)

    def widen(self, name: str) -> None:
        """Make a panel as wide as the column, or half of that."""
        turned: Mapping[Width, Width] = {"full": "half", "half": "full"}
        self._now([Panel(one.name, turned[one.width]) if one.name == name else one for one in self.shown])

    def compare_with(self, name: str, chosen: str) -> None:
        """Draw the healthy reference, a class or nothing beside what a spectrum shows."""
        kept = self.settings.setdefault(name, {})
        kept.pop(AGAINST, None)
        if chosen:
            kept[AGAINST] = chosen
        self._tell()
        if name == "envelope":
            self.pictures.compare_with(chosen)
        else:
            self._compute(name)

    def set(self, name: str, setting: str, value: str) -> None:
        """Set something on a panel; what all have in common is set on all."""
        shared = setting == PALETTE or any(one.name == setting and one.shared for one in ANALYSES[name].settings)
        kept = self.settings.setdefault(SHARED if shared else name, {})
        if value.strip():
            kept[setting] = value.strip()
        else:
            kept.pop(setting, None)
        self._tell()
        for panel in self.shown:
            analysis = ANALYSES.get(panel.name)
            concerned = analysis and (setting == PALETTE or any(one.name == setting for one in analysis.settings))
            if panel.name == name or (shared and concerned):
                self._compute(panel.name)

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def show(self, row: SignalRow, axis: str, band: Sequence[float], marks: Sequence[str]) -> None:
        """Show a signal: its waveform now, the rest from the thread."""
        self.row, self.axis, self.marks = row, axis, list(marks)
        self.pictures.show(row, axis, band, marks)
        if not self._painted and self.shown[0].name == "waveform":
            self.view[0] = self.pictures.waveform.view
        if self._painted:
            self._compute_all()

    def _compute_all(self) -> None:
        for panel in self.shown:
            self._compute(panel.name)

    def reshape(self, axis: str, band: Sequence[float], marks: Sequence[str]) -> None:
        """The same signal in another unit, band or with other markers."""
        turned, marked = axis != self.axis, list(marks) != self.marks
        self.axis, self.marks = axis, list(marks)
        self.pictures.reshape(axis, band, marks)
        if self.row is None:
            return
        for panel in self.shown:
            # a plot is not drawn anew for what it does not show
            if panel.name in self.cards and (turned or (marked and panel.name == "spectrum")):
                self._card(panel.name).reshape(Axis.of(axis, self.row))

    def slot(self, name: str) -> CardSlot:
        """The card of a panel."""
        if name in ("waveform", "envelope"):
            return self.pictures.waveform if name == "waveform" else self.pictures.envelope
        return self._card(name).slot

    def alone(self, name: str) -> Any:
        """One card by itself, whether it is among those that are shown or not."""
        card = self.slot(name).view
        if name not in {panel.name for panel in self.shown}:
            self._compute(name)
        return card

    def _card(self, name: str) -> AnalysisCard:
        if name not in self.cards:
            kind = SpectrumCard if name == "spectrum" else AnalysisCard
            tapped = {"kurtogram": self._band_of, "spectrogram": self._ridge_at}.get(name)
            card = kind(self.context, self.background, ANALYSES[name], partial(self.set, name), tapped)
            if isinstance(card, SpectrumCard):
                card.cursors = self.cursors
            self.cards[name] = card
            self._equip(name)
        found = self.cards[name]
        if isinstance(found, SpectrumCard):
            found.marks = self.marks
        return found

    def _compute(self, name: str) -> None:
        if self.row is None:
            return
        if name in ANALYSES:
            palette = {key: value for key, value in self.settings.get(SHARED, {}).items() if key == PALETTE}
            beside = {key: value for key, value in self.settings.get(name, {}).items() if key == AGAINST}
            self._card(name).show(self.row, self._asked(name) | palette | beside, Axis.of(self.axis, self.row))
        elif name == "envelope":
            self.pictures.want_envelope()

    def _now(self, panels: list[Panel]) -> None:
        self.shown = panels
        self._arrange()
        self._tell()

    def _tell(self) -> None:
        settings = {name: dict(given) for name, given in self.settings.items() if given}
        self.wishes.changed([str(panel) for panel in self.shown], settings)

    def _complete(self) -> None:
        self._painted = True
        self.pictures.complete()
        self._arrange()
        self._compute_all()

    def _arrange(self) -> None:
        for panel in self.shown:
            self._equip(panel.name)
        if not self._painted:
            return
        rows: list[Any] = []
        waiting: Any = None
        for panel in self.shown:
            card = self.slot(panel.name).view
            card.css_classes = [name for name in card.css_classes if not name.startswith("span-")]
            if panel.width == "full":
                rows += [card] if waiting is None else [grid(waiting), card]
                waiting = None
            elif waiting is None:
                waiting = card
            else:
                rows.append(grid(waiting, card))
                waiting = None
        self.view[:] = [*rows, grid(waiting)] if waiting is not None else rows

    def _equip(self, name: str) -> None:
        """Give a card the tools with which it is arranged."""
        panel = next((one for one in self.shown if one.name == name), None)
        if panel is None or not self._painted:
            return
        slot = self.slot(name)
        at = self.shown.index(panel)
        title = TITLES[name]
        wide = panel.width == "full"
        entries = (
            ("panel-earlier", "arrow_upward", "Move up", at > 0),
            ("panel-later", "arrow_downward", "Move down", at < len(self.shown) - 1),
            ("panel-width", "width_normal" if wide else "width_full", "Half width" if wide else "Full width", True),
            ("panel-close", "close", "Take away", len(self.shown) > 1),
        )
        buttons = Markup("").join(
            Markup('<button type="button" data-send="{}" aria-label="{}: {}"{}>{}{}</button>').format(
                send, title, words, "" if can else Markup(" disabled"), icon(symbol), words
            )
            for send, symbol, words, can in entries
        )
        more = Markup(
            '<details class="more"><summary class="tool" title="Arrange" aria-label="Arrange {}">{}</summary>'
            "<div>{}</div></details>"
        ).format(title, icon("more_vert"), buttons)
        tune = Markup(
            '<button type="button" class="tool" data-send="settings" title="Settings" aria-label="Settings of {}">{}'
            "</button>"
        ).format(title, icon("tune"))
        slot.tools = Markup("{}{}").format(tune if name != "waveform" else "", more)
        slot.on |= {
            "panel-earlier": lambda _: self.move(name, -1),
            "panel-later": lambda _: self.move(name, 1),
            "panel-width": lambda _: self.widen(name),
            "panel-close": lambda _: self.close(name),
            f"set-{AGAINST}": lambda value: self.compare_with(name, value),
        }
        slot.draw()

    # ---- clicks on images ------------------------------------------------------------------------------------------

    def _band_of(self, found: Found, freq_hz: float, row: float) -> None:
        assert isinstance(found.result, Kurtogram)
        cell = found.result.cell(freq_hz, round(row))
        self.wishes.band(*cell.band_hz)

    def _ridge_at(self, found: Found, time_s: float, frequency: float) -> None:
        """A click picks the ridge that the speed is taken from, where it is taken from one."""
        if self.settings.get(SHARED, {}).get("speed_from") != "ridge":
            return
        assert isinstance(found.picture, Image)
        freq_hz = frequency if found.picture.y_log else 1000 * frequency
        following = next(one.name for one in ANALYSES.values() if any(it.name == "ridge_s" for it in one.settings))
        self.settings[SHARED]["ridge_s"] = f"{time_s:.4g}"
        self.set(following, "ridge_hz", f"{freq_hz:.5g}")
