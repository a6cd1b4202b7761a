"""The card that makes reports of models: a button, the job while it runs, and the files of those made before."""

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.jobs import FINISHED
from data_catalog.schema import Job
from pfd_panel.components import Live, card, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words
from pfd_panel.components.slot import Slot
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.result.words import job_href, link
from pfd_panel.pages.watch import JobWatch
from pfd_panel.server.exchange import Download
from pfd_panel.server.session import page_session
from pfd_panel.services import reporting
from pfd_panel.services.context import Context
from pfd_panel.services.health import size_words
from pfd_panel.theme import numbers

HELP = (
    "The report says what the test found and what that is worth: the data with its hash, the split and what the leak "
    "check found, scores with intervals beside guessing and a baseline, what was taken for what, the limits in plain "
    "words, and the command that repeats it. The HTML is one file that needs nothing else, not even a network."
)


class Reporting(Viewer):
    """Make the report of a model, or the comparison of several, and fetch it.

    Parameters
    ----------
    references : sequence of str
        Ids of the model versions.
    """

    def __init__(self, context: Context, references: Sequence[str]) -> None:
        super().__init__()
        self.context, self.references = context, list(references)
        self.go, self.said = Live(on={"report": self.start}, margin=0), Live(margin=0)
        self.progress, self.made = Slot(), Slot()
        self.watch: JobWatch | None = None
        self._draw()
        under_way = next((job for job in self.jobs if job.state not in FINISHED), None)
        if under_way is not None:
            self._follow(under_way.id)

    def _draw(self) -> None:
        self.jobs = reporting.made(self.context, self.references)
        done = [job for job in self.jobs if job.state == "done"]
        label = "Make it again" if done else "Make a report"
        self.go.html = str(m.button(label, icon_name="description", send="report", needs="work"))
        lines = Markup("").join(self._line(job) for job in done)
        nothing = Markup('<p class="note">{}</p>').format("No report has been made yet.")
        self.made.put(static(Markup('<div class="reports">{}</div>').format(lines) if done else nothing))

    def _line(self, job: Job) -> Markup:
        """When a report was made, by whom, and its files."""
        ways = Markup(" ").join(self._way(job, one) for one in reporting.files(self.context, job.id))
        when = link(job_href(job.id), numbers.clock(job.finished_at or job.created_at))
        return Markup(
            '<div class="row" style="justify-content:space-between;flex-wrap:wrap;gap:8px;padding:6px 0;'
            'border-top:1px solid var(--p-line)"><span>{} <span class="muted">by {}</span></span>'
            '<span class="row" style="gap:8px">{}</span></div>'
        ).format(when, job.owner, ways)

    def _way(self, job: Job, one: reporting.ReportFile) -> Markup:
        address = page_session().offer(self._download(job.id, one.format))
        if not address:
            return Markup("<span>{}</span>").format(one.name)
        return Markup(
            '<a class="button" href="{}" download="{}" title="{}">{}{} <span class="muted">{}</span></a>'
        ).format(address, one.name, one.name, m.icon("download"), one.format.upper(), size_words(one.bytes))

    def _download(self, job_id: str, form: str) -> Callable[[], Download]:
        def produce() -> Download:
            found, place = reporting.file(self.context, job_id, form)
            return Download(found.name, place, found.media_type)

        return produce

    def start(self, _: str = "") -> None:
        """Queue the report."""
        try:
            job = reporting.start(self.context, self.references)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not started", failure))
            return
        self.said.html = ""
        self._follow(job.id)

    def _follow(self, job_id: str) -> None:
        self.watch = JobWatch(self.context, job_id, on_end=self._ended)
        if self.watch.job.state not in FINISHED:
            self.progress.put(self.watch)

    def _ended(self, job: Job) -> None:
        if job.state == "done":
            self.progress.put()
        self._draw()

    def __panel__(self) -> pn.Column:
        what = "this model" if len(self.references) == 1 else "this comparison"
        parts: list[Any] = [self.made, self.progress, self.said, pn.Column(self.go, margin=(12, 0, 0, 0))]
        return card("Report", *parts, qualifier=f"of {what}, as PDF and HTML", help_text=HELP)
