"""How long it will take and how much memory it needs, computed anew while options change."""

import json
from typing import Any

from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components import Live, card
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.markup import Text
from pfd_panel.services import estimating
from pfd_panel.services.context import Context
from pfd_panel.services.estimating import Estimate
from pfd_panel.theme import numbers

Question = tuple[str, dict[str, Any], tuple[int, ...]]
"""Dataset, configuration and seeds."""


def time_words(found: Estimate) -> Text:
    """The time of all seeds, or that it is not known."""
    if found.seconds_a_seed is None:
        return "not known"
    return f"{'at most ' if found.windows_per_s else 'about '}{numbers.duration(found.seconds_a_seed)}"


def estimate_rows(found: Estimate) -> list[tuple[str, Text]]:
    """Time, memory and sizes as names and values."""
    rows: list[tuple[str, Text]] = [("Time of a seed", time_words(found))]
    if found.seconds_a_seed is not None and found.seeds > 1:
        all_of_them = numbers.duration(found.seeds * found.seconds_a_seed)
        rows.append((f"Work of {found.seeds} seeds", f"{all_of_them}, side by side where workers are free"))
    rows.append(("Trainings of a seed", f"{found.trainings}: every fold, and the model that is kept"))
    rows.append(("Windows", numbers.integer(found.windows)))
    if found.windows_per_s is not None:
        rows.append(("Speed", f"{numbers.number(found.windows_per_s, 3)} windows/s"))
    if found.parameters is not None:
        rows.append(("Weights", f"{numbers.integer(found.parameters)}, {numbers.size(4 * found.parameters)}"))
    if found.multiply_adds is not None:
        rows.append(("Multiply-adds of a window", numbers.engineering(found.multiply_adds, "")))
    rows.append(("Memory of a worker", _memory(found)))
    return rows


def _memory(found: Estimate) -> Text:
    needed = numbers.size(found.memory_bytes)
    if found.worker_bytes is None:
        return Markup("{} <span class=muted>no worker runs to compare with</span>").format(needed)
    fits = found.memory_bytes <= found.worker_bytes
    verdict = m.chip("healthy", "Fits") if fits else m.chip("alarm", "Does not fit")
    return Markup("{} of {} {}").format(needed, numbers.size(found.worker_bytes), verdict)


class EstimateCard(Viewer):
    """The card; `ask` computes for a question, the newest one if several come while it works.

    Parameters
    ----------
    timed : bool
        Whether a model without earlier experiments is timed for a few seconds.
    """

    def __init__(self, context: Context, *, timed: bool) -> None:
        super().__init__()
        self.context, self.timed = context, timed
        self.found: Estimate | None = None
        self.body = Live(margin=0)
        self._wanted: Question | None = None
        self._shown = ""
        self._busy = False

    def ask(self, question: Question) -> None:
        """Show what this would take."""
        self._wanted = question
        if not self._busy and json.dumps(question, sort_keys=True) != self._shown:
            self._work()

    def refuse(self, words: str) -> None:
        """Say why there is nothing to estimate."""
        self._wanted, self._shown, self.found = None, "", None
        self.body.html = str(Markup('<p class="note">Not estimated: {}</p>').format(m.sentence(words)))

    def _work(self) -> None:
        question = self._wanted
        assert question is not None
        self._busy, self._shown = True, json.dumps(question, sort_keys=True)
        self.body.html = str(m.skeleton(20, 20, 20, 20))
        dataset, asked, seeds = question

        def work() -> Estimate:
            return estimating.estimate(self.context, dataset, asked, seeds, probe=self.timed)

        in_background(work, self._show, self._lost)

    def _again(self) -> bool:
        self._busy = False
        if self._wanted is not None and json.dumps(self._wanted, sort_keys=True) != self._shown:
            self._work()
            return True
        return self._wanted is None

    def _show(self, found: Estimate) -> None:
        if self._again():
            return
        self.found = found
        how = Markup('<p class="note" style="margin-top:8px">From {}.</p>').format(found.how)
        told = (
            how if found.seconds_a_seed is not None else Markup('<p class="note">{}</p>').format(m.sentence(found.how))
        )
        self.body.html = str(m.key_values(estimate_rows(found)) + told)

    def _lost(self, failure: Exception) -> None:
        if not self._again():
            self.found = None
            self.body.html = str(error_words("Not estimated", failure))

    def __panel__(self) -> object:
        return card(
            "What it will take",
            self.body,
            qualifier="estimated",
            help_text="Time comes from earlier experiments with the same model and settings; without any, a few "
            "batches are timed on this machine. Networks may stop earlier when they no longer get better. Memory is "
            "counted from the sizes of what is held at once.",
        )
