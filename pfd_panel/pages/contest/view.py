"""The comparison of 2 to 10 experiments or model versions: which, by which measure, and what was found."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import param
from markupsafe import Markup

from pfd_panel.components import Live, grid, stack, surface
from pfd_panel.components.background import Background, error_words
from pfd_panel.components.markup import button, empty, page_head, skeleton
from pfd_panel.components.slot import Slot
from pfd_panel.pages.contest import cards, words
from pfd_panel.pages.contest.style import STYLE
from pfd_panel.pages.result.reporting_card import Reporting
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.pages.view import PageView
from pfd_panel.services import contestants, contesting
from pfd_panel.services.contestants import CURVES, Entry
from pfd_panel.services.contesting import MOST, Contest
from pipelines.learn.contest import MEASURES


class ContestView(PageView):
    """Experiments and model versions beside one another."""

    ids = param.String(doc="Ids of experiments and model versions, separated by commas, in their order.")
    metric = param.Selector(default="record_accuracy", objects=list(MEASURES), doc="Measure that is drawn as bars.")
    score = param.Selector(default="recall", objects=list(cards.SCORES), doc="Score of the classes.")
    curve = param.Selector(default="valid_loss", objects=list(CURVES), doc="Column of the history.")
    pair = param.List(default=["", ""], item_type=str, bounds=(2, 2), doc="Entries whose disagreement is listed.")
    page = param.Integer(default=0, bounds=(0, None), doc="Page of the recordings on which they disagree, from 0.")
    in_address: ClassVar[tuple[str, ...]] = ("ids", "metric", "score", "curve", "pair", "page")

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.text = ""
        self.entries: Sequence[Entry] = ()
        self.gone: list[str] = []
        self.found: Contest | None = None
        self.background = Background()
        self._head = Live(margin=0)
        self._picking = Live(
            on={"text": self.search, "remove-all": lambda _: self.clear(), "add": self.add},
            stylesheets=[CONTROLS, STYLE],
            margin=0,
        )
        self._listed = Live(
            on={"up": lambda one: self.move(one, -1), "down": lambda one: self.move(one, 1), "remove": self.remove},
            stylesheets=[STYLE],
            margin=0,
        )
        self._list = Slot()
        self._bars, self._curves, self._classes, self._cards = Slot(), Slot(), Slot(), Slot()
        self._choose()

    # ---- which -----------------------------------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """List what has these words."""
        self.text = text.strip()
        self._draw_picking()

    def add(self, reference: str) -> None:
        """Compare one more."""
        known = self._ids()
        if reference not in known and len(known) < MOST:
            self.ids = ",".join([*known, reference])

    def remove(self, reference: str) -> None:
        """Compare one less."""
        self.ids = ",".join(one for one in self._ids() if one != reference)

    def move(self, reference: str, by: int) -> None:
        """Move an entry up or down; colours and numbers follow the order."""
        known = self._ids()
        if reference not in known:
            return
        place = known.index(reference)
        if 0 <= place + by < len(known):
            known[place], known[place + by] = known[place + by], known[place]
            self.ids = ",".join(known)

    def clear(self) -> None:
        """Compare nothing."""
        self.ids = ""

    def _ids(self) -> list[str]:
        """What is compared; a name in the address counts as the id it stands for, once that is known."""
        if self.entries:
            return [one.reference for one in self.entries]
        return list(dict.fromkeys(one.strip() for one in self.ids.split(",") if one.strip()))[:MOST]

    @param.depends("ids", watch=True)
    def _choose(self) -> None:
        self.entries, self.gone, self.found = (), [], None
        asked = self._ids()
        self._draw_head()
        self._draw_picking()
        self._draw_listed()
        self.background.forget()
        if not asked:
            self._cards.put(surface(_nothing()))
            return
        self._cards.put(surface(skeleton(30 * len(asked))), surface(skeleton(24, 200, 24, 200)))
        self.background.do(lambda: contesting.of_those_there(self.context, asked), self._show, self._refused)

    # ---- what was found --------------------------------------------------------------------------------------------

    def _refused(self, failure: Exception) -> None:
        self._cards.put(surface(error_words("Not compared", failure)))

    def _show(self, told: tuple[Contest | None, list[str]]) -> None:
        found, self.gone = told
        self.found, self.entries = found, found.entries if found else ()
        self._draw_head()
        self._draw_picking()
        self._draw_listed()
        if found is None:
            self._cards.put(surface(_nothing()))
            return
        self._bars, self._curves, self._classes = Slot(), Slot(), Slot()
        self._draw_bars()
        self._draw_curves()
        self._draw_classes()
        first, second = self.pair
        self.answers = cards.AnswersCard(found, (first, second), self.page, self._on_answers)
        parts = [
            cards.measures_card(found),
            grid((self._bars, 6), (self._curves, 6)),
            cards.tests_card(found),
            self._classes,
        ]
        if found.reasons:
            parts.append(cards.reasons_card(found))
        if len(found.entries) > 1:
            parts += [cards.settings_card(found), self.answers.view]
            if all(one.models for one in found.entries):
                parts.append(Reporting(self.context, self._ids()))
        self._cards.put(stack(*parts))

    def _on_answers(self, pair: tuple[str, str] | None = None, page: int | None = None) -> None:
        if pair is not None:
            self.pair = list(pair)
        if page is not None:
            self.page = page

    @param.depends("metric", watch=True)
    def _draw_bars(self) -> None:
        if self.found is not None:
            self._bars.put(cards.bars_card(self.found, self.metric, lambda name: setattr(self, "metric", name)))

    @param.depends("curve", watch=True)
    def _draw_curves(self) -> None:
        if self.found is not None:
            self._curves.put(cards.curves_card(self.found, self.curve, lambda name: setattr(self, "curve", name)))

    @param.depends("score", watch=True)
    def _draw_classes(self) -> None:
        if self.found is not None:
            made = cards.classes_cards(self.found, self.score, lambda name: setattr(self, "score", name))
            self._classes.put(grid(*made))

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _draw_head(self) -> None:
        told = "Experiments and model versions, held-out results"
        if self.entries:
            splits = dict.fromkeys(f"held out {one.split}" for one in self.entries)
            told = f"{len(self.entries)} of at most {MOST} · {', '.join(splits)}"
        statement = ""
        if self.found is not None:
            statement = self.found.tests.words if self.found.tests else ""
        self._head.html = str(page_head("Compare experiments", told, statement=statement))

    def _draw_picking(self) -> None:
        bar = Markup(
            '<div class="controls" role="toolbar" aria-label="What is compared">'
            '<input type="search" data-send="text" value="{}" placeholder="Add experiments or models by name" '
            'aria-label="Search what to add">{}</div>'
        ).format(self.text, button("Remove all", icon_name="clear_all", send="remove-all") if self._ids() else "")
        offered = Markup("")
        if self.text or not self._ids():
            found = contestants.candidates(self.context, self.text)
            offered = words.found_list(found, self._ids()) if found or self.text else Markup("")
        self._picking.html = str(bar + offered)

    def _draw_listed(self) -> None:
        table = words.entries_table(self.entries) if self.entries else Markup("")
        self._listed.html = str(words.missing(self.gone) + table)
        self._list.put(*([surface(self._listed)] if self.entries or self.gone else []))

    def __panel__(self) -> Any:
        return stack(self._head, surface(self._picking, flush=True), self._list, self._cards)


def _nothing() -> Markup:
    listed = button("Experiments", icon_name="science", href="/experiments")
    return empty(
        "Nothing is chosen",
        f"Search above, or mark experiments in their list and send them here; up to {MOST} are compared.",
        listed,
    )
