"""What an experiment came to: every seed with its model, and the result of one of them."""

from collections.abc import Callable

from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.experiments import RunRow
from data_catalog.schema import ModelVersion
from pfd_panel.components import Live, card, grid, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.fields import FIELD_STYLE, field, fields, select
from pfd_panel.components.jobs import state_chip
from pfd_panel.components.markup import Text
from pfd_panel.components.slot import Slot
from pfd_panel.components.table import Column, simple_table
from pfd_panel.pages.result.scores import folds_card, stat_cards
from pfd_panel.pages.result.split_card import findings_card, split_card
from pfd_panel.pages.result.words import link, model_href, said
from pfd_panel.services import training
from pfd_panel.services.context import Context
from pfd_panel.services.experiments import ExperimentDetail
from pfd_panel.theme import numbers


def runs_table(runs: list[RunRow]) -> Markup:
    """Every seed: its state, its score and its model, and why it ended if it did so badly."""

    def model(row: RunRow) -> Text:
        if row.model_id is None or row.model is None:
            why = Markup('<span style="display:block;white-space:normal;min-width:220px;padding:4px 0">{}</span>')
            return why.format(row.message) if row.message else numbers.DASH
        return link(model_href(row.model_id), row.model)

    def took(row: RunRow) -> str:
        if row.started_at is None or row.finished_at is None:
            return numbers.DASH
        return numbers.duration((row.finished_at - row.started_at).total_seconds())

    columns = [
        Column("seed", "Seed", lambda row: str(row.seed), numeric=True, strong=True),
        Column("state", "State", lambda row: state_chip(row.state)),
        Column("score", "Recordings right", lambda row: numbers.percent(row.record_accuracy), numeric=True),
        Column("took", "Took", took, numeric=True),
        Column("model", "Model", model),
    ]
    return simple_table(columns, runs)


def outcome(detail: ExperimentDetail) -> Markup:
    """The result in a sentence, with the spread over the seeds and how it was tested; empty before there is one."""
    row = detail.experiment
    done = [run for run in detail.runs if run.state == "done"]
    if row.record_accuracy is None or not done:
        return Markup("")
    spread = ""
    if row.record_accuracy_sd is not None:
        spread = f" ± {numbers.fixed(100 * row.record_accuracy_sd)} (standard deviation of {len(done)} seeds)"
    of = f", {len(done)} of {row.seeds} seeds" if len(done) < row.seeds else ""
    return Markup("<b>{} of recordings right</b>{}, held out {}{}.").format(
        numbers.percent(row.record_accuracy), spread, row.split_text, of
    )


class Results(Viewer):
    """The results of the seeds that are done; `chosen` is called with the number of the run that is shown."""

    def __init__(self, context: Context, chosen: Callable[[int], object], run: int = 0) -> None:
        super().__init__()
        self.context, self._chosen, self.run = context, chosen, run
        self._shown = ""
        self.detail: ExperimentDetail | None = None
        self.table = Live(margin=0)
        self.choice = Live(on={"result": self.choose}, stylesheets=[FIELD_STYLE], margin=0)
        self.body = Slot()

    def choose(self, number: str) -> None:
        """Show the result of another seed."""
        self.run = int(number) if number.isdecimal() else 0
        self._chosen(self.run)
        if self.detail is not None:
            self.show(self.detail)

    def show(self, detail: ExperimentDetail) -> None:
        """Show what there is by now."""
        self.detail = detail
        self.table.html = str(runs_table(detail.runs))
        done = [run for run in detail.runs if run.model_id is not None]
        if not done:
            self.choice.html = ""
            words = "Each seed shows its result here as soon as it is done."
            if detail.experiment.state in ("failed", "cancelled"):
                words = "It ended before a seed was done."
            self._shown = ""
            self.body.put(static(m.empty("No result yet", words)))
            return
        run = next((one for one in done if one.number == self.run), done[0])
        options = [(str(one.number), f"Seed {one.seed}: {one.model}") for one in done]
        self.choice.html = str(fields(field("Result of", select("result", options, str(run.number)))))
        if run.model_id and run.model_id != self._shown:
            self._shown = wanted = run.model_id
            self.body.put(static(m.skeleton(92, 200)))
            in_background(
                lambda: training.get(self.context, wanted),
                lambda model: self._put(wanted, model),
                lambda failure: self.body.put(static(error_words("Not shown", failure))),
            )

    def _put(self, wanted: str, model: ModelVersion) -> None:
        if wanted != self._shown:
            return
        first, _, rest = said(model, model.metrics["statement"]).partition(". ")
        whole = m.button("Open the whole result", icon_name="science", href=model_href(model.id), kind="primary")
        statement = Markup('<p class="statement" style="margin-top:0"><b>{}.</b> {}</p>').format(first, rest)
        self.body.put(
            stack(
                static(statement + Markup('<div class="row" style="margin-top:12px">{}</div>').format(whole)),
                stat_cards(model),
                grid((folds_card(model), 7), (split_card(model), 5)),
                findings_card(model),
            )
        )

    def __panel__(self) -> object:
        return stack(
            card("Seeds", self.table, qualifier="each leaves a model version"),
            self.choice,
            self.body,
        )
