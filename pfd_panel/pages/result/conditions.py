"""The score by condition: load, speed, severity and what else differs, and with noise added."""

from collections.abc import Sequence
from typing import Any

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.jobs import FINISHED
from data_catalog.schema import Job, ModelVersion
from pfd_panel.components import Live, card, grid, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words
from pfd_panel.components.plots import noise_plot
from pfd_panel.components.slot import Slot
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.table import Column, simple_table
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.result.later import Later
from pfd_panel.pages.result.words import bounds_words, column_words, link, plural
from pfd_panel.pages.watch import JobWatch
from pfd_panel.server.exchange import Download
from pfd_panel.services import judging, retesting
from pfd_panel.services.context import Context
from pfd_panel.services.judged import ConditionScores, NoiseSweep
from pfd_panel.theme import numbers
from pfd_panel.theme.tokens import TRACE

DIGITS = 6
"""Numbers as long as this are shown as they are."""

UNITS = {"speed_rpm": "rpm", "rate_hz": "Hz"}


def condition_card(model: ModelVersion, found: ConditionScores) -> pn.Column:
    """One condition: what was tested at each value, and how much of it was right."""
    unit = UNITS.get(found.condition, "")
    title = column_words(found.condition).removesuffix(f" {unit.lower()}").capitalize()

    def bar(row: Any) -> Markup:
        value = row.accuracy.value or 0.0
        return m.bar(value, TRACE, found.overall, f"{row.value}: {numbers.percent(value)}")

    columns = [
        Column("value", f"{title} ({unit})" if unit else title, lambda r: _short(r.value)),
        Column("tested", f"{found.level.capitalize()}s", lambda r: numbers.integer(r.tested), numeric=True),
        Column("share", "Right (%)", lambda r: numbers.fixed(100 * r.accuracy.value), numeric=True, strong=True),
        Column("bounds", "95 %", lambda r: bounds_words(r.accuracy), numeric=True),
        Column("bar", "", bar),
    ]

    def table() -> Download:
        rows = [(r.value, r.tested, r.right, r.accuracy.value, r.accuracy.low, r.accuracy.high) for r in found.scores]
        header = [found.condition, "tested", "right", "share", "low", "high"]
        return csv_file(f"{model.name}-by-{found.condition}.csv", header, rows)

    return card(
        f"By {title.lower()}",
        simple_table(columns, found.scores),
        Markup('<p class="note" style="margin-top:8px">{}</p>').format(found.words),
        qualifier=f"held out, in {found.level}s",
        download=table,
        help_text=f"The line in each bar is the score of all, {numbers.percent(found.overall)}. Few tests have wide "
        "intervals: a low share alone does not make a condition hard.",
    )


class Conditions(Viewer):
    """Scores by condition, then the test with noise."""

    def __init__(self, context: Context, model: ModelVersion) -> None:
        super().__init__()
        self.context, self.model = context, model
        self.later = Later("Not computed", 180, 180)
        self.noise = Noise(context, model)
        self.found: list[ConditionScores] = []
        self.later.fill(lambda: judging.by_condition(context, model.id), self._shown)

    def _shown(self, found: Sequence[ConditionScores]) -> pn.Column:
        self.found = list(found)
        cards = [condition_card(self.model, one) for one in found if one.recorded]
        pairs = [grid(*cards[at : at + 2]) for at in range(0, len(cards), 2)]
        missing = [column_words(one.condition) for one in found if not one.recorded]
        if missing:
            told = Markup(
                "<p>No tested signal has a {}. Write it to the signals under {}, then train again: the score is then "
                "shown by it.</p>"
            ).format(" or a ".join(missing), link(f"/signals?dataset={self.model.dataset_id}", "Explorer"))
            pairs.append(card("Not recorded", told, qualifier=plural(len(missing), "condition")))
        return stack(*pairs)

    def __panel__(self) -> pn.Column:
        return stack(self.later.slot, self.noise)


class Noise(Viewer):
    """The same held-out recordings with noise: the last test, or how to start one."""

    def __init__(self, context: Context, model: ModelVersion) -> None:
        super().__init__()
        self.context, self.model = context, model
        self.body, self.said = Slot(), Live(margin=0)
        self.found: NoiseSweep | None = None
        self.watch: JobWatch | None = None
        self._look()

    def _look(self) -> None:
        try:
            self.found = retesting.noise_sweep(self.context, self.model.id)
        except EXPECTED_ERRORS as failure:
            self.body.put(static(error_words("Not read", failure)))
            return
        found = self.found
        if found is None:
            self.body.put(self._offer("Not tested with noise yet"))
        elif found.state not in FINISHED:
            self._follow(found.job_id)
        elif found.levels:
            self.body.put(self._results(found), self._button("Test again"))
        else:
            self.body.put(self._offer(f"The last test with noise {found.state}", found.job_id))

    def _button(self, label: str) -> Live:
        return Live(
            Markup('<div style="margin-top:12px">{}</div>').format(
                m.button(label, icon_name="graphic_eq", send="noise", needs="work")
            ),
            on={"noise": self.start},
            margin=0,
        )

    def _offer(self, title: str, job: str = "") -> Live:
        network = bool(self.model.metrics.get("history"))
        takes = "as long as its training took" if network else "seconds to minutes"
        why = Markup(
            "The model that is kept has learned from every recording, so it cannot be tested on them. The models of "
            "the {} folds were not stored: they are fitted again with their seeds, which takes {}, and each is asked "
            "of its own held-out recordings with noise added.{}"
        ).format(
            len(self.model.metrics["split"]["folds"]),
            takes,
            Markup(" The job's log says what happened: {}.").format(link(f"/jobs?id={job}", "job")) if job else "",
        )
        ask = m.button("Test with noise", icon_name="graphic_eq", send="noise", kind="primary", needs="work")
        return Live(m.empty(title, why, ask), on={"noise": self.start}, margin=0)

    def start(self, _: str) -> None:
        """Queue the test."""
        try:
            job = retesting.start_noise_sweep(self.context, self.model.id)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not started", failure))
            return
        self.said.html = ""
        self._follow(job.id)

    def _follow(self, job_id: str) -> None:
        try:
            self.watch = JobWatch(self.context, job_id, on_end=self.ended)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("No such job", failure))
            return
        if self.watch.job.state not in FINISHED:
            self.body.put(self.watch)

    def ended(self, job: Job) -> None:
        """Show what a job that has ended found."""
        self._look()

    def _results(self, found: NoiseSweep) -> pn.Column:
        columns = [
            Column("snr", "Signal to noise (dB)", lambda r: _level(r.snr_db)),
            Column("right", "Right", lambda r: f"{r.right} of {r.tested}", numeric=True),
            Column("share", "Right (%)", lambda r: numbers.fixed(100 * r.accuracy.value), numeric=True, strong=True),
            Column("bounds", "95 %", lambda r: bounds_words(r.accuracy), numeric=True),
            Column(
                "balanced",
                "Balanced (%)",
                lambda r: numbers.fixed(None if r.balanced_accuracy is None else 100 * r.balanced_accuracy),
                numeric=True,
            ),
        ]
        alike = found.as_before == found.tested
        check = Markup('<div class="warn" style="margin-top:8px">{}<span>{}</span></div>').format(
            m.chip("healthy", "Same models") if alike else m.chip("watch", "Models differ"),
            f"Without noise the refitted models say of {found.as_before} of {found.tested} recordings what the "
            "experiment said." + (f" {plural(found.left_out, 'recording')} could not be asked." * bool(found.left_out)),
        )
        levels = [(one.snr_db, one.accuracy.value or 0.0, one.accuracy.low, one.accuracy.high) for one in found.levels]
        return stack(
            static(Markup('<p style="margin:0">{}</p>').format(found.words)),
            grid((noise_plot(levels), 6), (static(simple_table(columns, found.levels)), 6)),
            static(check),
        )

    def _table(self) -> Download:
        rows = [
            (_level(one.snr_db), one.tested, one.right, one.accuracy.value, one.accuracy.low, one.accuracy.high)
            for one in (self.found.levels if self.found else ())
        ]
        return csv_file(f"{self.model.name}-noise.csv", ["snr_db", "tested", "right", "share", "low", "high"], rows)

    def __panel__(self) -> pn.Column:
        return card(
            "With noise",
            self.body,
            self.said,
            qualifier="white noise added to the held-out recordings",
            download=self._table if self.found and self.found.levels else None,
            help_text="The ratio is that of the signal's power to the power of the noise that is added; what noise the "
            "recording has itself is part of the signal. Features (or windows) are computed of the noisy samples.",
        )


def _level(snr_db: float | None) -> str:
    return "as recorded" if snr_db is None else numbers.fixed(snr_db, 0 if float(snr_db).is_integer() else 1)


def _short(value: str) -> str:
    """A value as it can be read: four digits of a number, words without underscores."""
    try:
        number = float(value)
    except ValueError:
        return value.replace("_", " ")
    return value if len(value) <= DIGITS else numbers.number(number, 4)
