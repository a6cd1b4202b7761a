"""No features yet: the button that starts the job, and how far it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal, cast

import panel as pn
from markupsafe import Markup

from data_catalog.schema import Job
from pfd_panel.components import Live
from pfd_panel.components.jobs import JobCard, JobState
from pfd_panel.components.markup import button, chip, empty
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.pages.job_words import wish
from pfd_panel.server.session import page_session
from pfd_panel.services import extracting, work
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers

LOOK_AGAIN_MS = 500
Control = Literal["run", "pause", "cancel"]


def job_state(job: Job) -> JobState:
    """What a page shows of a job."""
    rate = None
    if job.started_at is not None and job.done_units:
        rate = job.done_units / max((datetime.now(UTC) - job.started_at).total_seconds(), 1e-3)
    told = (job.error or {}).get("message") or job.message or f"Started by {job.owner} {numbers.ago(job.created_at)}"
    if wished := wish(job):
        told = f"{wished} · {told}"
    return JobState(
        job.id, job.title, job.state, job.done_units, job.total_units, f"{job.unit}s", rate, job.eta_s, told
    )


class Extraction:
    """Starts the extraction of what is missing in a dataset and follows it.

    Parameters
    ----------
    context : Context
        Whose catalog.
    dataset : str
        Name of the dataset.
    done : callable
        Called once the features are there.
    sentence : str
        Why nothing is shown, for the empty state.
    """

    def __init__(self, context: Context, dataset: str, done: Callable[[], Any], sentence: str) -> None:
        self.context, self.dataset, self._done, self.sentence = context, dataset, done, sentence
        self.job_id = ""
        self._card: JobCard | None = None
        self._watch: Any = None
        self._head = Live(on={"extract": lambda _: self.start()}, margin=0)
        self.view = pn.Column(self._head, margin=0, sizing_mode="stretch_width")
        self._draw()

    def _draw(self, problem: Markup | str = "") -> None:
        self._head.html = str(
            Markup("{}{}").format(
                empty(
                    "No features yet",
                    self.sentence,
                    button("Extract features", icon_name="functions", send="extract", kind="primary"),
                ),
                problem,
            )
        )

    def start(self) -> None:
        """Queue the job and show it."""
        try:
            job = extracting.start(self.context, self.dataset)
        except EXPECTED_ERRORS as failure:
            words = in_words(failure)
            self._draw(Markup('<div class="row">{}<span class="note">{} {}</span></div>').format(
                chip("alarm", "Not started"), words["message"], words["hint"]
            ))  # fmt: skip
            return
        self.follow(job)

    def follow(self, job: Job) -> None:
        """Show how far a job is until it ends."""
        self.job_id = job.id
        self._card = JobCard(job_state(job), self._request)
        self.view[:] = [self._card]
        if page_session().document is not None:
            self._watch = pn.state.add_periodic_callback(self.look, period=LOOK_AGAIN_MS)
            page_session().on_close(self.stop)

    def look(self) -> None:
        """Show the newest state; when the job is done, what was waited for."""
        job = work.get(self.context, self.job_id)
        assert self._card is not None
        self._card.update(job_state(job))
        if job.state in ("done", "failed", "cancelled"):
            self.stop()
        if job.state == "done":
            self._done()

    def stop(self) -> None:
        """Look no more."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def _request(self, job_id: str, what: str) -> None:
        self.stop()
        if what == "retry":
            self.follow(work.again(self.context, job_id))
        else:
            self.follow(work.control(self.context, job_id, cast(Control, what)))
