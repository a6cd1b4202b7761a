"""On the way into use: stage and history, the files a model leaves in and what they cost, where it comes from."""

from collections.abc import Callable
from typing import Any

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.schema import Job, ModelVersion, StageChange
from pfd_panel.components import Live, card, grid, stack
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words
from pfd_panel.components.fields import FIELD_STYLE, field, fields, select, text_area
from pfd_panel.components.slot import Slot
from pfd_panel.components.table import Column, DataTable, Rows
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.result.model_files import files_table, measured_cards, usage_card
from pfd_panel.pages.result.origin import Origin
from pfd_panel.pages.result.stage_chip import STAGE_WORDS, stage_chip
from pfd_panel.pages.result.words import model_title
from pfd_panel.pages.watch import JobWatch
from pfd_panel.services import registering, training, work
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers

UNDER_WAY = ("queued", "running", "paused")


class Shipping(Viewer):
    """The tab "Ship" of a model version.

    Parameters
    ----------
    changed : callable, optional
        Told of the version with its new stage.
    """

    def __init__(
        self, context: Context, model: ModelVersion, changed: Callable[[ModelVersion], object] = lambda _: None
    ) -> None:
        super().__init__()
        self.context, self.model, self.changed = context, model, changed
        self.wanted = "production" if model.stage in ("none", "candidate") else "retired"
        self.reason = ""
        self.form = Live(
            on={"stage": self.choose, "reason": self.give_reason, "promote": self.promote},
            stylesheets=[FIELD_STYLE],
            margin=0,
        )
        self.said = Live(margin=0)
        self.history = DataTable(
            _history_columns(),
            self._changes,
            page_size=6,
            nothing=("No change yet", "A version starts without a stage; each change is kept here with its reason."),
        )
        self.make = Live(on={"export": self.export}, margin=0)
        self.failed = Live(margin=0)
        self.progress, self.files, self.measured = Slot(), Slot(), Slot()
        self.origin = Origin(context, model)
        self._draw_form()
        self._show_files()
        self._find_job()

    def choose(self, stage: str) -> None:
        """Take another stage into view."""
        self.wanted = stage
        self._draw_form()

    def give_reason(self, text: str) -> None:
        """Keep what was typed."""
        self.reason = text.strip()

    def promote(self, _: str) -> None:
        """Move the version to the chosen stage."""
        try:
            moved = registering.promote(self.context, self.model.id, self.wanted, self.reason)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not changed", failure))
            return
        self.model = training.get(self.context, self.model.id)
        self.reason = ""
        gone = f" {moved.retired} left production for it." if moved.retired else ""
        self.said.html = str(
            Markup('<span class="note" role="status">{}: {}.{}</span>').format(
                moved.model, STAGE_WORDS[moved.stage].lower(), gone
            )
        )
        self._draw_form(used=True)
        self.history.refresh()
        self.changed(self.model)

    def export(self, _: str) -> None:
        """Queue the making of every file."""
        try:
            job = registering.export(self.context, self.model.id)
        except EXPECTED_ERRORS as failure:
            self.failed.html = str(error_words("Not started", failure))
            return
        self.failed.html = ""
        self._watch(job.id)

    def _draw_form(self, *, used: bool = False) -> None:
        now = Markup('<div class="row" style="margin-bottom:12px">{} <span class="muted">{}</span></div>').format(
            stage_chip(self.model.stage) or STAGE_WORDS["none"],
            f"{self.model.name}@{self.model.stage} means this version"
            if self.model.stage in ("production", "candidate")
            else "asked for by its number",
        )
        choices = [(one, words) for one, words in STAGE_WORDS.items() if one != self.model.stage]
        if self.wanted == self.model.stage:
            self.wanted = choices[0][0]
        form = Markup("{}{}").format(
            fields(
                field("New stage", select("stage", choices, self.wanted)),
                field(
                    "Reason",
                    text_area("reason", self.reason, placeholder="Two weeks beside the old one, no miss", rows=2),
                    note="Kept in the history for good, with your name.",
                    wide=True,
                ),
            ),
            Markup('<div class="row" style="margin-top:12px">{}</div>').format(
                m.button("Change the stage", icon_name="publish", send="promote", kind="primary", needs="work")
            ),
        )
        html = Markup("{}{}").format(now, form if self.context.user.may("work") else "")
        if used:
            self.form.draw_unused(html)
        else:
            self.form.html = str(html)

    def _changes(self, _sort: str, _descending: bool, offset: int, limit: int) -> Rows:
        rows = registering.stage_history(self.context, self.model.id)
        return Rows(rows[offset : offset + limit], len(rows))

    def _show_files(self) -> None:
        told = registering.card(self.context, self.model.id)
        self.card = told
        measured = [one for one in told.files if one.report is not None]
        verb = "Make and measure" if told.exportable else "Measure"
        words = f"{verb} again" if len(measured) == len(told.files) else verb
        self.make.html = str(
            Markup('<div class="row" style="margin-top:12px">{}<span class="note">{}</span></div>').format(
                m.button(words, icon_name="archive", send="export", needs="work"),
                "A job: every file is asked the same real windows as the model, and timed."
                + (" 8-bit weights are tested by a network that is trained again for it." if told.exportable else ""),
            )
        )
        self.files.put(files_table(self.context, self.model, told, self.make, self.failed))
        parts: list[Any] = [*measured_cards(told), *usage_card(told)]
        self.measured.put(stack(*parts))

    def _find_job(self) -> None:
        title = model_title(self.model)
        for job in work.page(self.context, states=UNDER_WAY, kinds=("export_model",), limit=20)[0]:
            if job.params.get("model") == title:
                self._watch(job.id)
                return

    def _watch(self, job_id: str) -> None:
        try:
            watch = JobWatch(self.context, job_id, on_end=self._ended)
        except EXPECTED_ERRORS as failure:
            self.failed.html = str(error_words("No such job", failure))
            return
        self.progress.put(card("Making the files", watch))

    def _ended(self, job: Job) -> None:
        if job.state != "done":
            return
        refused = job.result.get("refused", ())
        self.failed.html = str(
            Markup("").join(
                Markup('<div class="warn">{}<span>{}</span></div>').format(m.chip("watch", "Not made"), one["refused"])
                for one in refused
            )
        )
        self._show_files()
        self.origin.show()

    def __panel__(self) -> pn.Column:
        return stack(
            grid(
                (
                    card(
                        "Stage",
                        self.form,
                        self.said,
                        help_text="One version of a name is in production at a time: programs ask for it as "
                        "name@production. Promoting another retires it in the same moment. Nothing is removed from the "
                        "history.",
                    ),
                    5,
                ),
                (card("History", self.history, qualifier=f"of all versions of {self.model.name}"), 7),
            ),
            self.files,
            self.progress,
            self.measured,
            self.origin,
        )


def _history_columns() -> list[Column]:
    def move(row: StageChange) -> Markup:
        before = stage_chip(row.before) or Markup('<span class="muted">{}</span>').format(STAGE_WORDS[row.before])
        after = stage_chip(row.after) or Markup('<span class="muted">{}</span>').format(STAGE_WORDS[row.after])
        return Markup('<span class="row" style="flex-wrap:nowrap">{}<span class="muted">→</span>{}</span>').format(
            before, after
        )

    def reason(row: StageChange) -> Markup:
        return Markup(
            '<div style="white-space:normal;min-width:220px;padding:4px 0;overflow-wrap:anywhere">{}</div>'
        ).format(row.reason)

    return [
        Column("at", "When", lambda r: numbers.clock(r.at), sortable=False),
        Column("number", "Version", lambda r: f"{r.name}:{r.number}", sortable=False, strong=True),
        Column("move", "From and to", move, sortable=False),
        Column("reason", "Reason", reason, sortable=False),
        Column("user", "By", lambda r: r.user, sortable=False),
    ]
