"""Annotations: what people wrote on the signals of a dataset, filtered, sorted, and to take along as a file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, ClassVar

import panel as pn
import param
from markupsafe import Markup

from data_catalog.annotations import FACETS, AnnotationQuery
from pfd_panel.components.card import card
from pfd_panel.components.fields import FIELD_STYLE, field, select, text_input
from pfd_panel.components.layout import stack
from pfd_panel.components.live import Live, static
from pfd_panel.components.markup import button, page_head
from pfd_panel.components.table import DataTable, Rows
from pfd_panel.pages.annotations.words import COLUMNS, DATASET, KINDS
from pfd_panel.pages.view import PageView
from pfd_panel.server.exchange import Download
from pfd_panel.server.session import page_session
from pfd_panel.services import annotating, collections
from pfd_panel.services.annotating import FileKind
from pfd_panel.services.context import Context

STYLE = f"""{FIELD_STYLE}
.filters {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(124px, 1fr)); gap: 12px;
  margin-bottom: 16px; }}
.filters .field:first-child {{ grid-column: span 2; }}
"""
TITLES = {"label": "Label", "author": "Author", "kind": "Where"}
DAYS = {"since": "Written from", "until": "Written until"}
MEDIA: dict[FileKind, str] = {"csv": "text/csv", "json": "application/json"}

HELP = (
    "What people wrote on signals: at a moment, on a stretch of time, or at a frequency. A line leads to its place on "
    "the Signal page, where annotations are written, changed and deleted. The files hold everything that fits the "
    "filter, on all pages."
)


class AnnotationsPage(PageView):
    """The annotations of a dataset, or of all datasets."""

    dataset = param.String(doc="Name or id of a dataset; empty: all that the reader may see.")
    text = param.String(doc="Words that they must have.")
    label = param.String(doc="Only with this label; empty: any.")
    author = param.String(doc="Only by this person; empty: anyone.")
    kind = param.String(doc="Only at a moment, on a stretch, or at a frequency; empty: any.")
    since = param.String(doc="First day on which they were written, as 2026-11-21.")
    until = param.String(doc="Last day on which they were written.")
    sort = param.String(default="newest", doc="What they are sorted by.")
    descending = param.Boolean(default=True, doc="Direction.")
    page = param.Integer(default=0, bounds=(0, None), doc="Page of the table, from 0.")

    in_address: ClassVar[tuple[str, ...]] = (
        "dataset", "text", "label", "author", "kind", "since", "until", "sort", "descending", "page",
    )  # fmt: skip

    context: Context

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self._wrong: dict[str, str] = {}
        self.datasets = {one.id: one.name for one in collections.listing(context)}
        self.dataset_id = collections.get(context, self.dataset).id if self.dataset else ""
        chosen = {name: partial(self.choose, name) for name in ("dataset", "text", *TITLES, *DAYS)}
        self.filter = Live(
            on={**chosen, "clear-filters": lambda _: self.clear()},
            stylesheets=[STYLE],
            margin=0,
        )
        if self.sort not in {one.name for one in COLUMNS if one.sortable}:
            self.param.update(sort="newest", descending=True)
        self.table = DataTable(
            self._columns(),
            self._fetch,
            sort=self.sort,
            descending=self.descending,
            page=self.page,
            page_size=25,
            nothing=("No annotations", "None fits. On the Signal page you write one with Annotate."),
        )
        for name in ("sort", "descending", "page"):
            self.table.param.watch(lambda event: setattr(self, event.name, event.new), name)
        self.files = {kind: page_session().offer(partial(self.as_file, kind)) for kind in MEDIA}
        self._draw_filter()

    def __panel__(self) -> pn.Column:
        controls = [
            button(kind.upper(), icon_name="download", href=address) for kind, address in self.files.items() if address
        ]
        head = static(page_head("Annotations", "What people wrote on signals, and where", *controls))
        return stack(head, card("Written", self.filter, self.table, help_text=HELP))

    @property
    def query(self) -> AnnotationQuery:
        """What is asked for, but for its order and slice."""
        chosen = {name: (getattr(self, name),) for name in FACETS if getattr(self, name)}
        days = {name: _day(getattr(self, name)) for name in DAYS}
        return AnnotationQuery(dataset_id=self.dataset_id or None, text=self.text, **chosen, **days)  # type: ignore[arg-type]

    def choose(self, name: str, value: str) -> None:
        """Filter by one thing."""
        wanted = value.strip()
        if name in DAYS and wanted and _day(wanted) is None:
            self._wrong[name] = f"{wanted} is no day; write it as 2026-11-21."
            self._draw_filter()
            return
        self._wrong.pop(name, None)
        setattr(self, name, self.datasets.get(wanted, "") if name == "dataset" else wanted)
        if name == "dataset":
            self.dataset_id = wanted if wanted in self.datasets else ""
        self._show()

    def clear(self) -> None:
        """Take every filter but the dataset away."""
        self._wrong.clear()
        self.param.update(text="", label="", author="", kind="", since="", until="")
        self._show()

    def as_file(self, kind: FileKind) -> Download:
        """Everything that fits the filter, in the order that is shown."""
        order = self._order(self.table.sort, self.table.descending)
        made = annotating.export(self.context, replace(self.query, **order), kind)
        return Download(made.name, made, MEDIA[kind])

    def _show(self) -> None:
        self._draw_filter()
        self.table.columns = tuple(self._columns())
        self.table.page = 0
        self.table.refresh()

    def _columns(self) -> list[Any]:
        return list(COLUMNS) if self.dataset_id else [COLUMNS[0], DATASET, *COLUMNS[1:]]

    def _fetch(self, sort: str, descending: bool, offset: int, limit: int) -> Rows:
        asked = replace(self.query, offset=offset, limit=limit, **self._order(sort, descending))
        found = annotating.page(self.context, asked)
        return Rows(found.rows, found.total)

    @staticmethod
    def _order(sort: str, descending: bool) -> dict[str, Any]:
        # the newest come first without being asked to
        return {"sort": sort or "newest", "reverse": not descending if sort in ("", "newest") else descending}

    def _draw_filter(self) -> None:
        parts = [
            field("Words", text_input("text", self.text, placeholder="outer race, 105, Ada")),
            field("Dataset", select("dataset", [("", "All datasets"), *self.datasets.items()], self.dataset_id)),
        ]
        for name, title in TITLES.items():
            # each is counted under the others, so that what is chosen can be exchanged
            others: dict[str, Any] = {name: ()}
            counted = annotating.facets(self.context, replace(self.query, **others))[name]
            offered = [(value, f"{KINDS.get(value, value)} ({count})") for value, count in counted if value]
            chosen = getattr(self, name)
            if chosen and chosen not in dict(offered):
                offered.append((chosen, f"{KINDS.get(chosen, chosen)} (0)"))
            parts.append(field(title, select(name, [("", "All"), *offered], chosen)))
        parts += [field(title, _day_input(name, getattr(self, name)), wrong=self._wrong.get(name, ""))
                  for name, title in DAYS.items()]  # fmt: skip
        if any(getattr(self, name) for name in ("text", *TITLES, *DAYS)):
            parts.append(field("Filter", button("Clear", send="clear-filters")))
        self.filter.html = str(Markup('<div class="filters">{}</div>').format(Markup("").join(parts)))


def _day_input(send: str, value: str) -> Markup:
    return Markup('<input type="date" data-send="{}" value="{}">').format(send, value)


def _day(text: str) -> date | None:
    """A day as an address or a field has it."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
