"""One dataset: versions, words about it, download, delete, and what to do with it next."""

from collections.abc import Callable
from typing import Any

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.datasets import DatasetSummary
from data_catalog.schema import Job
from pfd_panel.components.background import in_background
from pfd_panel.components.card import card
from pfd_panel.components.fields import FIELD_STYLE, field, text_area, text_input
from pfd_panel.components.layout import grid, stack
from pfd_panel.components.live import Live, static
from pfd_panel.components.markup import bar, button, needed, page_head
from pfd_panel.pages.datasets import words
from pfd_panel.pages.factory import report, toast
from pfd_panel.pages.job_words import outcome
from pfd_panel.pages.seen_by import seen_by_field
from pfd_panel.pages.watch import JobWatch
from pfd_panel.server.exchange import Download
from pfd_panel.server.session import page_session
from pfd_panel.services import collections, exporting, extracting
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers


class DatasetDetail(Viewer):
    """Everything about one dataset.

    Parameters
    ----------
    context : Context
    summary : DatasetSummary
        What is shown.
    on_gone : callable
        Called when the dataset was deleted.
    """

    def __init__(self, context: Context, summary: DatasetSummary, *, on_gone: Callable[[], Any]) -> None:
        super().__init__()
        self.context, self.summary, self.on_gone = context, summary, on_gone
        self.wanted = {
            "name": summary.name,
            "notes": summary.notes,
            "visibility": summary.visibility,
            "tags": ", ".join(collections.tags_of(context, "dataset", summary.id)),
        }
        self.head = Live(margin=0, on={"features": lambda _: self.extract()})
        self.jobs = pn.Column(static(Markup("")), margin=0, sizing_mode="stretch_width", visible=False)
        self.form = Live(
            margin=0,
            stylesheets=[FIELD_STYLE],
            on={name: self._setter(name) for name in self.wanted},
        )
        self.save_row = Live(
            Markup('<div class="row" style="margin-top:12px">{}</div>').format(
                button("Save", icon_name="save", send="save", kind="primary", needs="work")
            ),
            on={"save": lambda _: self.save()},
            margin=0,
        )
        self.download = Live(on={"export": lambda _: self.export()}, margin=0)
        self.danger = Live(
            on={"ask": lambda _: self._draw_delete(asked=True), "keep": lambda _: self._draw_delete(asked=False),
                "delete": lambda _: self.delete()},
            margin=0,
        )  # fmt: skip
        self._draw_head()
        self._draw_form()
        self._draw_download()
        self._draw_delete(asked=False)

    def __panel__(self) -> pn.Column:
        about = card("About", self.form, self.save_row, qualifier="name, notes, tags and who sees it")
        balance = card("Classes", static(words.classes(self.summary, 20)), qualifier=words.counts(self.summary))
        versions = collections.versions(self.context, self.summary.id)
        return stack(
            self.head,
            self.jobs,
            grid((balance, 5), (about, 7)),
            card(
                "Versions",
                static(words.versions_table(versions)),
                qualifier="immutable; an import or a correction makes a new one",
            ),
            grid(
                (card("Download", self.download, qualifier="HDF5 with rates and labels, imports back as it is"), 6),
                *self._delete_card(),
            ),
        )

    # ---- head and next steps ---------------------------------------------------------------------------------------

    def _draw_head(self) -> None:
        name = self.summary.name
        identity = Markup("{} {} · {} · changed {}").format(
            words.kind_chip(self.summary.synthetic),
            words.counts(self.summary),
            words.version_words(self.summary),
            numbers.ago(self.summary.updated_at),
        )
        self.head.html = str(
            page_head(
                name,
                identity,
                button("Import more", icon_name="upload_file", href=words.address("/import", name)),
                button("Extract features", icon_name="functions", send="features", needs="work"),
                button("Open in Explorer", icon_name="scatter_plot", href=words.address("/explorer", name)),
                button("Train", icon_name="science", href=words.address("/train", name), kind="primary"),
            )
        )

    def extract(self) -> None:
        """Queue the extraction of missing features and follow it here."""
        coverage = extracting.coverage(self.context, self.summary.name)
        if coverage.signals and coverage.present == coverage.signals:
            toast(f"All {numbers.integer(coverage.signals)} signals have their features.", "info")
            return
        follow = JobWatch(self.context, extracting.start(self.context, self.summary.name).id, self._extracted)
        self.jobs[:] = [card("Features", follow)]
        self.jobs.visible = True

    def _extracted(self, job: Job) -> None:
        toast(f"Features: {outcome(job)}.", "success" if job.state == "done" else "warning")

    # ---- words -----------------------------------------------------------------------------------------------------

    def _setter(self, name: str) -> Callable[[str], None]:
        def take(value: str) -> None:
            self.wanted[name] = value

        return take

    def _draw_form(self, wrong: str = "") -> None:
        self.form.html = str(
            Markup('<div class="fields"{}>{}{}{}{}</div>').format(
                needed("work"),
                field("Name", text_input("name", self.wanted["name"]), wrong=wrong),
                field("Tags", text_input("tags", self.wanted["tags"]), note="separated by commas"),
                seen_by_field(self.context, self.wanted["visibility"], self.summary.owner),
                field("Notes", text_area("notes", self.wanted["notes"]), wide=True),
            )
        )

    def save(self) -> None:
        """Store name, notes, tags and who sees it."""
        try:
            name, notes = self.wanted["name"].strip(), self.wanted["notes"]
            collections.update(self.context, self.summary.id, name=name, notes=notes)
            marks = [word.strip() for word in self.wanted["tags"].split(",") if word.strip()]
            collections.tag(self.context, "dataset", self.summary.id, marks)
            if self.wanted["visibility"] != self.summary.visibility:
                collections.share(self.context, self.summary.id, self.wanted["visibility"])
        except Exception as failure:
            if not hasattr(failure, "hint"):
                raise
            self._draw_form(f"{failure}. {failure.hint}")
            return
        self.summary = collections.get(self.context, self.summary.id)
        self._draw_form()
        self._draw_head()
        toast("Saved.")

    # ---- download --------------------------------------------------------------------------------------------------

    def _draw_download(self, note: Markup | str = "", *, busy: bool = False) -> None:
        control = button("Prepare the file", icon_name="archive", send="export", disabled=busy)
        self.download.html = str(
            Markup('<div class="row">{}{}</div>').format(control if not note or busy else "", note)
        )

    def export(self) -> None:
        """Write the file in a thread, then offer it."""
        name, context = self.summary.name, self.context
        state = {"done": 0, "total": self.summary.signals}

        def show() -> None:
            share = state["done"] / (state["total"] or 1)
            words_ = f"{numbers.integer(state['done'])} of {numbers.integer(state['total'])} signals"
            self._draw_download(
                Markup('{}<span class="note">{}</span>').format(bar(share, label=words_), words_), busy=True
            )

        told = page_session().live(show)

        def progress(done: int, total: int) -> None:
            state.update(done=done, total=total)
            told()

        def offer(path: Any) -> None:
            address = page_session().offer(lambda: Download(path.name, path, "application/x-hdf5"))
            size = numbers.size(path.stat().st_size)
            link = Markup('<a class="button primary" href="{}" download>Download {} ({})</a>').format(
                address or "#", path.name, size
            )
            self._draw_download(link)

        def failed(failure: Exception) -> None:
            self._draw_download()
            report(failure)

        show()
        in_background(lambda: exporting.export(context, name, progress=progress), offer, failed)

    # ---- delete ----------------------------------------------------------------------------------------------------

    def _delete_card(self) -> list[tuple[Any, int]]:
        may = self.context.user.may("work")
        return [(card("Delete", self.danger, qualifier="can be brought back for 30 days"), 6)] if may else []

    def _draw_delete(self, *, asked: bool) -> None:
        if not asked:
            self.danger.html = str(button("Delete this dataset", icon_name="delete", send="ask", kind="danger"))
            return
        self.danger.html = str(
            Markup('<p class="note" style="margin-bottom:8px">{}</p><div class="row">{}{}</div>').format(
                f"{self.summary.name} with {words.counts(self.summary)} will disappear from every page. Models trained "
                "on it stay. It can be brought back from the list of datasets for 30 days.",
                button("Delete it", icon_name="delete", send="delete", kind="danger"),
                button("Keep it", send="keep"),
            )
        )

    def delete(self) -> None:
        """Take the dataset out of sight."""
        collections.delete(self.context, self.summary.id)
        toast(f"{self.summary.name} was deleted; it can be brought back below.", "info")
        self.on_gone()
