"""A job that runs: how far, how fast, how long yet, and what can be done about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, chip
from pfd_panel.theme import numbers

STATE_CHIPS = {
    "queued": ("unknown", "Queued"),
    "running": ("healthy", "Running"),
    "paused": ("watch", "Paused"),
    "done": ("healthy", "Done"),
    "failed": ("alarm", "Failed"),
    "cancelled": ("unknown", "Cancelled"),
}
# how far a job is that has no units to count, or not yet
UNCOUNTED = {"queued": "Waiting", "running": "Working", "paused": "Paused", "done": "Done", "failed": "Failed",
             "cancelled": "Cancelled"}  # fmt: skip


@dataclass(frozen=True)
class JobState:
    """What is shown of a job.

    Attributes
    ----------
    id, title, state : str
        State is one of queued, running, paused, done, failed, cancelled.
    done, total : int
        In `unit`.
    unit : str
        ``signals``.
    rate : float, optional
        Units a second.
    seconds_left : float, optional
        Estimate.
    note : str
        Who started it and when; or the error in words.
    """

    id: str
    title: str
    state: str
    done: int = 0
    total: int = 0
    unit: str = "steps"
    rate: float | None = None
    seconds_left: float | None = None
    note: str = ""


def state_chip(state: str) -> Markup:
    """The chip of a job state."""
    return chip(*STATE_CHIPS.get(state, ("unknown", state)))


def progress(job: JobState) -> Markup:
    """Progress of a job as HTML: line of words, bar, note."""
    if job.total:
        share, words = job.done / job.total, f"{numbers.integer(job.done)} of {numbers.integer(job.total)} {job.unit}"
    else:
        share, words = float(job.state == "done"), UNCOUNTED.get(job.state, job.state)
    speed = f" · {numbers.number(job.rate, 2)} {job.unit}/s" if job.rate and job.state == "running" else ""
    left = (
        f"{numbers.duration(job.seconds_left)} left" if job.seconds_left is not None and job.state == "running" else ""
    )
    still = "" if job.state == "running" else " still"
    return Markup(
        '<div class="line"><span><b>{}</b><span class="muted">{}</span></span><span class="muted">{}</span></div>'
        '<div class="bar{}" role="progressbar" aria-valuenow="{:.0f}" aria-valuemin="0" aria-valuemax="100" '
        'aria-label="{}">'
        '<i style="width:{:.2f}%"></i></div><div class="note">{}</div>'
    ).format(words, speed, left, still, 100 * share, job.title, 100 * share, job.note)


class JobCard(Viewer):
    """Progress and controls of one job.

    Parameters
    ----------
    job : JobState
        What to show first; `update` shows a newer state.
    request : callable
        ``request(job_id, what)`` with ``pause``, ``run``, ``cancel`` or ``retry``.
    """

    def __init__(self, job: JobState, request: Callable[[str, str], Any]) -> None:
        super().__init__()
        self.request = request
        self._body = Live(on={"job": self._on_button}, margin=0)
        self.update(job)

    def update(self, job: JobState) -> None:
        """Show a newer state."""
        self.job = job
        self._body.html = str(
            Markup('<div class="job">{}<div class="row">{}</div></div>').format(progress(job), self._controls())
        )

    def _on_button(self, what: str) -> None:
        self.request(self.job.id, what)

    def _controls(self) -> Markup:
        state = self.job.state
        controls = []
        if state in ("running", "queued"):
            controls.append(button("Pause", icon_name="pause", send="job", value="pause", needs="work"))
        if state == "paused":
            controls.append(
                button("Resume", icon_name="play_arrow", send="job", value="run", kind="primary", needs="work")
            )
        if state in ("running", "queued", "paused"):
            controls.append(button("Cancel", icon_name="close", send="job", value="cancel", needs="work"))
        if state in ("failed", "cancelled"):
            controls.append(
                button("Try again", icon_name="refresh", send="job", value="retry", kind="primary", needs="work")
            )
        controls.append(button("Log", icon_name="article", href=f"/jobs?id={self.job.id}"))
        return Markup("").join(controls)

    def __panel__(self) -> Live:
        return self._body
