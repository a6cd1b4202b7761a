"""Does the model's confidence come true, which calibration would serve, and when should it not answer at all?"""

from collections.abc import Sequence
from typing import Any

import panel as pn
import param
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.schema import ModelVersion
from pfd_panel.components import Live, card, grid, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.plots import reliability_plot
from pfd_panel.components.slot import Slot
from pfd_panel.components.table import Column, simple_table
from pfd_panel.components.tabs import TAB_STYLE, switch
from pfd_panel.pages.result.later import Later
from pfd_panel.pages.result.refusing import Sets, unfamiliar_card
from pfd_panel.pages.result.words import bounds_words
from pfd_panel.services import judging, retesting
from pfd_panel.services.context import Context
from pfd_panel.services.judged import Calibration, Reliability, ReliabilityBin
from pfd_panel.theme import numbers

HELP = (
    "Held-out answers are put into ten bins by the probability of the named class. On the dashed line, of all answers "
    "given with 80 % probability 80 % are right. Below it the model is too sure, above it too modest. "
    "The expected calibration error (ECE) is the mean distance from the line, weighted by bin size."
)
CHOICE_HELP = (
    "Temperature: one number that makes all probabilities softer or sharper. Isotonic: for each class any rising "
    "curve; it needs many recordings (about a thousand). Both are fitted here on four fifths of the held-out "
    "recordings and judged on the fifth that they have not seen, in turn. Log loss and Brier score reward "
    "probabilities that are both honest and sharp; ECE is zero also for a model that knows nothing and says so."
)


class Confidence(Viewer):
    """Reliability under the chosen calibration, sets of classes, and the gate for what is unfamiliar."""

    calibration = param.Selector(default="none", objects=list(judging.CALIBRATIONS), doc="What is applied before.")

    def __init__(self, context: Context, model: ModelVersion, **params: Any) -> None:
        super().__init__(**params)
        self.context, self.model = context, model
        self.found: Reliability | None = None
        self.switch = Live(
            on={"calibration": lambda value: setattr(self, "calibration", value)}, stylesheets=[TAB_STYLE], margin=0
        )
        self.plots, self.table = Slot(), Slot()
        self.sets = Sets(context, model)
        self.later = Later("Not computed", 260, 120)
        self.later.fill(lambda: judging.reliability(context, model.id), self._shown)
        self.gate = Later("Not computed", 260)
        self.gate.fill(
            lambda: retesting.unfamiliar(context, model.id),
            lambda found: unfamiliar_card(model, found),
            m.button("Train again", icon_name="model_training", href=f"/train?dataset={model.dataset_id}"),
        )

    def _shown(self, found: Reliability) -> pn.Column:
        self.found = found
        self._draw()
        return stack(self.plots, self.table)

    @param.depends("calibration", watch=True)
    def _draw(self) -> None:
        self.sets.calibration = self.calibration
        if self.found is None:
            return
        self.switch.html = str(
            switch("calibration", list(judging.CALIBRATIONS.items()), self.calibration, "Calibration")
        )
        chosen = next(one for one in self.found.calibrations if one.method == self.calibration)
        self.plots.put(grid(self._recordings(chosen), _windows(self.found)))
        self.table.put(self._choice(self.found))

    def _recordings(self, chosen: Calibration) -> pn.Column:
        assert self.found is not None
        if chosen.refused:
            shown: Sequence[Any] = [m.empty(f"{chosen.title}: cannot be fitted", chosen.refused)]
        else:
            shown = [_plot(chosen.bins, "recordings"), _bins(chosen.bins, "recordings", bounds=True)]
        spread = bounds_words(chosen.ece, parentheses=True)
        return card(
            "Reliability of recordings",
            self.switch,
            *shown,
            qualifier=f"{numbers.integer(self.found.recordings)} held out"
            + (", calibrated where it was not fitted" if chosen.method != "none" else ""),
            right="" if chosen.refused else Markup("ECE <b>{}</b> <span class=muted>{}</span>").format(
                numbers.percent(chosen.ece.value), spread
            ),
            help_text=HELP,
        )  # fmt: skip

    def _choice(self, found: Reliability) -> pn.Column:
        def cell(row: Calibration, name: str, *, share: bool) -> Markup:
            of = getattr(row, name)
            value = numbers.percent(of.value) if share else numbers.fixed(of.value, 3)
            return Markup("<b>{}</b> <span class=muted>{}</span>").format(
                value, bounds_words(of, share=share, parentheses=True)
            )

        def told(row: Calibration) -> str:
            if row.refused:
                return row.refused
            if not row.temperatures:
                return ""
            low, high = min(row.temperatures), max(row.temperatures)
            return f"temperature {numbers.fixed(low, 2)} to {numbers.fixed(high, 2)}"

        columns = [
            Column("title", "Calibration", lambda r: r.title),
            Column("log_loss", "Log loss (nat)", lambda r: cell(r, "log_loss", share=False), numeric=True),
            Column("brier", "Brier score", lambda r: cell(r, "brier", share=False), numeric=True),
            Column("ece", "ECE", lambda r: cell(r, "ece", share=True), numeric=True),
            Column("note", "", lambda r: Markup('<span class="muted">{}</span>').format(told(r))),
        ]
        trained = self.model.metrics["trained_on"].get("calibrated")
        return card(
            "Which calibration?",
            Markup('<p style="margin:0 0 8px">{}</p>').format(found.advice),
            simple_table(columns, found.calibrations),
            qualifier=f"cross-fitted on held-out recordings; as trained is {'by temperature' if trained else 'raw'}",
            help_text=CHOICE_HELP,
        )

    def __panel__(self) -> pn.Column:
        return stack(self.later.slot, self.sets, self.gate.slot)


def _windows(found: Reliability) -> pn.Column:
    return card(
        "Reliability of windows",
        _plot(found.window_bins, "windows"),
        _bins(found.window_bins, "windows", bounds=False),
        qualifier=f"{numbers.integer(found.windows)} held out, as trained",
        right=Markup("ECE <b>{}</b>").format(numbers.percent(found.window_ece)),
        help_text=HELP,
    )


def _plot(bins: Sequence[ReliabilityBin], counted: str) -> pn.pane.Bokeh:
    values = [one.accuracy.value or 0.0 for one in bins]
    known = all(one.accuracy.low is not None and one.accuracy.high is not None for one in bins)
    bounds = ([one.accuracy.low or 0.0 for one in bins], [one.accuracy.high or 0.0 for one in bins]) if known else None
    return reliability_plot(
        [one.confidence for one in bins], values, [one.count for one in bins], bounds=bounds, counted=counted
    )


def _bins(bins: Sequence[ReliabilityBin], words: str, *, bounds: bool) -> pn.pane.HTML:
    columns = [
        Column("low", "Probability (%)", lambda r: f"{100 * r.low:.0f}–{100 * r.high:.0f}"),
        Column("count", words.capitalize(), lambda r: numbers.integer(r.count), numeric=True),
        Column("confidence", "Mean (%)", lambda r: numbers.fixed(100 * r.confidence), numeric=True),
        Column("accuracy", "Right (%)", lambda r: numbers.fixed(100 * r.accuracy.value), numeric=True, strong=True),
    ]
    if bounds:
        columns.append(Column("bounds", "95 %", lambda r: bounds_words(r.accuracy), numeric=True))
    return static(simple_table(columns, bins), margin=(8, 0, 0, 0))
