"""A table of one page of rows: headers that sort, links, marks, and pages; the rows come from SQL, not from memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import param
from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components.live import Live
from pfd_panel.components.markup import Text, empty, icon
from pfd_panel.theme import numbers


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    name : str
        Key of a row, and what is sorted by.
    title : str
        Header, with the unit: ``RMS (g)``.
    show : callable
        Makes the cell of a row: text or `Markup`.
    numeric : bool
        Right-aligned.
    sortable : bool
        Whether the header sorts.
    strong : bool
        Set in bold.
    """

    name: str
    title: str
    show: Callable[[Any], Text]
    numeric: bool = False
    sortable: bool = True
    strong: bool = False


@dataclass(frozen=True)
class Rows:
    """One page of rows and how many there are in all."""

    rows: Sequence[Any]
    total: int


Fetch = Callable[[str, bool, int, int], Rows]
"""``fetch(sort, descending, offset, limit)``."""


class DataTable(Viewer):
    """A paged, sortable table.

    Parameters
    ----------
    columns : sequence of Column
        What is shown.
    fetch : callable
        ``fetch(sort, descending, offset, limit) -> Rows``; called for each page that is looked at.
    key : callable, optional
        Identifies a row; with it rows have a check mark and `chosen` holds the keys of the marked ones.
    note : str
        Muted words in the foot.
    nothing : (str, str)
        Title and sentence when there is no row.
    """

    sort = param.String(doc="Name of the column that is sorted by.")
    descending = param.Boolean(doc="Direction.")
    page = param.Integer(default=0, bounds=(0, None), doc="Page, from 0.")
    page_size = param.Integer(default=10, bounds=(1, 500), doc="Rows on a page.")
    chosen = param.List(doc="Keys of the marked rows, on all pages.")
    total = param.Integer(default=0, doc="Rows in all.")

    def __init__(
        self,
        columns: Sequence[Column],
        fetch: Fetch,
        *,
        key: Callable[[Any], str] | None = None,
        note: Text = "",
        nothing: tuple[str, str] = ("Nothing here", ""),
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self.columns, self.fetch, self.key, self.note, self.nothing = tuple(columns), fetch, key, note, nothing
        self._body = Live(on={"sort": self._on_sort, "page": self._on_page, "mark": self._on_mark}, margin=0)
        self.refresh()

    def show(self, columns: Sequence[Column]) -> None:
        """Other columns of the same rows."""
        self.columns = tuple(columns)
        self.refresh()

    @param.depends("sort", "descending", "page", "page_size", "chosen", watch=True)
    def refresh(self) -> None:
        """Fetch the page again and draw it."""
        found = self.fetch(self.sort, self.descending, self.page * self.page_size, self.page_size)
        if not found.rows and self.page > 0 and found.total > 0:
            self.page = (found.total - 1) // self.page_size
            return
        self.total = found.total
        self._body.html = str(self._table(found))

    def _on_sort(self, name: str) -> None:
        again = name == self.sort
        self.param.update(sort=name, descending=not self.descending if again else True, page=0)

    def _on_page(self, page: str) -> None:
        self.page = max(0, int(page))

    def _on_mark(self, key: str, marked: bool) -> None:
        rest = [one for one in self.chosen if one != key]
        self.chosen = [*rest, key] if marked else rest

    def _table(self, found: Rows) -> Markup:
        if not found.rows:
            return empty(*self.nothing)
        head = Markup("").join(self._header(column) for column in self.columns)
        body = Markup("").join(self._row(row) for row in found.rows)
        mark = Markup("<th></th>") if self.key else ""
        return Markup(
            '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><thead><tr>{}{}</tr></thead>'
            "<tbody>{}</tbody></table></div>{}"
        ).format(mark, head, body, self._foot(found))

    def _header(self, column: Column) -> Markup:
        kind = Markup(' class="num"') if column.numeric else ""
        if not column.sortable:
            return Markup("<th{}>{}</th>").format(kind, column.title)
        active = column.name == self.sort
        arrow = (" ↓" if self.descending else " ↑") if active else ""
        order = Markup(' aria-sort="{}"').format("descending" if self.descending else "ascending") if active else ""
        return Markup('<th{}{}><button type="button" data-send="sort" data-value="{}">{}{}</button></th>').format(
            kind, order, column.name, column.title, arrow
        )

    def _row(self, row: Any) -> Markup:
        mark: Text = ""
        if self.key:
            key = self.key(row)
            checked = Markup(" checked") if key in self.chosen else ""
            mark = Markup(
                '<td><input type="checkbox" aria-label="Mark {0}" data-send="mark" data-value="{0}"{1}></td>'
            ).format(key, checked)
        cells = Markup("").join(
            Markup('<td class="{}">{}</td>').format(
                f"{'num' if column.numeric else ''} {'strong' if column.strong else ''}".strip(), column.show(row)
            )
            for column in self.columns
        )
        return Markup("<tr>{}{}</tr>").format(mark, cells)

    def _foot(self, found: Rows) -> Markup:
        first = self.page * self.page_size + 1
        words = f"{first}–{first + len(found.rows) - 1} of {numbers.integer(found.total)}"
        last = max(0, (found.total - 1) // self.page_size)
        note = Markup(" · {}").format(self.note) if self.note else ""
        return Markup('<div class="foot"><span>{}{}</span>{}</div>').format(words, note, self._pages(last))

    def _pages(self, last: int) -> Markup:
        if last == 0:
            return Markup("")

        def step(page: int, face: Text, label: str, *, off: bool = False, here: bool = False) -> Markup:
            return Markup(
                '<button type="button" data-send="page" data-value="{}" aria-label="{}"{}{}>{}</button>'
            ).format(
                page, label, Markup(" disabled") if off else "", Markup(' aria-current="page"') if here else "", face
            )

        near = sorted({0, last, *range(max(0, self.page - 1), min(last, self.page + 1) + 1)})
        parts = [step(self.page - 1, icon("chevron_left"), "Previous page", off=self.page == 0)]
        for before, page in zip([-1, *near], near, strict=False):
            if page - before > 1:
                parts.append(Markup("<span>…</span>"))
            parts.append(step(page, str(page + 1), f"Page {page + 1}", here=page == self.page))
        parts.append(step(self.page + 1, icon("chevron_right"), "Next page", off=self.page >= last))
        return Markup('<span class="pages">{}</span>').format(Markup("").join(parts))

    def __panel__(self) -> Live:
        return self._body


def row_button(send: str, value: str, icon_name: str, label: str, of: str) -> Markup:
    """An icon that does something with one row; `of` names the row for those who cannot see where it stands."""
    return Markup(
        '<button type="button" class="tool" data-send="{}" data-value="{}" title="{}" aria-label="{}: {}">{}</button>'
    ).format(send, value, label, label, of, icon(icon_name))


def simple_table(columns: Sequence[Column], rows: Sequence[Mapping[str, Any] | Any]) -> Markup:
    """A short table without sorting or pages, as HTML."""
    head = Markup("").join(
        Markup("<th{}>{}</th>").format(Markup(' class="num"') if column.numeric else "", column.title)
        for column in columns
    )
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup('<td class="{}">{}</td>').format(
                    f"{'num' if column.numeric else ''} {'strong' if column.strong else ''}".strip(), column.show(row)
                )
                for column in columns
            )
        )
        for row in rows
    )
    return Markup('<div class="scroll"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>').format(
        head, body
    )
