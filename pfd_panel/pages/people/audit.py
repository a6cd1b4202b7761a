"""Who changed what, newest first, with filters in the address."""

import json
import re
from typing import Any

import panel as pn
import param
from markupsafe import Markup

from pfd_panel.components import Live, card, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.fields import FIELD_STYLE, field, fields, select
from pfd_panel.components.table import Column, DataTable, Rows
from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.view import PageView
from pfd_panel.services import auditing
from pfd_panel.services.auditing import Entry
from pfd_panel.theme import numbers

ID_SHOWN = 8
_ID = re.compile(r"[0-9a-f]{32,}")
FILTERS = {"user": "Who", "action": "Did what", "subject_kind": "To what"}


class AuditLog(PageView):
    """The log."""

    user = param.String(doc="Only what this user did; empty: everyone.")
    action = param.String(doc="Only this action; empty: all.")
    subject_kind = param.String(doc="Only changes of this kind of thing; empty: all.")
    page = param.Integer(default=0, bounds=(0, None), doc="Page of the table, from 0.")
    in_address = ("user", "action", "subject_kind", "page")

    def __init__(self, context: Any = None, query: Any = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.choices = auditing.choices(self.context)
        self.filter = Live(
            on={name: lambda value, name=name: self.choose(name, value) for name in FILTERS},
            stylesheets=[FIELD_STYLE],
            margin=0,
        )
        self.table = DataTable(
            _COLUMNS,
            self._fetch,
            page=self.page,
            page_size=25,
            note="The log can only grow; the database itself refuses changes.",
            nothing=("Nothing was changed", "No entry fits these filters."),
        )
        self.table.param.watch(lambda event: setattr(self, "page", event.new), "page")
        self._draw_filter()

    def choose(self, name: str, value: str) -> None:
        """Filter by one column."""
        setattr(self, name, value)
        self._draw_filter()
        self.table.page = 0
        self.table.refresh()

    def _draw_filter(self) -> None:
        made = [
            field(title, select(name, [("", "All"), *((one, one) for one in self.choices[name])], getattr(self, name)))
            for name, title in FILTERS.items()
        ]
        self.filter.html = str(Markup('<div style="margin-bottom:16px">{}</div>').format(fields(*made)))

    def _fetch(self, _sort: str, _descending: bool, offset: int, limit: int) -> Rows:
        asked = {name: getattr(self, name) or None for name in FILTERS}
        found = auditing.page(self.context, offset=offset, limit=limit, **asked)
        return Rows(found.rows, found.total)

    def __panel__(self) -> pn.Column:
        head = m.page_head("Audit log", "Who changed what, and when.", m.button("People", href="/people"))
        return stack(static(head), card("Entries", self.filter, self.table, qualifier="newest first"))


def _subject(one: Entry) -> Markup:
    return Markup('{} <span class="muted" title="{}">{}</span>').format(
        one.subject_kind, one.subject_id, _short(one.subject_id)
    )


def _short(name: str) -> str:
    """The beginning of an id; a name stays whole."""
    return name[:ID_SHOWN] if _ID.fullmatch(name) else name


def _detail(one: Entry) -> Markup | str:
    if not one.detail:
        return numbers.DASH
    words = " · ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in one.detail.items())
    return Markup('<span title="{}">{}</span>').format(json.dumps(one.detail, ensure_ascii=False), words)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _short(value)
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


_COLUMNS = (
    Column("at", "When (UTC)", lambda one: f"{one.at:%Y-%m-%d %H:%M:%S}", numeric=True, sortable=False),
    Column("user", "Who", lambda one: one.user, sortable=False, strong=True),
    Column("action", "Did", lambda one: one.action, sortable=False),
    Column("subject", "To what", _subject, sortable=False),
    Column("detail", "Detail", _detail, sortable=False),
)

PAGE = PageDeclaration(
    "/audit",
    "Audit log",
    "list",
    lambda context, query: AuditLog(context, query),
    nav=False,
    section="/people",
    right="administer",
)
