"""What people wrote on one signal: a list, and a form to write, change and delete."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import panel as pn
from markupsafe import Markup

from data_catalog.annotations import AnnotationQuery, AnnotationRow
from data_catalog.signals import SignalRow
from pfd_panel.components.background import error_words
from pfd_panel.components.card import card_head, download_link, surface
from pfd_panel.components.fields import FIELD_STYLE, field, select, text_area, text_input
from pfd_panel.components.fields import fields as field_row
from pfd_panel.components.live import Live
from pfd_panel.components.markup import Text, button, for_those_who, icon, needed, sentence
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.errors import EXPECTED_ERRORS, RequestError, in_words
from pfd_panel.server.exchange import Download
from pfd_panel.services import annotating
from pfd_panel.services.context import Context

HELP = (
    "What someone saw in this signal and where: at a moment, on a stretch of time, or at a frequency. Annotations stay "
    "with the signal when it is corrected. Their author changes and deletes them; whoever sees the dataset reads them."
)
KINDS = (("point", "A moment"), ("span", "A stretch of time"), ("frequency", "A frequency"))
SHOWN = 8
"""Annotations that are listed before all of them are asked for."""

STYLE = f"""{FIELD_STYLE}
.notes {{ list-style: none; margin: 0; padding: 0; }}
.notes li {{ display: flex; gap: 8px; align-items: flex-start; padding: 8px 0; border-top: 1px solid var(--p-line); }}
.notes li:first-child {{ border-top: 0; }}
.notes .said {{ flex: 1; min-width: 0; overflow-wrap: anywhere; }}
.notes .words {{ white-space: pre-wrap; margin: 2px 0; }}
.notes .tools {{ flex: none; display: flex; }}
.note-form {{ display: flex; flex-direction: column; gap: 12px; padding-top: 12px; }}
"""


@dataclass
class Draft:
    """What stands in the form, as it was typed; `id` is that of the annotation that is changed."""

    id: str = ""
    kind: str = "point"
    start: str = ""
    stop: str = ""
    frequency: str = ""
    label: str = ""
    text: str = ""

    @classmethod
    def of(cls, row: AnnotationRow) -> "Draft":
        """An annotation in the form."""
        start, stop, frequency = (typed(one) for one in (row.start_s, row.stop_s, row.frequency_hz))
        return cls(row.id, row.kind, start, stop, frequency, row.label, row.text)

    def values(self) -> dict[str, Any]:
        """What the service takes.

        Raises
        ------
        RequestError
            A place is missing or no number.
        """
        told: dict[str, Any] = {"text": self.text, "label": self.label}
        if self.kind == "frequency":
            return {**told, "frequency_hz": number(self.frequency, "the frequency", "162.2")}
        told["start_s"] = number(self.start, "the start" if self.kind == "span" else "the moment", "0.25")
        return {**told, "stop_s": number(self.stop, "the stop", "0.5")} if self.kind == "span" else told


def typed(value: float | None) -> str:
    """A number as a person would type it."""
    return "" if value is None else f"{value:.9g}"


def number(text: str, what: str, example: str) -> float:
    """The number that was typed.

    Raises
    ------
    RequestError
        It is none.
    """
    try:
        return float(text.replace(",", "").replace("\u2212", "-"))
    except ValueError:
        told = f"{what} is missing" if not text else f"{what} {text!r} is not a number"
        raise RequestError(told, hint=f"Write digits, for example {example}.") from None


def place_words(row: AnnotationRow) -> str:
    """What an annotation points at."""
    if row.kind == "frequency":
        return f"{row.frequency_hz:,.7g} Hz"
    return f"{row.start_s:,.7g} s" if row.kind == "point" else f"{row.start_s:,.7g}–{row.stop_s:,.7g} s"


class AnnotationsCard:
    """The annotations of the signal that is shown.

    Parameters
    ----------
    context : Context
        Who reads and writes.
    changed : callable
        ``changed(rows)`` after every change and when another signal is shown: all annotations of it, to be drawn.
    look : callable, optional
        ``look(row)`` shows the place of an annotation in the plots; without it places are words.
    begin : callable, optional
        Where a new annotation begins, as `write` takes it: the place of a cursor.

    Attributes
    ----------
    view : panel.Column
        The card.
    rows : list of AnnotationRow
        What is listed.
    """

    def __init__(
        self,
        context: Context,
        *,
        changed: Callable[[list[AnnotationRow]], Any] = lambda _: None,
        look: Callable[[AnnotationRow], Any] | None = None,
        begin: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        self.context, self._changed, self._look, self._begin = context, changed, look, begin
        self.signal: SignalRow | None = None
        self.rows: list[AnnotationRow] = []
        self.draft: Draft | None = None
        self._all, self._deleted = False, ""
        self._wrong: Exception | None = None
        self._download = download_link(self.as_csv, "Download the annotations as CSV")
        self._head = Live(on={"annotate": lambda _: self.write(**self._begin())}, margin=0)
        self._list = Live(
            margin=0,
            stylesheets=[STYLE],
            on={
                "note-look": self.look,
                "note-edit": self.edit,
                "note-delete": self.delete,
                "note-restore": lambda _: self.restore(),
                "note-all": lambda _: self._show_all(),
            },
        )
        names = ("start", "stop", "frequency", "label", "text")
        self._form = Live(
            margin=0,
            stylesheets=[STYLE],
            visible=False,
            on={
                **{f"note-{name}": self._typing(name) for name in names},
                "note-kind": self._choose_kind,
                "note-save": lambda _: self.save(),
                "note-cancel": lambda _: self.close(),
            },
        )
        self.view: pn.Column = surface(self._head, self._list, self._form)

    def show(self, signal: SignalRow) -> None:
        """List what was written on a signal."""
        self.signal, self._all, self._deleted = signal, False, ""
        self.close()
        self.refresh()

    def refresh(self) -> None:
        """Read the list again."""
        assert self.signal is not None
        query = AnnotationQuery(
            dataset_id=self.signal.dataset_id, signal_id=self.signal.signal_id, sort="place", limit=annotating.MOST
        )
        self.rows = annotating.page(self.context, query).rows
        self._draw()
        self._changed(self.rows)

    # ---- writing ---------------------------------------------------------------------------------------------------

    def write(
        self, *, start_s: float | None = None, stop_s: float | None = None, frequency_hz: float | None = None
    ) -> None:
        """Open the form, with the place of a cursor if one is given; words that were typed already stay."""
        kept = self.draft if self.draft and not self.draft.id else Draft()
        if (start_s, stop_s, frequency_hz) != (None, None, None):
            kept.kind = "frequency" if frequency_hz is not None else "point" if stop_s is None else "span"
            kept.start, kept.stop, kept.frequency = typed(start_s), typed(stop_s), typed(frequency_hz)
        self._open(kept)

    def edit(self, annotation_id: str) -> None:
        """Put an annotation into the form."""
        chosen = self._listed(annotation_id)
        if chosen is not None:
            self._open(Draft.of(chosen))

    def save(self) -> None:
        """Keep what stands in the form, or say there why not."""
        draft, signal = self.draft, self.signal
        if draft is None or signal is None:
            return
        try:
            values = draft.values()
            if draft.id:
                annotating.change(self.context, draft.id, **values)
            else:
                annotating.add(self.context, signal.dataset_id, signal.signal_id, **values)
        except EXPECTED_ERRORS as failure:
            self._wrong = failure
            self._draw_form()
            return
        self._deleted = ""
        self.close()
        self.refresh()

    def close(self) -> None:
        """Put the form away."""
        self.draft, self._wrong = None, None
        self._form.draw_unused(Markup(""))
        self._form.visible = False

    def delete(self, annotation_id: str) -> None:
        """Delete an annotation; the list offers to bring it back."""
        if self._do(lambda: annotating.remove(self.context, annotation_id)):
            self._deleted = annotation_id
            if self.draft and self.draft.id == annotation_id:
                self.close()
            self.refresh()

    def restore(self) -> None:
        """Bring back what was deleted last."""
        gone = self._deleted
        if gone and self._do(lambda: annotating.restore(self.context, gone)):
            self._deleted = ""
            self.refresh()

    def look(self, annotation_id: str) -> None:
        """Show the place of an annotation in the plots."""
        chosen = self._listed(annotation_id)
        if chosen is not None and self._look is not None:
            self._look(chosen)

    def _listed(self, annotation_id: str) -> AnnotationRow | None:
        return next((row for row in self.rows if row.id == annotation_id), None)

    def _do(self, act: Callable[[], Any]) -> bool:
        try:
            act()
        except EXPECTED_ERRORS as failure:
            self._list.html = str(error_words("Not done", failure) + self._listing())
            return False
        return True

    def _typing(self, name: str) -> Callable[[str], None]:
        def hear(value: str) -> None:
            if self.draft is not None:
                setattr(self.draft, name, value if name == "text" else value.strip())

        return hear

    def _choose_kind(self, kind: str) -> None:
        if self.draft is not None:
            self.draft.kind = kind
            self._draw_form()

    def _open(self, draft: Draft) -> None:
        self.draft, self._wrong = draft, None
        self._form.visible = True
        self._draw_form(fresh=True)

    def _show_all(self) -> None:
        self._all = True
        self._draw()

    # ---- as HTML ---------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        count = f"{len(self.rows)}" if self.rows else ""
        tools = _tool("annotate", "", "add_comment", "Annotate") + self._download
        self._head.html = str(card_head("Annotations", count, right=tools, help_text=HELP))
        self._list.html = str(self._listing())

    def _listing(self) -> Markup:
        undo: Markup | str = ""
        if self._deleted:
            undo = Markup('<p class="row note" role="status">Deleted.{}</p>').format(
                button("Undo", send="note-restore", needs="work")
            )
        if not self.rows:
            nothing = Markup('<p class="note">Nothing is written on this signal.</p>') if not self._deleted else ""
            return Markup("{}{}").format(undo, nothing)
        shown = self.rows if self._all else self.rows[:SHOWN]
        items = Markup("").join(map(self._item, shown))
        hidden = len(self.rows) - len(shown)
        more = button(f"Show all {len(self.rows)}", send="note-all") if hidden else Markup("")
        return Markup('{}<ul class="notes">{}</ul>{}').format(undo, items, more)

    def _item(self, row: AnnotationRow) -> Markup:
        place: Text = place_words(row)
        if self._look is not None:
            place = Markup(
                '<button type="button" class="link" data-send="note-look" data-value="{}" aria-label="Show {}">{}'
                "</button>"
            ).format(row.id, place, place)
        label = Markup("<b>{}</b> ").format(row.label) if row.label else ""
        words = Markup('<div class="words">{}</div>').format(row.text) if row.text else ""
        changed = f", changed by {row.changed_by}" if row.changed_by != row.author else ""
        told = Markup('<div class="note">{} · {:%Y-%m-%d %H:%M} UTC{}</div>').format(
            row.author, row.created_at, changed
        )
        tools: Markup | str = ""
        if self.context.owns(row.author):
            named = row.label or row.text.splitlines()[0]
            tools = Markup('<span class="tools">{}{}</span>').format(
                _tool("note-edit", row.id, "edit", f"Change {named}"),
                _tool("note-delete", row.id, "delete", f"Delete {named}"),
            )
        return Markup('<li><div class="said">{}{}{}{}</div>{}</li>').format(label, place, words, told, tools)

    def _draw_form(self, *, fresh: bool = False) -> None:
        draft = self.draft
        assert draft is not None
        wrong: Text = ""
        if self._wrong is not None:
            said = in_words(self._wrong)
            wrong = Markup('<div class="field bad"><span class="wrong" role="alert">{} {}</span></div>').format(
                sentence(said["message"]), sentence(said["hint"])
            )
        places = {
            "point": [("start", "Moment", draft.start, "s")],
            "span": [("start", "Start", draft.start, "s"), ("stop", "Stop", draft.stop, "s")],
            "frequency": [("frequency", "Frequency", draft.frequency, "Hz")],
        }[draft.kind]
        parts = [
            field("Where", select("note-kind", KINDS, draft.kind)),
            *(
                field(title, text_input(f"note-{name}", value, unit=unit, number=True))
                for name, title, value, unit in places
            ),
            field("Label", text_input("note-label", draft.label, placeholder="outer race")),
            field("Text", text_area("note-text", draft.text, placeholder="What is to be seen here"), wide=True),
        ]
        action = "Save" if draft.id else "Annotate"
        tools = Markup('<div class="row">{}{}</div>').format(
            button(action, icon_name="check", send="note-save", kind="primary", needs="work"),
            button("Cancel", send="note-cancel"),
        )
        html = for_those_who(
            "work", Markup('<div class="note-form">{}{}{}</div>').format(field_row(*parts), wrong, tools)
        )
        if fresh:
            self._form.draw_unused(html)
        else:
            self._form.html = str(html)

    def as_csv(self) -> Download:
        """The list as a file."""
        names = ("start_s", "stop_s", "frequency_hz", "label", "text", "author")
        told = [[*(getattr(row, name) for name in names), row.created_at.isoformat()] for row in self.rows]
        stem = f"{self.signal.recording}_{self.signal.channel}".replace("/", "_") if self.signal else "signal"
        return csv_file(f"{stem}_annotations.csv", (*names, "created_at"), told)


def _tool(send: str, value: str, icon_name: str, title: str) -> Markup:
    return Markup(
        '<button type="button" class="tool" data-send="{}" data-value="{}"{} title="{}" aria-label="{}">{}</button>'
    ).format(send, value, needed("work"), title, title, icon(icon_name))
