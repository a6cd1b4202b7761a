"""The list of experiments: filtered, sorted and paged by the database, and kept current while some run."""

from collections.abc import Mapping
from typing import Any, ClassVar

import param
from markupsafe import Markup

from data_catalog.experiment_pages import SORTS
from pfd_panel.components import Live, grid, stack
from pfd_panel.components import markup as m
from pfd_panel.components.background import Background
from pfd_panel.components.card import card, download_link
from pfd_panel.components.facets import FacetList
from pfd_panel.components.poller import Poller
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.table import DataTable, Rows
from pfd_panel.components.tabs import TAB_STYLE, switch
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.experiments import columns, filters
from pfd_panel.pages.experiments.bulk import BulkActions
from pfd_panel.pages.experiments.column_choice import ColumnChoice
from pfd_panel.pages.experiments.columns import SHOWN
from pfd_panel.pages.explorer.filter_bar import filter_drawer
from pfd_panel.pages.explorer.query_box import QueryBox
from pfd_panel.pages.explorer.style import FILTERS
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.pages.view import PageView
from pfd_panel.server.exchange import Download
from pfd_panel.services import collections, experiments, training, work
from pfd_panel.services.querying import QueryName
from pfd_panel.theme import numbers

LISTS = {"current": "Current", "archived": "Archived", "deleted": "Deleted"}
PAGE_SIZE = 20
MOST_ROWS = 10_000
"""Experiments of a download."""


class ExperimentsView(PageView):
    """All experiments that the reader may see."""

    search = param.String(doc="Words that name, notes, model, split, folder or dataset must have.")
    query = param.String(doc="A condition in the language of queries.")
    where = param.Dict(default={}, doc="Facet to the wanted values.")
    folder = param.String(doc="Folder that is looked at; empty: all; a slash: what lies in none.")
    listed = param.Selector(default="current", objects=list(LISTS), doc="Which experiments.")
    columns = param.List(default=list(SHOWN), item_type=str, doc="Columns besides the name.")
    sort = param.String(default="created_at", doc="Column or summary of a measured number that is sorted by.")
    descending = param.Boolean(default=True, doc="Direction.")
    page = param.Integer(default=0, bounds=(0, None), doc="Page of the table, from 0.")
    filters_open = param.Boolean(default=False, doc="Whether the drawer of filters is open on narrow screens.")
    in_address: ClassVar[tuple[str, ...]] = (
        "search", "query", "where", "folder", "listed", "columns", "sort", "descending", "page",
    )  # fmt: skip

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.titles = {one.name: one.title for one in training.declared()}
        self.names = experiments.names(self.context)
        self.measured = {one.name for one in self.names if "." in one.name}
        self._sound()
        self._problem: Exception | None = None
        self._holds = ""
        self._check()
        self.background = Background()
        self.known = columns.known(self.titles, {one.id for one in collections.listing(self.context) if one.synthetic})
        self._head, self._bar = Live(margin=0), self._controls()
        self.box = QueryBox(
            lambda: self.names,
            lambda text: setattr(self, "query", text.strip()),
            placeholder="record_accuracy > 0.9 and (model = cnn_1d or tag:baseline)",
            about=_about(self.names),
        )
        self.facets = FacetList(chosen=dict(self.where))
        self.facets.param.watch(lambda event: setattr(self, "where", event.new), "chosen")
        self.folders = filters.Folders(lambda path: setattr(self, "folder", path))
        self._facet_card, self.drawer = filter_drawer(
            (self.folders.view, self.facets), self.clear, lambda: setattr(self, "filters_open", False)
        )
        self.choice = ColumnChoice(self.known, self._numbers, lambda names: setattr(self, "columns", names))
        self.choice.show(self.columns)
        self.table = DataTable(
            columns.shown(self.columns, self.known, self.measured),
            self._fetch,
            key=lambda row: row.id,
            sort=self.sort,
            descending=self.descending,
            page=self.page,
            page_size=PAGE_SIZE,
            note="± over the seeds; compare scores only where the same was held out",
            nothing=("No experiment", "Start one, or take a filter away."),
        )
        self.bulk = BulkActions(
            self.context,
            lambda: self.listed,
            self._offered,
            self._changed,
            lambda: [row.id for row in self._rows],
            self._mark_page,
        )
        self.table.param.watch(self._on_table, ["sort", "descending", "page"])
        self.table.param.watch(lambda event: self.bulk.show(event.new), "chosen")
        self._draw()
        self.seen = work.stamp(self.context)
        self.poller = Poller(lambda: work.stamp(self.context), self._moved, lambda _: None, period_s=1.0)

    # ---- what is asked ---------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Take all filters away."""
        self.param.update(search="", query="", where={}, folder="")

    def _sound(self) -> None:
        """What an address asked for and is not there counts as not asked."""
        where = {
            name: [str(one) for one in values]
            for name, values in self.where.items()
            if name in filters.FACETS and isinstance(values, list)
        }
        with param.parameterized.discard_events(self):
            self.where = {name: values for name, values in where.items() if values}
            if self.sort not in SORTS and self.sort not in self.measured:
                self.sort = self.param["sort"].default

    def _asked(self) -> dict[str, Any]:
        return {
            "search": self.search,
            "query": self._holds,
            "archived": self.listed == "archived",
            "deleted": self.listed == "deleted",
        }

    def _filter(self) -> dict[str, Any]:
        folder = {"": None, filters.TOP: ""}.get(self.folder, self.folder)
        datasets = self.where.get("dataset", [])
        return self._asked() | {
            "state": self.where.get("state", ()),
            "model": self.where.get("model", ()),
            "dataset": datasets[-1] if datasets else "",
            "tags": self.where.get("tag", ()),
            "folder": folder,
        }

    def _fetch(self, sort: str, descending: bool, offset: int, limit: int) -> Rows:
        found = experiments.page(
            self.context,
            **self._filter(),
            sort=f"-{sort}" if descending else sort,
            columns=[name for name in self.columns if name in self.measured],
            offset=offset,
            limit=limit,
        )
        self._rows = found.rows
        return Rows(found.rows, found.total)

    def _check(self) -> None:
        """Take a query for the present one if it can be answered."""
        self._problem = None
        try:
            experiments.page(self.context, query=self.query, limit=1)
        except EXPECTED_ERRORS as problem:
            self._problem = problem
        else:
            self._holds = self.query

    def _numbers(self) -> list[str]:
        return list(dict.fromkeys(name.rpartition(".")[0] for name in sorted(self.measured)))

    def _offered(self) -> tuple[list[str], list[str]]:
        return [tag for tag, _ in self.counts["tag"]], [folder for folder, _ in self.counts["folder"] if folder]

    # ---- what happens ----------------------------------------------------------------------------------------------

    def _on_table(self, *_: Any) -> None:
        self.param.update(sort=self.table.sort, descending=self.table.descending, page=self.table.page)

    def _mark_page(self) -> None:
        self.table.chosen = list(dict.fromkeys([*self.table.chosen, *(row.id for row in self._rows)]))

    @param.depends("search", "query", "where", "folder", "listed", watch=True)
    def _refilter(self) -> None:
        self._check()
        datasets = self.where.get("dataset", [])
        if len(datasets) > 1:
            # one dataset at a time: the one that was marked last
            self.where = {**self.where, "dataset": datasets[-1:]}
            return
        if self.facets.chosen != self.where:
            self.facets.chosen = dict(self.where)
        with param.parameterized.discard_events(self.table):
            self.table.param.update(page=0, chosen=[])
        self.table.refresh()
        self.bulk.show([])
        self.page = 0
        self._draw()

    @param.depends("columns", watch=True)
    def _show_columns(self) -> None:
        self.choice.show(self.columns)
        self.table.show(columns.shown(self.columns, self.known, self.measured))

    @param.depends("filters_open", watch=True)
    def _slide(self) -> None:
        self.drawer.css_classes = [] if self.filters_open else ["closed"]

    def _changed(self) -> None:
        """The marked experiments were changed, or are not marked any more."""
        with param.parameterized.discard_events(self.table):
            self.table.chosen = []
        self.bulk.show([])
        self.refresh()

    def _moved(self, stamp: str) -> None:
        """Draw again, but only if a job has moved."""
        if stamp != self.seen:
            self.seen = stamp
            self.refresh()

    def refresh(self) -> None:
        """Draw the list as it is now."""
        self.table.refresh()
        self._draw()

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _controls(self) -> Live:
        return Live(
            on={
                "search": lambda value: setattr(self, "search", value.strip()),
                "listed": lambda value: setattr(self, "listed", value),
                "filters": lambda _: setattr(self, "filters_open", not self.filters_open),
                "clear-filter": lambda _: self.clear(),
            },
            stylesheets=[CONTROLS, FILTERS, TAB_STYLE],
            margin=0,
        )

    def _draw(self) -> None:
        self.counts = experiments.facets(self.context, **self._asked())
        self.facets.facets = filters.facets(self.counts, self.where, self.titles)
        self.folders.show(self.counts["folder"], self.folder)
        self.box.show(self.query, self._problem)
        states = dict(self.counts["state"])
        told = [f"{numbers.integer(self.table.total)} of {numbers.integer(sum(states.values()))}"]
        told += [f"{numbers.integer(states[one])} {one}" for one in ("running", "queued", "failed") if one in states]
        self._head.html = str(
            m.page_head(
                "Experiments",
                " · ".join(told),
                m.button("New experiment", icon_name="add", href="/experiments/new", kind="primary", needs="work"),
            )
        )
        filtered = bool(self.search or self.query or self.where or self.folder)
        chosen = sum(map(len, self.where.values())) + bool(self.folder)
        self._bar.html = str(
            Markup(
                '<div class="controls plain"><button type="button" class="button only-narrow" data-send="filters">{}'
                'Filters{}</button><input type="search" style="max-width:none" data-send="search" value="{}" '
                'aria-label="Search experiments" placeholder="Search name, notes, model, dataset, folder">{}{}</div>'
            ).format(
                m.icon("filter_list"),
                f" ({chosen})" if chosen else "",
                self.search,
                switch("listed", list(LISTS.items()), self.listed, "Which experiments"),
                m.button("Clear filters", icon_name="filter_alt_off", send="clear-filter") if filtered else "",
            )
        )

    def experiments_csv(self) -> Download:
        """The experiments of the filter as a table, at most 10,000 of them."""
        known = [name for name in SORTS if name not in ("state", "dataset")]
        numbers_shown = [name for name in self.columns if name in self.measured]
        found = experiments.page(
            self.context,
            **self._filter(),
            sort=f"-{self.sort}" if self.descending else self.sort,
            columns=numbers_shown,
            limit=MOST_ROWS,
        )
        rows = [
            [row.id, row.name, row.state, row.dataset, row.split_text, *(getattr(row, name) for name in known),
             ";".join(row.tags), *(row.values.get(name) for name in numbers_shown)]
            for row in found.rows
        ]  # fmt: skip
        header = ["id", "experiment", "state", "dataset", "held out", *known, "tags", *numbers_shown]
        return csv_file("experiments.csv", header, rows)

    def __panel__(self) -> Any:
        table = card(
            "Experiments",
            self.choice.view,
            self.bulk.view,
            self.table,
            qualifier="kept current while some run",
            right=Markup('<button type="button" class="link" data-send="columns">Columns</button>{}').format(
                download_link(self.experiments_csv, "Download the experiments as CSV")
            ),
            on={"columns": lambda _: self.choice.toggle()},
        )
        return stack(self._head, self._bar, self.box.view, grid((self.drawer, 3), (table, 9)))


def _about(names: list[QueryName]) -> Markup:
    plain = [one.name for one in names if "." not in one.name]
    measured = list(dict.fromkeys(one.name.rpartition(".")[0] for one in names if "." in one.name))
    return Markup(
        "Conditions are joined by <code>and</code>, <code>or</code>, <code>not</code> and brackets. "
        "<code>model:cnn</code> finds words that hold “cnn”, <code>=</code> and <code>!=</code> compare them as a "
        "whole; numbers are compared with <code>= != &lt; &lt;= &gt; &gt;=</code> or "
        "<code>record_accuracy 0.9..0.95</code>; <code>created:2026-03-01</code> is a day; <code>folder:none</code> is "
        "the top; words of their own are looked for everywhere. What runs measured is asked for with "
        "<code>.best</code>, <code>.last</code>, <code>.min</code> or <code>.max</code> behind it: "
        "<code>valid_loss.min &lt; 0.2</code>."
        '<span class="names"><b>Names</b> {}<br><b>Measured</b> {}</span>'
    ).format(", ".join(plain), ", ".join(measured))
