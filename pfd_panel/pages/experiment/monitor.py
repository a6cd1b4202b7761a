"""An experiment while it runs: how far, how well, what it uses and what it says, and the controls."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.jobs import FINISHED
from data_catalog.schema import Job, JobEvent
from pfd_panel.components import Live, card, grid, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words
from pfd_panel.components.jobs import JobCard
from pfd_panel.components.slot import Slot
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.experiment.charts import Charts
from pfd_panel.pages.experiment.log import LogCard
from pfd_panel.pages.experiment.resources import ResourceCard, Used
from pfd_panel.pages.experiment.results import runs_table
from pfd_panel.pages.experiment.series import Measured, part_words
from pfd_panel.pages.job_words import ask, job_state
from pfd_panel.services.context import Context
from pfd_panel.services.experiments import ExperimentDetail
from pfd_panel.theme import numbers


@dataclass(frozen=True)
class Look:
    """What one look at an experiment found; `lines` of the log are those after the last look."""

    detail: ExperimentDetail
    measured: Measured
    lines: tuple[JobEvent, ...]
    used: Used | None


def state_now(job: Job, measured: Measured) -> list[tuple[str, str]]:
    """The newest numbers of what is learned now, as names and values."""
    part = measured.newest_part
    run = max((run for run, one, _ in measured.points if one == part), default=0)
    if not run:
        return []
    learning = "Learned last" if job.state in FINISHED else "Learning"
    found = [(learning, f"{part_words(part)}, seed {measured.seeds[run]}")]
    shown: tuple[tuple[str, str, Callable[[float | None], str]], ...] = (
        ("train_loss", "Loss, training", lambda one: numbers.number(one, 3)),
        ("valid_loss", "Loss, validation", lambda one: numbers.number(one, 3)),
        ("valid_record_accuracy", "Validation recordings right", numbers.percent),
        ("learning_rate", "Learning rate", lambda one: numbers.number(one, 2)),
        ("gradient_norm", "Gradient norm", lambda one: numbers.number(one, 3)),
        ("samples_per_s", "Windows a second", lambda one: numbers.integer(one)),
        ("stall_share", "Waited for data", numbers.percent),
    )
    for name, words, told in shown:
        value = measured.last(run, part, name)
        if value is not None:
            found.append((words, told(value)))
    best = measured.best_epoch(run, part)
    if best is not None:
        found.append(("Best epoch so far", str(best)))
    return found


class Monitor(Viewer):
    """The tab; `show` draws a look, `again` is called after something was asked of the job.

    Parameters
    ----------
    epochs : bool
        Whether what is trained learns epoch by epoch.
    """

    def __init__(
        self,
        context: Context,
        detail: ExperimentDetail,
        *,
        epochs: bool,
        chosen: Callable[[int, str], object],
        again: Callable[[], object],
        run: int = 0,
        part: str = "",
    ) -> None:
        super().__init__()
        self.context, self.epochs, self._again = context, epochs, again
        self.job = detail.job
        self.card = JobCard(job_state(self.job), self._ask) if self.job is not None else None
        self.said = Live(margin=0)
        self.runs = Live(margin=0)
        self.now = Live(margin=0)
        self.charts = Charts(chosen, run=run, part=part) if epochs else None
        self.curves = Slot()
        self.resources = ResourceCard()
        self.log = LogCard(context, self.job.id) if self.job is not None else None
        self._drawn = ""
        self._measured: Measured | None = None

    def _ask(self, job_id: str, what: str) -> None:
        try:
            ask(self.context, job_id, what)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not done", failure))
            return
        self.said.html = ""
        self._again()

    def show(self, look: Look) -> None:
        """Draw what a look found."""
        job = self.job = look.detail.job
        self.runs.html = str(runs_table(look.detail.runs))
        if job is None or self.card is None:
            return
        self.card.update(job_state(job))
        if self.log is not None:
            self.log.show(look.lines)
        self.resources.show(look.used, running=job.state not in FINISHED)
        if self.charts is not None and look.measured is not self._measured:
            self._measured = look.measured
            self.charts.show(look.measured)
            told = state_now(job, look.measured)
            nothing = Markup('<p class="note">The first numbers come at the end of the first epoch.</p>')
            self.now.html = str(m.key_values(told) if told else nothing)
        self._put_curves(job, look.measured)

    def _put_curves(self, job: Job, measured: Measured) -> None:
        shown = "curves" if measured.points else "ended" if job.state in FINISHED else "waiting"
        if self.charts is None:
            shown = "none"
        if shown == self._drawn:
            return
        self._drawn = shown
        if shown == "curves":
            self.curves.put(self.charts)
            return
        words = {
            "none": (
                "No epochs",
                "This model is fitted to all windows at once, so there are no curves: its result is in the tab Results "
                "as soon as a seed is done.",
            ),
            "ended": ("No curves", "It ended before the first epoch did."),
            "waiting": ("No curves yet", "The first point arrives when the first epoch ends."),
        }[shown]
        self.curves.put(card("Curves", static(m.empty(*words))))

    def __panel__(self) -> object:
        if self.card is None or self.log is None:
            gone = m.empty("Its job is gone", "Jobs are kept for a while; what the seeds left is in the tab Results.")
            return stack(static(gone), card("Seeds", self.runs))
        seeds = card("Seeds", self.runs, qualifier="each leaves a model version")
        top = (
            grid((stack(card("Progress", self.card, self.said), seeds), 7), (card("Now", self.now), 5))
            if self.epochs
            else grid((card("Progress", self.card, self.said), 6), (seeds, 6))
        )
        return stack(top, self.curves, grid((self.log, 7), (self.resources, 5)))
