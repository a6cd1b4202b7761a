"""No features yet: the button that starts the job, and how far it is."""

from collections.abc import Callable
from typing import Any

import panel as pn
from markupsafe import Markup

from data_catalog.schema import Job
from pfd_panel.components import Live
from pfd_panel.components.markup import button, chip, empty
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.pages.watch import JobWatch
from pfd_panel.services import extracting
from pfd_panel.services.context import Context


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
        self.watch: JobWatch | None = None
        self._head = Live(on={"extract": lambda _: self.start()}, margin=0)
        self.view = pn.Column(self._head, margin=0, sizing_mode="stretch_width")
        self._draw()

    def _draw(self, problem: Markup | str = "") -> None:
        self._head.html = str(
            Markup("{}{}").format(
                empty(
                    "No features yet",
                    self.sentence,
                    button("Extract features", icon_name="functions", send="extract", kind="primary", needs="work"),
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
        self.watch = JobWatch(self.context, job.id, self._ended)
        self.view[:] = [self.watch]

    def _ended(self, job: Job) -> None:
        if job.state == "done":
            self._done()

    def stop(self) -> None:
        """Look no more."""
        if self.watch is not None:
            self.watch.stop()
