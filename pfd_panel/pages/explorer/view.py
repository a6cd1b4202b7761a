"""The Explorer: which signals there are, how their classes differ, and what to do with some of them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlencode

import pandas as pd
import param
from markupsafe import Markup

from data_catalog.signals import SORTS, SignalQuery
from pfd_panel.components import Live, grid, stack, static, surface
from pfd_panel.components import markup as m
from pfd_panel.components.background import Background
from pfd_panel.components.card import card, download_link
from pfd_panel.components.facets import FacetList
from pfd_panel.components.ranges import RangeList
from pfd_panel.components.table import Rows
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.explorer import filtering
from pfd_panel.pages.explorer.agreement import ModelChoice
from pfd_panel.pages.explorer.bulk import BulkActions
from pfd_panel.pages.explorer.class_card import SHAPES
from pfd_panel.pages.explorer.column_choice import ColumnChoice
from pfd_panel.pages.explorer.feature_cards import FeatureCards
from pfd_panel.pages.explorer.filter_bar import compare_button, filter_bar, filter_drawer
from pfd_panel.pages.explorer.overlay_card import OverlayCard
from pfd_panel.pages.explorer.projection_card import ProjectionCard
from pfd_panel.pages.explorer.query_box import QueryBox
from pfd_panel.pages.explorer.rate_line import RateLine
from pfd_panel.pages.explorer.saving import SelectionActions
from pfd_panel.pages.explorer.style import FILTERS
from pfd_panel.pages.explorer.table import SHOWN, SignalRows
from pfd_panel.pages.signal.goto import GoTo
from pfd_panel.pages.signal.navigating import newest_dataset
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.pages.view import PageView
from pfd_panel.server.exchange import Download
from pfd_panel.services import collections, comparing, extracting, querying, viewing
from pfd_panel.theme import numbers
from pipelines.statistics import METHODS


class ExplorerView(PageView):
    """A dataset through its facets, features and table."""

    dataset = param.String(doc="Name or id of the dataset; the newest without one.")
    text = param.String(doc="Words the signals must have.")
    query = param.String(doc="A condition in the language of queries.")
    where = param.Dict(default={}, doc="Facet to the wanted values.")
    model = param.String(doc="Model whose agreement with the labels is told; the newest without one.")
    ranges = param.Dict(default={}, doc="Number, date or feature to its bounds.")
    columns = param.List(default=list(SHOWN), item_type=str, doc="Columns of the table besides the name.")
    feature = param.String(default="kurtosis", doc="Feature that is shown by class.")
    shape = param.Selector(default="box", objects=[name for name, _ in SHAPES], doc="How it is shown.")
    ranking = param.Selector(default="anova", objects=list(METHODS), doc="Score by which features are ranked.")
    relation = param.Dict(default={}, doc="What is looked at of relations and drift.")
    sort = param.String(default="kurtosis", doc="Column or feature the table is sorted by.")
    descending = param.Boolean(default=True, doc="Direction of the table.")
    page = param.Integer(default=0, bounds=(0, None), doc="Page of the table, from 0.")
    projection = param.Dict(default={}, doc="Method and parameters of the projection.")
    lassoed = param.List(default=None, allow_None=True, item_type=str, doc="Ids that a lasso picked, among the filter.")
    filters_open = param.Boolean(default=False, doc="Whether the drawer of filters is open on narrow screens.")

    in_address: ClassVar[tuple[str, ...]] = (
        "dataset", "text", "query", "where", "model", "ranges", "columns", "feature", "shape", "ranking", "relation",
        "sort", "descending", "page", "projection",
    )  # fmt: skip

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.names = [entry.name for entry in collections.listing(context)]
        if not self.dataset:
            self.dataset = newest_dataset(context)
        if not self.dataset:
            return
        self.summary = collections.get(context, self.dataset)
        self.dataset = self.summary.name
        self.load_unit = "%" if self.summary.synthetic else "hp"
        self._look_up()
        self.rate_line = RateLine(context, self._changed)
        self.judge = ModelChoice(context, lambda model: setattr(self, "model", model))
        with param.parameterized.discard_events(self):
            self.where = filtering.sound_choice(self.where)
            self.model = self.judge.show(self.dataset, self.model)
            self.ranges = filtering.sound(self.ranges, self._computed)
            if self.sort not in SORTS and self.sort not in self._computed:
                self.sort = self.param["sort"].default
        self._problem: Exception | None = None
        self._holds = ""
        self._check()
        self.background = Background()
        self.goto = GoTo()
        self._head = Live(on={"compare": lambda _: self.compare()}, stylesheets=[CONTROLS], margin=0)
        self._bar = Live(
            on={
                "text": lambda value: setattr(self, "text", value.strip()),
                "dataset": self.open_dataset,
                "filters": lambda _: setattr(self, "filters_open", not self.filters_open),
                "clear-filter": lambda _: self.clear(),
            },
            stylesheets=[CONTROLS, FILTERS],
            margin=0,
        )
        self.facets = FacetList(chosen=filtering.to_boxes(self.where))
        self.facets.param.watch(self._on_facets, "chosen")
        self.range_list = RangeList(bounds=dict(self.ranges))
        self.range_list.param.watch(lambda event: setattr(self, "ranges", event.new), "bounds")
        self.box = QueryBox(lambda: self._names, self.ask)
        self._facet_card, self.drawer = filter_drawer(
            (self.facets, self.judge.view, self.rate_line.view, self.range_list),
            self.clear,
            lambda: setattr(self, "filters_open", False),
        )
        self.points = ProjectionCard(
            context,
            self.background,
            self.open_signal,
            lambda ids: setattr(self, "lassoed", ids),
            lambda settings: setattr(self, "projection", settings),
        )
        self.overlay = OverlayCard(context)
        self.cards = FeatureCards(
            context,
            self.background,
            self.open_signal,
            lambda name, value: setattr(self, name, value),
            self._refresh_features,
            self.points.slot.view,
        )
        self.rows = SignalRows(context, lambda: self.present, self.href)
        self.choice = ColumnChoice(
            self.rows.known(load_unit=self.load_unit),
            lambda: self._computed,
            lambda names: setattr(self, "columns", names),
        )
        self.choice.show(self.columns)
        columns = self.rows.columns(self.columns, load_unit=self.load_unit)
        self.table = self.rows.table(columns, self._fetch, self.sort, self.page, descending=self.descending)
        self.bulk = BulkActions(
            context,
            lambda: self.dataset,
            lambda: list(self.summary.classes),
            self._changed,
            self.background,
            lambda: self.table.refresh(),
        )
        self.selection = SelectionActions(context, lambda: self.present, self._list_again, self._changed)
        self.table.param.watch(self._on_table, ["sort", "descending", "page"])
        self.table.param.watch(lambda event: self.bulk.show(event.new), "chosen")
        self._draw()
        self.cards.choose(self.feature, self.shape, self.ranking)
        self.cards.relations.state = dict(self.relation)
        self._refresh_features()

    # ---- state -----------------------------------------------------------------------------------------------------

    @property
    def present(self) -> SignalQuery:
        """What is selected: what the filter finds, and of that only what is lassoed."""
        return replace(self.filter, only=self.lassoed)

    @property
    def filter(self) -> SignalQuery:
        """The present filter; of a query that cannot be answered, the last one that could be."""
        bounds = {name: ends for name, ends in self.ranges.items() if tuple(ends) != (None, None)}
        return SignalQuery(
            dataset_id=self.summary.id,
            text=self.text,
            query=self._holds,
            where=self.where,
            ranges=bounds,
            model=self.model or None,
        )

    @property
    def filtered(self) -> bool:
        """Whether anything is asked."""
        return bool(self.text or self.query or self.where or self.ranges)

    def ask(self, text: str) -> None:
        """Ask for signals in words; what is wrong with them is told beside the box."""
        self.query = text.strip()

    def _check(self) -> None:
        """Take a query for the present one if it can be answered."""
        self._problem = None
        try:
            querying.prepared(self.context, SignalQuery(dataset_id=self.summary.id, query=self.query))
        except EXPECTED_ERRORS as problem:
            self._problem = problem
        else:
            self._holds = self.query

    def _look_up(self) -> None:
        """What can be named and how far it reaches; another version may have other features."""
        self._names = querying.names(self.context, self.dataset)
        self._computed = [one.name for one in self._names if one.kind == "feature"]
        self._spread = querying.spread(self.context, self.dataset, [*filtering.RANGES, *self._computed])

    def href(self, signal_id: str) -> str:
        """Address of a signal, which previous and next walk through in the same filter and order."""
        said: dict[str, Any] = {"dataset": self.summary.name, "id": signal_id}
        if self.text:
            said["text"] = self.text
        if self._holds:
            said["query"] = self._holds
        for name, chosen in (("where", self.where), ("ranges", self.present.ranges)):
            if chosen:
                said[name] = json.dumps(chosen, separators=(",", ":"))
        if self.sort != "recording":
            said |= {"sort": self.sort, "descending": int(self.descending)}
        return f"/signal?{urlencode(said)}"

    def _fetch(self, sort: str, descending: bool, offset: int, limit: int) -> Rows:
        """A page of the table; its links walk in the order that it has."""
        self.param.update(sort=sort, descending=descending)
        return self.rows.fetch(sort, descending, offset, limit)

    def open_signal(self, signal_id: str) -> None:
        """Go to the page of a signal."""
        self.goto.open(self.href(signal_id))

    def open_dataset(self, name: str) -> None:
        """Go to the Explorer of another dataset."""
        self.goto.open(f"/explorer?{urlencode({'dataset': name})}")

    def compare(self) -> None:
        """Send the signals of the filter to the Compare page, in the order of the table, whatever is marked."""
        first = replace(self.present, sort=self.sort, descending=self.descending, limit=comparing.MOST)
        ids = [row.signal_id for row in viewing.page(self.context, first).rows]
        self.goto.open(f"/compare?{urlencode({'dataset': self.summary.name, 'ids': ','.join(ids)})}")

    def clear(self) -> None:
        """Take all filters away."""
        self.param.update(text="", query="", where={}, ranges={})

    def _on_facets(self, event: Any) -> None:
        self.where = filtering.from_boxes(event.new)

    def _on_table(self, *_: Any) -> None:
        self.param.update(sort=self.table.sort, descending=self.table.descending, page=self.table.page)

    @param.depends("text", "query", "where", "model", "ranges", watch=True)
    def _refilter(self) -> None:
        self._check()
        with param.parameterized.discard_events(self):
            self.lassoed = None
        if self.range_list.bounds != self.ranges:
            self.range_list.bounds = dict(self.ranges)
        boxes = filtering.to_boxes(self.where)
        if self.facets.chosen != boxes:
            self.facets.chosen = boxes
        with param.parameterized.discard_events(self.table):
            self.table.param.update(page=0, chosen=[])
        self.table.refresh()
        self.bulk.show([])
        self.page = 0
        self._draw()
        # the rows and counts that were asked for do not wait for the cards below
        self.background.afterwards(self._refresh_features)

    @param.depends("lassoed", watch=True)
    def _select(self) -> None:
        with param.parameterized.discard_events(self.table):
            self.table.param.update(page=0, chosen=[])
        self.table.refresh()
        self.bulk.show([])
        self.page = 0
        self._draw()
        self.points.mark(self.lassoed)
        self._refresh_selected()

    @param.depends("projection", watch=True)
    def _project(self) -> None:
        self.points.ask(self.summary.name, self.filter, self.projection)
        if self.lassoed is not None:
            self.lassoed = None

    @param.depends("columns", watch=True)
    def _show_columns(self) -> None:
        self.choice.show(self.columns)
        self.table.show(self.rows.columns(self.columns, load_unit=self.load_unit))

    @param.depends("feature", "shape", "ranking", watch=True)
    def _show_feature(self) -> None:
        self.cards.choose(self.feature, self.shape, self.ranking)

    @param.depends("relation", watch=True)
    def _relate(self) -> None:
        self.cards.relate(self.relation)

    @param.depends("filters_open", watch=True)
    def _slide(self) -> None:
        self.drawer.css_classes = [] if self.filters_open else ["closed"]

    def _changed(self) -> None:
        """Something about the marked signals changed."""
        self.summary = collections.get(self.context, self.dataset)
        self._look_up()
        self.table.chosen = []
        self.table.refresh()
        self._draw()
        self._refresh_features()

    def _list_again(self, _made: str) -> None:
        """There is another dataset to choose."""
        self.names = [entry.name for entry in collections.listing(self.context)]
        self._bar.html = str(self._controls())

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _refresh_features(self) -> None:
        self.background.forget()
        self._refresh_selected()
        self.points.ask(self.summary.name, self.filter, self.projection)

    def _refresh_selected(self) -> None:
        query, dataset = self.present, self.summary.name
        self.cards.ask(dataset, lambda: self._frame(dataset, query))
        self.overlay.ask(dataset, query, self.table.total)

    def _frame(self, dataset: str, query: SignalQuery) -> tuple[pd.DataFrame, bool]:
        frame = extracting.table(self.context, dataset, query=query)
        return frame, extracting.coverage(self.context, dataset).present > 0

    def _draw(self) -> None:
        names = tuple(name for name, _ in filtering.COLUMNS)
        self.facets.facets = filtering.facets(
            viewing.facets(self.context, self.present, names), self.where, self.load_unit
        )
        self.judge.show(self.dataset, self.model)
        self.rate_line.show(self.dataset)
        fields, offered = filtering.ranges(self._spread, self.ranges, self._computed)
        self.range_list.param.update(fields=fields, offered=offered)
        self.box.show(self.query, self._problem)
        total = self.table.total
        self.selection.show(total)
        known = f"{numbers.integer(total)} of {numbers.integer(self.summary.signals)} signals"
        version = Markup('dataset version <code title="{}">v{}·{}</code>').format(
            self.summary.manifest_hash, self.summary.version, self.summary.manifest_hash[:4]
        )
        title = Markup("Explorer {}").format(m.chip("unknown", "Synthetic") if self.summary.synthetic else "")
        self._head.html = str(
            m.page_head(
                title,
                Markup("{} · {} · {}").format(self.summary.name, known, version),
                compare_button(total),
                m.button("Send to training", icon_name="science", href=self.training_href(), kind="primary"),
            )
        )
        self._bar.html = str(self._controls())

    def training_href(self) -> str:
        """Where training starts, with the dataset and the channels that are chosen."""
        said = {"dataset": self.summary.name}
        if self.where.get("channel"):
            said["channels"] = json.dumps(self.where["channel"])
        return f"/train?{urlencode(said)}"

    def _controls(self) -> Markup:
        chosen = sum(len(values) for values in self.where.values()) + len(self.present.ranges)
        return filter_bar(self.names, self.dataset, self.text, chosen, clearable=self.filtered)

    def signals_csv(self) -> Download:
        """The signals of the filter as a table."""
        return self.rows.csv(self.dataset, self.sort, self.descending)

    def __panel__(self) -> Any:
        if not self.dataset:
            return stack(
                static(m.page_head("Explorer")),
                surface(
                    m.empty(
                        "No dataset yet",
                        "Import recordings, or generate synthetic ones.",
                        m.button("Import signals", icon_name="upload_file", href="/datasets", kind="primary"),
                    )
                ),
            )
        table = card(
            "Signals",
            self.choice.view,
            self.selection.view,
            self.bulk.view,
            self.table,
            qualifier="paged and sorted in the database",
            right=Markup(
                '<button type="button" class="link" data-send="selection">Save or export</button>'
                '<button type="button" class="link" data-send="columns">Columns</button>{}'
            ).format(download_link(self.signals_csv, "Download the signals as CSV")),
            on={"columns": lambda _: self.choice.toggle(), "selection": lambda _: self.selection.toggle()},
        )
        main = stack(self.cards.view, self.overlay.slot.view, table)
        return stack(self._head, self._bar, self.box.view, grid((self.drawer, 3), (main, 9)), self.goto)
