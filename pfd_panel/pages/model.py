"""One model version: what its test found, what that was worth, its mistakes, and what to do with it."""

from collections.abc import Callable
from typing import Any

import panel as pn
import param
from markupsafe import Markup

from data_catalog.schema import ModelVersion
from pfd_panel.components import Live, grid, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.slot import Slot
from pfd_panel.components.tabs import TAB_STYLE, tabs
from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.result.artifacts import artifacts_tab
from pfd_panel.pages.result.calibration import Confidence
from pfd_panel.pages.result.comparison import Comparison
from pfd_panel.pages.result.conditions import Conditions
from pfd_panel.pages.result.configuration import Configuration
from pfd_panel.pages.result.confusion import Confusion
from pfd_panel.pages.result.mistakes import mistakes_tab
from pfd_panel.pages.result.operating import Operating
from pfd_panel.pages.result.prediction import PredictFile
from pfd_panel.pages.result.reporting_card import Reporting
from pfd_panel.pages.result.scores import folds_card, scores_card, stat_cards
from pfd_panel.pages.result.shipping import Shipping
from pfd_panel.pages.result.split_card import findings_card, split_card
from pfd_panel.pages.result.stage_chip import stage_chip
from pfd_panel.pages.result.training_history import history_tab, loss_card, parts_of
from pfd_panel.pages.result.words import link, model_title, said, synthetic_chip
from pfd_panel.pages.view import PageView
from pfd_panel.services import judging, training
from pfd_panel.theme import numbers

TABS = (
    "overview",
    "training",
    "curves",
    "condition",
    "mistakes",
    "calibration",
    "compare",
    "predict",
    "ship",
    "configuration",
    "artifacts",
)
FEW_CLASSES = 6
"""So many classes fit into a matrix that is a third of the page."""


class ModelResult(PageView):
    """The result page of a model version, named by ``?id=``."""

    id = param.String(doc="Model version: id, name:number or name.")
    tab = param.Selector(default="overview", objects=list(TABS), doc="Part that is shown.")
    level = param.Selector(default="recording", objects=["recording", "window"], doc="What the matrix counts.")
    other = param.String(doc="Model that this one is compared with.")
    job = param.String(doc="Job of the last prediction.")
    of = param.String(doc="Class whose operating curves stand out.")
    by = param.Selector(default="none", objects=list(judging.CALIBRATIONS), doc="Calibration that is looked at.")
    in_address = ("id", "tab", "level", "other", "job", "of", "by")

    def __init__(self, context: Any = None, query: Any = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self._found: ModelVersion | None = None
        self.body = Slot()
        if not self.id:
            return
        self._found = training.get(self.context, self.id)
        self.heading = model_title(self.model)
        self.crumbs = [(self.heading, "")]
        self.predictions = training.held_out(self.context, self.model.id)
        self.wrong = sorted(
            (row for row in self.predictions if row.label != row.truth), key=lambda row: -(row.probability or 0)
        )
        self.bar = Live(on={"tab": lambda value: setattr(self, "tab", value)}, stylesheets=[TAB_STYLE], margin=0)
        self.head = Live(on={"to": lambda value: setattr(self, "tab", value)}, margin=0)
        self.made: dict[str, Any] = {}
        self._show()

    @property
    def model(self) -> ModelVersion:
        """The model this page shows; there is one wherever parts of it are drawn."""
        assert self._found is not None
        return self._found

    @param.depends("tab", watch=True)
    def _show(self) -> None:
        titles = {
            "curves": "ROC and PR",
            "condition": "By condition",
            "mistakes": f"Mistakes ({numbers.integer(len(self.wrong))})",
            "predict": "Predict a file",
        }
        offered = [name for name in TABS if name != "predict" or self.context.user.may("work")]
        entries = [(name, titles.get(name, name.capitalize())) for name in offered]
        self.bar.html = str(tabs("tab", entries, self.tab))
        self.head.html = str(self._head())
        if self.tab not in self.made:
            parts: dict[str, Callable[[], Any]] = {
                "overview": self._overview,
                "training": lambda: history_tab(self.context, self.model),
                "curves": self._curves,
                "condition": lambda: Conditions(self.context, self.model),
                "mistakes": lambda: mistakes_tab(self.context, self.model, self.wrong, len(self.predictions)),
                "calibration": self._calibration,
                "compare": self._compare,
                "predict": self._predict,
                "ship": lambda: Shipping(self.context, self.model, self._staged),
                "configuration": lambda: Configuration(self.context, self.model),
                "artifacts": lambda: artifacts_tab(self.context, self.model, self.predictions),
            }
            self.made[self.tab] = parts[self.tab]()
        self.body.put(self.made[self.tab])

    def _overview(self) -> pn.Column:
        confusion = Confusion(self.model, self.predictions, self.context, level=self.level)
        confusion.param.watch(lambda event: setattr(self, "level", event.new), "level")
        self.confusion = confusion
        matrix, split = confusion.card(), split_card(self.model)
        few = len(self.model.metrics["classes"]) <= FEW_CLASSES
        if not parts_of(self.model):
            rows = [grid((matrix, 8), (split, 4))]
        elif few:
            rows = [grid(loss_card(self.model), matrix, split)]
        else:
            rows = [grid((matrix, 8), (split, 4)), loss_card(self.model)]
        return stack(
            stat_cards(self.model),
            *rows,
            confusion.below(),
            scores_card(self.context, self.model),
            grid((folds_card(self.model), 7), (findings_card(self.model), 5)),
            Reporting(self.context, [self.model.id]),
        )

    def _curves(self) -> Operating:
        made = Operating(self.context, self.model, chosen=self.of)
        made.param.watch(lambda event: setattr(self, "of", event.new), "chosen")
        return made

    def _calibration(self) -> Confidence:
        made = Confidence(self.context, self.model, calibration=self.by)
        made.param.watch(lambda event: setattr(self, "by", event.new), "calibration")
        return made

    def _compare(self) -> Comparison:
        made = Comparison(self.context, self.model, other=self.other)
        made.param.watch(lambda event: setattr(self, "other", event.new), "other")
        return made

    def _predict(self) -> PredictFile:
        made = PredictFile(self.context, self.model, job=self.job)
        made.param.watch(lambda event: setattr(self, "job", event.new), "job")
        return made

    def _staged(self, model: ModelVersion) -> None:
        self._found = model
        self.head.html = str(self._head())

    def _head(self) -> Markup:
        model = self.model
        title = next((one.title for one in training.declared() if one.name == model.model), model.model)
        identity = Markup("{} on {} <span>version {}</span> · held out {} · seed {} · trained {} by {} · {}").format(
            title,
            link(f"/signals?dataset={model.dataset_id}", model.config["dataset"]),
            model.dataset_version,
            training.split_named(model),
            model.seed,
            numbers.clock(model.created_at),
            model.owner,
            link(f"/jobs?id={model.job_id}", "job") if model.job_id else "",
        )
        first, _, rest = said(model, model.metrics["statement"]).partition(". ")
        heading = Markup("{} {} {}").format(model_title(model), stage_chip(model.stage), synthetic_chip(model))
        ways = {
            "compare": m.button("Compare", icon_name="compare", send="to", value="compare"),
            "predict": m.button(
                "Predict a file", icon_name="query_stats", send="to", value="predict", kind="primary", needs="work"
            ),
        }
        return m.page_head(
            heading,
            identity,
            *(way for tab, way in ways.items() if tab != self.tab),
            statement=Markup("<b>{}.</b> {}").format(first, rest),
        )

    def __panel__(self) -> Any:
        if self._found is None:
            nothing = m.empty(
                "No model chosen", "Open one from the list.", m.button("Models", href="/models", icon_name="science")
            )
            return stack(static(m.page_head("Model")), static(nothing))
        return stack(self.head, self.bar, self.body)


PAGE = PageDeclaration(
    "/model", "Model", "science", lambda context, query: ModelResult(context, query), nav=False, section="/models"
)
