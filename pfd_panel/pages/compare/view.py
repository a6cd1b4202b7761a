"""The Compare page: 1 to 32 signals at once, and one against what is healthy."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import param
from markupsafe import Markup

from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.components import Live, stack, static, surface
from pfd_panel.components.background import Background
from pfd_panel.components.markup import button, chip, empty, page_head
from pfd_panel.components.slot import Slot
from pfd_panel.components.tabs import TAB_STYLE
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.pages.compare import controls, words
from pfd_panel.pages.compare.controls import AXES, SCALES, VIEWS
from pfd_panel.pages.compare.healthy import HealthyCards
from pfd_panel.pages.compare.pictures import Pictures, Shown
from pfd_panel.pages.compare.style import COMPARE
from pfd_panel.pages.factory import toast
from pfd_panel.pages.signal.navigating import newest_dataset
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.pages.view import PageView
from pfd_panel.services import collections, comparing, viewing
from pfd_panel.services.comparing import MOST, Chosen
from pfd_panel.services.deviating import AGAINST

LISTED = 8
"""Signals that a search lists."""


class CompareView(PageView):
    """Several signals of a dataset."""

    dataset = param.String(doc="Name or id of the dataset; the newest without one.")
    ids = param.String(doc="Ids of the signals, separated by commas, in their order.")
    view = param.Selector(default="overlay", objects=list(VIEWS), doc="How they are shown.")
    axis = param.Selector(default="hz", objects=list(AXES), doc="Unit of the frequency axes.")
    scale = param.Selector(default="common", objects=list(SCALES), doc="Scale of stacked lines.")
    offset = param.Number(default=0.0, doc="Seconds by which the second signal is moved in a difference.")
    band = param.List(default=[], doc="Envelope band in Hz; empty: suggested by the kurtogram.")
    window = param.List(default=[], doc="Seconds from and to which waveforms are shown; empty: their beginning.")
    against = param.Selector(default="reference", objects=list(AGAINST), doc="What a signal is compared with.")
    fault = param.String(doc="Class that it is compared with; its own without.")

    in_address: ClassVar[tuple[str, ...]] = (
        "dataset", "ids", "view", "axis", "scale", "offset", "band", "window", "against", "fault",
    )  # fmt: skip

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.names = [one.name for one in collections.listing(context) if one.signals]
        self.dataset = self.dataset or newest_dataset(context)
        if not self.dataset:
            return
        self.summary = collections.get(context, self.dataset)
        self.dataset = self.summary.name
        self.text = ""
        self.chosen = Chosen([], [])
        self._cut = 0
        self.background = Background()
        self.pictures = Pictures(context, self.background, self._moved)
        self.healthy = HealthyCards(context, self.background, self._redraw)
        self._head = Live(margin=0)
        self._picking = Live(
            on={
                "text": self.search,
                "dataset": self.open_dataset,
                "remove-all": lambda _: self.clear(),
                "add": self.add,
            },
            stylesheets=[CONTROLS, COMPARE],
            margin=0,
        )
        self._listed = Live(
            on={"up": lambda one: self.move(one, -1), "down": lambda one: self.move(one, 1), "remove": self.remove},
            stylesheets=[COMPARE],
            margin=0,
        )
        self._bar = Live(
            on={
                "view": lambda value: setattr(self, "view", value),
                "axis": lambda value: setattr(self, "axis", value),
                "scale": lambda value: setattr(self, "scale", value),
                "band": self._on_band,
                "band-low": lambda value: self._on_edge(0, value),
                "band-high": lambda value: self._on_edge(1, value),
                "offset": self._on_offset,
                "align": lambda _: self.align(),
                "against": lambda value: setattr(self, "against", value),
                "fault": lambda value: setattr(self, "fault", value),
            },
            stylesheets=[CONTROLS, TAB_STYLE],
            margin=0,
        )
        self._cards = Slot()
        self._choose()

    # ---- which signals ---------------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[SignalRow]:
        """The signals that are shown."""
        return self.chosen.rows

    def search(self, text: str) -> None:
        """List signals that have these words."""
        self.text = text.strip()
        self._draw_picking()

    def add(self, signal_id: str) -> None:
        """Compare one more signal."""
        known = self._ids()
        if signal_id not in known and len(known) < MOST:
            self.ids = ",".join([*known, signal_id])

    def remove(self, signal_id: str) -> None:
        """Compare one signal less."""
        self.ids = ",".join(one for one in self._ids() if one != signal_id)

    def move(self, signal_id: str, by: int) -> None:
        """Move a signal up or down; the first two make the difference."""
        known = self._ids()
        if signal_id not in known:
            return
        place = known.index(signal_id)
        other = place + by
        if 0 <= other < len(known):
            known[place], known[other] = known[other], known[place]
            self.ids = ",".join(known)

    def clear(self) -> None:
        """Compare nothing."""
        self.ids = ""

    def open_dataset(self, name: str) -> None:
        """Choose among the signals of another dataset."""
        self.summary = collections.get(self.context, name)
        self.param.update(dataset=self.summary.name, ids="", window=[], fault="")
        self._choose()

    def _ids(self) -> list[str]:
        return list(dict.fromkeys(one.strip() for one in self.ids.split(",") if one.strip()))

    @param.depends("ids", watch=True)
    def _choose(self) -> None:
        asked = self._ids()
        self._cut = len(asked) if len(asked) > MOST else 0
        self.chosen = comparing.chosen(self.context, self.dataset, asked[:MOST]) if asked else Chosen([], [])
        self._draw_picking()
        self._redraw()

    # ---- how they are shown ----------------------------------------------------------------------------------------

    @property
    def shown(self) -> Shown:
        """The state that pictures depend on."""
        band = (float(self.band[0]), float(self.band[1])) if len(self.band) == 2 else None
        window = (float(self.window[0]), float(self.window[1])) if len(self.window) == 2 else None
        return Shown(self.view, self.axis, self.scale, self.offset, band, window)

    def align(self) -> None:
        """Move the second signal to where both correlate most."""
        if len(self.rows) < 2:
            return
        try:
            found = comparing.suggest_offset(self.context, self.rows[0], self.rows[1])
        except EXPECTED_ERRORS as failure:
            told = in_words(failure)
            toast(f"Not aligned: {told['message']}. {told['hint']}", "warning", 8)
            return
        toast(f"Moved by {found.offset_s:.6g} s: both then correlate by {found.correlation:.2f}.")
        self.offset = found.offset_s

    def _on_offset(self, text: str) -> None:
        number = _number(text)
        if number is None:
            toast(f"{text} is not a number of seconds.", "warning")
            self._draw_bar()
        else:
            self.offset = number

    def _on_band(self, value: str) -> None:
        if value != "hand":
            self.band = []
        elif len(self.band) != 2 and self.rows:
            rate = min(row.rate_hz for row in self.rows)
            self.band = [rate / 8, rate / 4]

    def _on_edge(self, side: int, text: str) -> None:
        edge = _number(text)
        if edge is None or len(self.band) != 2:
            toast(f"{text} is not a frequency in Hz.", "warning")
            self._draw_bar()
            return
        band = list(self.band)
        band[side] = edge
        self.band = band

    def _moved(self, window: tuple[float, float]) -> None:
        """The window over the waveforms was moved in the browser; the address follows."""
        self.window = [float(f"{edge:.7g}") for edge in window]

    @param.depends("view", "axis", "scale", "offset", "band", "against", "fault", watch=True)
    def _reshape(self) -> None:
        if not self.rows:
            self._draw_bar()
            return
        self._redraw(anew=False)

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _redraw(self, *, anew: bool = True) -> None:
        self._draw_head()
        self._draw_bar()
        rows = self.rows
        self._listed.html = str(
            Markup("{}{}{}").format(
                words.missing(len(self.chosen.missing)),
                Markup('<div class="remarks">{}</div>').format(words.too_many(self._cut)) if self._cut else "",
                words.chosen_table(rows) if rows else "",
            )
        )
        if not rows:
            self._cards.put(surface(self._nothing()))
            return
        if self.view == "healthy":
            self.background.forget()
            self._cards.put(self.healthy.view)
            band, fault = self.shown.band, self.fault or rows[0].fault or ""
            self.healthy.show(self.dataset, rows[0], self.against, fault, self.axis, band)
            self._drawn: tuple[str, ...] = ()
            return
        same = tuple(row.signal_id for row in rows)
        self._cards.put(self.pictures.view)
        if anew or getattr(self, "_drawn", ()) != same:
            self.background.forget()
            self.pictures.show(rows, self.shown)
        else:
            self.pictures.reshape(self.shown)
        self._drawn = same

    def _draw_head(self) -> None:
        count = len(self.rows)
        title = Markup("Compare {}").format(chip("unknown", "Synthetic") if self.summary.synthetic else "")
        told = f"{self.dataset} · {count} signal{'' if count == 1 else 's'}" if count else self.dataset
        statement = ""
        if self.view == "difference" and count == 1:
            statement = "A difference takes two signals: add another one."
        elif self.view == "difference" and count > 2:
            statement = "The difference is that of the first two; the others are drawn over them."
        elif self.view == "healthy" and count > 1:
            statement = "The first signal is compared; move another one up to compare it."
        self._head.html = str(page_head(title, told, statement=statement))

    def _draw_picking(self) -> None:
        bar = controls.picking(self.names, self.dataset, self.text, len(self._ids()))
        found = Markup("")
        if self.text:
            query = SignalQuery(dataset_id=self.summary.id, text=self.text, limit=LISTED)
            page = viewing.page(self.context, query)
            known = self._ids()
            found = words.found_list(page.rows, page.total, known, full=len(known) >= MOST)
        self._picking.html = str(bar + found)

    def _draw_bar(self) -> None:
        rows = self.rows
        self._bar.html = str(
            controls.showing(
                view=self.view,
                axis=self.axis,
                scale=self.scale,
                speed=any(row.speed_rpm for row in rows),
                band=self.band,
                offset=self.offset,
                several=len(rows) > 1,
                against=self.against,
                fault=self.fault or (rows[0].fault or "" if rows else ""),
                classes=[name for name in self.summary.classes if name],
            )
        )

    def _nothing(self) -> Markup:
        explorer = button("Choose in the Explorer", icon_name="bubble_chart", href="/explorer", kind="primary")
        return empty(
            "No signal is chosen",
            f"Search above, or mark signals in the Explorer and send them here; up to {MOST} are shown together.",
            explorer,
        )

    def __panel__(self) -> Any:
        if not self.dataset:
            return stack(
                static(page_head("Compare")),
                surface(
                    empty(
                        "No dataset yet",
                        "Import recordings, or generate synthetic ones.",
                        button("Import signals", icon_name="upload_file", href="/datasets", kind="primary"),
                    )
                ),
            )
        return stack(
            self._head,
            surface(self._picking, flush=True),
            surface(self._listed),
            surface(self._bar, flush=True),
            self._cards,
        )


def _number(text: str) -> float | None:
    try:
        found = float(text.replace(",", "").replace("\u2212", "-"))
    except ValueError:
        return None
    return found if math.isfinite(found) else None
