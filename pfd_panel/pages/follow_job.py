"""A job that was started on a page, followed there until it ends."""

from collections.abc import Callable
from typing import Any

from panel.viewable import Viewer

from data_catalog.schema import Job
from pfd_panel.components.jobs import JobCard
from pfd_panel.components.live import Live
from pfd_panel.pages.background import repeat
from pfd_panel.pages.job_words import ENDED, job_state
from pfd_panel.services import work
from pfd_panel.services.context import Context

LOOK_AGAIN_MS = 300


class JobFollow(Viewer):
    """Progress and controls of one job.

    Parameters
    ----------
    context : Context
    job : Job
        What was started.
    on_end : callable
        ``on_end(job)`` once it is done, failed or cancelled.
    """

    def __init__(self, context: Context, job: Job, on_end: Callable[[Job], Any]) -> None:
        super().__init__()
        self.context, self.on_end, self.job = context, on_end, job
        self.card = JobCard(job_state(job), self.request)
        repeat(self.refresh, LOOK_AGAIN_MS)

    def refresh(self) -> bool:
        """Look at the job again; whether it goes on."""
        job = work.get(self.context, self.job.id)
        before, self.job = self.job, job
        seen = ("state", "done_units", "total_units", "requested", "message", "eta_s")
        if any(getattr(job, name) != getattr(before, name) for name in seen):
            self.card.update(job_state(job))
        if job.state not in ENDED:
            return True
        self.on_end(job)
        return False

    def request(self, job_id: str, what: str) -> None:
        """Pause, resume, cancel, or queue it once more."""
        if what != "retry":
            self.job = work.control(self.context, job_id, what)
            self.card.update(job_state(self.job))
            return
        self.job = work.again(self.context, job_id)
        self.card.update(job_state(self.job))
        repeat(self.refresh, LOOK_AGAIN_MS)

    def __panel__(self) -> Live:
        return self.card.__panel__()
