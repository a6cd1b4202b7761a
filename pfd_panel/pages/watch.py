"""A job on a page that started it: live progress, controls, and what happens at its end."""

from collections.abc import Callable

import panel as pn
from panel.viewable import Viewer

from data_catalog.jobs import FINISHED
from data_catalog.schema import Job
from pfd_panel.components import Live
from pfd_panel.components.background import error_words
from pfd_panel.components.jobs import JobCard
from pfd_panel.components.poller import Poller
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.job_words import ask, job_state
from pfd_panel.services import work
from pfd_panel.services.context import Context


class JobWatch(Viewer):
    """The card of one job, kept current until the job has ended.

    Parameters
    ----------
    job_id : str
        Which.
    on_end : callable, optional
        Gets the job's row once, when it is done, failed or cancelled.
    """

    job: Job
    """As it was seen last."""

    def __init__(self, context: Context, job_id: str, on_end: Callable[[Job], object] | None = None) -> None:
        super().__init__()
        self.context, self.job_id, self.on_end = context, job_id, on_end
        self.said = Live(margin=0)
        self.job = work.get(context, job_id)
        self.card = JobCard(job_state(self.job), self._ask)
        self.poller: Poller[Job] | None = None
        self._layout = pn.Column(self.card, self.said, margin=0, sizing_mode="stretch_width")
        self._follow(self.job)

    def _follow(self, job: Job) -> None:
        if job.state not in FINISHED and self.poller is None:
            news = work.news(self.context, self.job_id)
            self.poller = Poller(lambda: work.get(self.context, self.job_id), self._show, self._lost, news=news)
        self._show(job)

    def _ask(self, job_id: str, what: str) -> None:
        try:
            job = ask(self.context, job_id, what)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not done", failure))
            return
        self.said.html = ""
        self._follow(job)

    def look(self) -> None:
        """Look now."""
        if self.poller is not None:
            self.poller.look()

    def stop(self) -> None:
        """Look no more."""
        if self.poller is not None:
            self.poller.stop()
            self.poller = None

    def _show(self, job: Job) -> None:
        self.job = job
        self.card.update(job_state(job))
        if job.state not in FINISHED:
            return
        self.stop()
        if self.on_end is not None:
            self.on_end(job)

    def _lost(self, failure: Exception) -> None:
        self.said.html = str(error_words("Progress unknown", failure))

    def __panel__(self) -> pn.Column:
        return self._layout
