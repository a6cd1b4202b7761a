"""The Signal page: one signal, from its waveform to what the physics says about it."""

import logging
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

import param
from markupsafe import Markup

from data_catalog.signals import Neighbours, SignalRow
from pfd_panel.components import Live, grid, stack, static, surface
from pfd_panel.components.background import Background
from pfd_panel.components.markup import button, empty, page_head, skeleton
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.factory import toast
from pfd_panel.pages.signal import controls, navigating, plots, words
from pfd_panel.pages.signal.annotated import Annotated
from pfd_panel.pages.signal.cursor_bars import CursorBars
from pfd_panel.pages.signal.judgement import JudgementCards
from pfd_panel.pages.signal.navigating import Order
from pfd_panel.pages.signal.panels import FIRST, TITLES, Panels, Wishes
from pfd_panel.pages.signal.plots import AXES, EXTRAS, FAMILIES, MARKS
from pfd_panel.pages.signal.stretching import Stretching
from pfd_panel.pages.signal.style import CONTROLS, MENU
from pfd_panel.pages.view import PageView
from pfd_panel.services import collections, reproducing, viewing
from pfd_panel.theme import numbers

log = logging.getLogger(__name__)


class SignalView(PageView):
    """One signal of a dataset; previous and next swap it in place."""

    dataset = param.String(doc="Name or id of the dataset; the newest without one.")
    id = param.String(doc="Signal id; the first of the filter without one.")
    text = param.String(doc="Words the walked-through signals must have.")
    where = param.Dict(default={}, doc="Facets the walked-through signals must have, as the Explorer sets them.")
    query = param.String(doc="A query in words that the walked-through signals must fit, as the Explorer takes it.")
    ranges = param.Dict(default={}, doc="From and to of columns and features, as the Explorer sets them.")
    sort = param.String(default="recording", doc="Order in which they are walked through.")
    descending = param.Boolean(doc="Direction of that order.")
    axis = param.Selector(default="hz", objects=list(AXES), doc="Unit of the frequency axes.")
    band = param.List(default=[], doc="Envelope band in Hz; empty: suggested by the kurtogram.")
    marks = param.List(default=list(MARKS), doc="Families of markers that are drawn.")
    panels = param.List(default=list(FIRST), doc="What is shown below one another, ``:half`` or ``:full`` wide.")
    settings = param.Dict(default={}, doc="What is set on each panel, in words.")
    cursors = param.Dict(default={}, doc="Cursors by plot: kind, places in Hz or s, count.")

    in_address: ClassVar[tuple[str, ...]] = (
        "dataset", "id", "text", "query", "where", "ranges", "sort", "descending", "axis", "band", "marks",
        "panels", "settings", "cursors",
    )  # fmt: skip

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.row: SignalRow | None = None
        self.place: Neighbours | None = None
        if not self.dataset:
            self.dataset = navigating.newest_dataset(context)
        if not self.dataset:
            return
        self.summary = collections.get(context, self.dataset)
        self.dataset = self.summary.name
        self.row = viewing.get(context, self.dataset, self.id) if self.id else navigating.first(context, self.order)
        if self.row is None:
            return
        self.background = Background()
        self.bars = CursorBars(context, self._put_cursor)
        self.bars.restore(self.cursors)
        self.arranged = Panels(context, self.background, self.bars, Wishes(self._arranged, self._chose_band))
        self.arranged.restore(self.panels, self.settings)
        self.pictures = self.arranged.pictures
        self.stretching = Stretching(context, self.background, self.arranged, self.bars)
        self.annotated = Annotated(context, self.background, self.bars, lambda: self.pictures.plot)
        self.judgement = JudgementCards(
            context, self.background, corrected=self._corrected, diagnosed=self.pictures.diagnosed
        )
        self._head = Live(
            on={
                "previous": lambda _: self.step(-1),
                "next": lambda _: self.step(1),
                "random": lambda _: self.jump(),
                "diagnose": lambda _: self.diagnose(),
            },
            stylesheets=[CONTROLS],
            margin=0,
        )
        self._bar = Live(
            on={
                "text": self.filter_by,
                "clear-filter": lambda _: self.clear(),
                "band": self._on_band,
                "band-low": lambda value: self._on_edge(0, value),
                "band-high": lambda value: self._on_edge(1, value),
                "axis": lambda value: setattr(self, "axis", value),
                "mark": self._on_mark,
                "panel-add": self.arranged.add,
            },
            stylesheets=[CONTROLS, MENU],
            margin=0,
        )
        self._painted = self._offers_band = False
        self._beside = stack(static(skeleton(260, 200, 200), css_classes=["p-card"]))
        self._show()
        self.background.when_painted(self._complete)

    def _complete(self) -> None:
        # the cell to copy costs as much as the bar itself, and nobody presses it before the page is there
        self._painted = True
        self._draw_bar()
        self._beside[:] = [*self.judgement.cards, self.annotated.view, self.stretching.view]
        self._show_beside()

    @property
    def order(self) -> Order:
        """The filter and order of previous and next."""
        return Order(self.summary.id, self.text, self.where, self.sort, self.descending, self.query, self.ranges)

    # ---- moving ----------------------------------------------------------------------------------------------------

    def step(self, by: int) -> None:
        """Go to the previous or next signal."""
        target = (self.place.previous if by < 0 else self.place.next) if self.place else None
        if target:
            self.go(viewing.get(self.context, self.dataset, target))

    def jump(self) -> None:
        """Go to some other signal."""
        row = navigating.any_other(self.context, self.order, self.place)
        if row is not None:
            self.go(row)

    def go(self, row: SignalRow) -> None:
        """Show another signal without loading the page again."""
        self.row = row
        self._show()

    def filter_by(self, text: str) -> None:
        """Walk through the signals that match; stay where we are if nothing does."""
        kept = self.text
        self.text = text.strip()
        found = navigating.first(self.context, self.order)
        if found is None:
            toast(f"No signal of {self.dataset} matches {self.text}.", "info")
            self.text = kept
            self._draw_bar()
            return
        assert self.row is not None
        if navigating.place_of(self.context, self.order, self.row.signal_id) is None:
            self.go(found)
        else:
            self._draw_head()
            self._draw_bar()

    def clear(self) -> None:
        """Walk through the whole dataset again."""
        self.param.update(query="", where={}, ranges={})
        self.filter_by("")

    # ---- what the plots show ---------------------------------------------------------------------------------------

    def _on_band(self, value: str) -> None:
        if value == "cursor":
            self.band = list(self._band_cursor())
        elif value != "hand":
            self.band = []
        elif len(self.band) != 2:
            self.band = list(self.pictures.shown_band or (self.row.rate_hz / 8, self.row.rate_hz / 4))  # type: ignore[union-attr]

    def _band_cursor(self) -> list[float]:
        """The edges of a band cursor on the spectrum, Hz; none without one."""
        told = self.bars.state.get("spectrum", {})
        return sorted(told["at"]) if told.get("kind") == "band" else []

    def _on_edge(self, side: int, text: str) -> None:
        try:
            edge = float(text.replace(",", ""))
        except ValueError:
            toast(f"{text} is not a frequency in Hz.", "warning")
            self._draw_bar()
            return
        band = list(self.band)
        band[side] = edge
        self.band = band

    def _chose_band(self, low_hz: float, high_hz: float) -> None:
        self.band = [low_hz, high_hz]
        toast(
            f"The envelope spectrum is of {numbers.number(low_hz, 4)} to {numbers.number(high_hz, 4)} Hz now.", "info"
        )

    def _arranged(self, panels: list[str], settings: dict[str, dict[str, str]]) -> None:
        self.param.update(panels=panels, settings=settings)
        self._draw_bar()

    def _put_cursor(self, state: dict[str, dict[str, Any]]) -> None:
        offered = bool(self._band_cursor())
        self.cursors = state
        if offered != self._offers_band:
            self._draw_bar()

    def _on_mark(self, name: str, wanted: bool) -> None:
        kept = [*self.marks, name] if wanted else [one for one in self.marks if one != name]
        self.marks = [one for one in (*FAMILIES, *EXTRAS) if one in kept]

    @param.depends("axis", "band", "marks", watch=True)
    def _reshape(self) -> None:
        if self.row is not None:
            self._draw_bar()
            self.arranged.reshape(self.axis, self.band, self.marks)
            self.stretching.show(self.row, self.band, self._families())

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def diagnose(self) -> None:
        """Bring the diagnosis into view; ask for the bearing if it is not known."""
        self.judgement.bring()

    def _corrected(self, row: SignalRow) -> None:
        toast("Corrected; the dataset has a new version.")
        self.go(row)

    def _show(self) -> None:
        row = self.row
        assert row is not None
        self.id = row.signal_id
        self.background.forget()
        self._draw_head()
        self._draw_bar()
        self.heading = f"{words.short(row.recording)} / {row.channel}"
        self.crumbs = [[self.dataset, f"/explorer?dataset={self.summary.id}"], [words.short(row.recording), ""]]
        # the first picture needs the stored pyramid only; everything else follows from the thread
        self.arranged.show(row, self.axis, self.band, self.marks)
        if self._painted:
            self._show_beside()

    def _show_beside(self) -> None:
        """What stands beside the panels, made when the first picture is painted."""
        assert self.row is not None
        self.judgement.show(self.row)
        self.annotated.show(self.row)
        self.stretching.show(self.row, self.band, self._families())

    def _families(self) -> list[str]:
        """The families of markers that are drawn."""
        return [one for one in self.marks if one in FAMILIES]

    def _draw_head(self) -> None:
        assert self.row is not None
        self.place = navigating.place_of(self.context, self.order, self.row.signal_id)
        self._head.html = str(words.head(self.row, self.place, self.summary.synthetic, self.order.filtered))

    def _draw_bar(self) -> None:
        assert self.row is not None
        available = {one.name for one in viewing.markers(self.row)} | plots.extras_for(self.row)
        self._offers_band = bool(self._band_cursor())
        families = self._families()
        self._bar.html = str(
            controls.bar(
                text=self.text,
                filtered=self.order.filtered,
                band=self.band,
                band_cursor=bool(self._band_cursor()),
                axis=self.axis,
                marks=self.marks,
                available=sorted(available),
                speed=bool(self.row.speed_rpm),
                panels=self.arranged.offered(),
                compare=f"/compare?{urlencode({'dataset': self.summary.id, 'ids': self.row.signal_id})}",
                python=self._as_python([one for one in families if one in available]) if self._painted else "",
            )
        )

    def _as_python(self, markers: list[str]) -> str:
        """The cell of a notebook that shows the same; empty where none can, as in orders without a speed."""
        assert self.row is not None
        band = (self.band[0], self.band[1]) if len(self.band) == 2 else None
        stop_s = plots.first_window(self.row)[1]
        views, analyses = self.arranged.as_told()
        try:
            return reproducing.as_python(
                self.context,
                self.dataset,
                self.row.signal_id,
                views=views,
                analyses=analyses,
                axis=self.axis,
                band=band,
                stop_s=stop_s,
                markers=markers,
                against=self.arranged.compared(),
            )
        except EXPECTED_ERRORS:
            log.info("no cell shows %s as the page does", self.row.signal_id, exc_info=True)
            return ""

    def __panel__(self) -> Any:
        if self.row is None:
            return stack(static(page_head("Signals")), surface(self._nothing()))
        return stack(
            self._head,
            surface(self._bar, flush=True),
            grid((self.arranged.view, 8), (self._beside, 4)),
        )

    def part(self, name: str) -> Any:
        """One card of the signal; see `pfd_panel.services.views.PARTS`."""
        if self.row is None:
            return surface(self._nothing())
        if name == "diagnosis":
            return self.judgement.diagnosis.view
        return self.arranged.alone(name) if name in TITLES else super().part(name)

    def _nothing(self) -> Markup:
        if not self.dataset:
            return empty(
                "No signals yet",
                "Import recordings, or generate synthetic ones.",
                button("Import signals", icon_name="upload_file", href="/datasets", kind="primary"),
            )
        return empty(
            "No signal matches this filter",
            "Take the filter away to see the whole dataset.",
            button("Show all", href=f"/signal?dataset={self.summary.id}", kind="primary"),
        )
