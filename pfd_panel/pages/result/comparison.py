"""Two models of the same data beside one another, and why they differ."""

from typing import Any

import panel as pn
import param
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.schema import ModelVersion
from pfd_panel.components import Live, card, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.fields import FIELD_STYLE, field, fields, select
from pfd_panel.components.slot import Slot
from pfd_panel.components.table import Column, simple_table
from pfd_panel.pages.result.words import interval, link, model_href, model_title, right_of
from pfd_panel.services import training
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers


def compared_rows(first: ModelVersion, second: ModelVersion) -> list[dict[str, str]]:
    """What is put side by side, as text."""

    def told(model: ModelVersion) -> dict[str, str]:
        metrics = model.metrics
        scores = metrics["recording"]
        return {
            "Held out": training.split_named(model),
            "Model": model.model.replace("_", " "),
            "Predicts": model.target.replace("_", " "),
            "Data version": f"{model.config['dataset']} version {model.dataset_version}",
            "Recordings right": f"{right_of(scores)} of {scores['tested']} ({interval(metrics['exact_accuracy'])})",
            "Balanced accuracy": f"{numbers.percent(scores['balanced_accuracy'])} "
            f"({interval(metrics['intervals']['recording']['balanced_accuracy'])})",
            "Macro F1": numbers.percent(scores["macro_f1"]),
            "Windows right": f"{numbers.percent(metrics['window']['accuracy'])} "
            f"of {numbers.integer(metrics['window']['tested'])}",
            "Calibration error": numbers.percent(metrics["calibration"]["recording"]["ece"]),
            "Guessing": f"{right_of(metrics['baselines']['most_common'])} of {scores['tested']}",
            "Classes": str(len(metrics["classes"])),
            "Seed": str(model.seed),
        }

    left, right = told(first), told(second)
    return [{"what": name, "first": left[name], "second": right[name]} for name in left]


class Comparison(Viewer):
    """Choose another model of the same dataset; see both and the reasons."""

    other = param.String(doc="Id of the other model.")

    def __init__(self, context: Context, model: ModelVersion, **params: Any) -> None:
        super().__init__(**params)
        self.context, self.model = context, model
        self.others = training.comparable(context, model)
        if self.other not in {one.id for one in self.others}:
            self.other = ""
        self.choice = Live(
            on={"other": lambda value: setattr(self, "other", value)}, stylesheets=[FIELD_STYLE], margin=0
        )
        self.body = Slot()
        self._show()

    @param.depends("other", watch=True)
    def _show(self) -> None:
        options = [
            ("", "Choose a model"),
            *((one.id, f"{model_title(one)}, held out {training.split_named(one)}") for one in self.others),
        ]
        self.choice.html = str(fields(field("Compare with", select("other", options, self.other))))
        other = next((one for one in self.others if one.id == self.other), None)
        if other is None:
            words = (
                ("Nothing chosen", "Choose another model of the same data above.")
                if self.others
                else (
                    "No other model",
                    f"{self.model.config['dataset']} has this model only. Train another to compare.",
                )
            )
            again = m.button(
                "Train another", icon_name="model_training", href=f"/train?dataset={self.model.dataset_id}"
            )
            self.body.put(static(m.empty(*words, again)))
            return
        self.body.put(static(m.skeleton(24, 24, 200)))
        in_background(
            lambda: training.why_different(self.context, self.model.id, other.id),
            lambda why: self._told(other, str(why)),
            lambda failure: self.body.put(static(error_words("Not compared", failure))),
        )

    def _told(self, other: ModelVersion, why: str) -> None:
        if self.other != other.id:
            return
        columns = [
            Column("what", "", lambda r: Markup('<span class="muted">{}</span>').format(r["what"])),
            Column("first", model_title(self.model), lambda r: r["first"]),
            Column("second", model_title(other), lambda r: r["second"], strong=False),
        ]
        self.why = why
        self.body.put(
            static(Markup('<p class="statement" style="margin:4px 0 16px">{}</p>').format(why)),
            static(simple_table(columns, compared_rows(self.model, other))),
            static(
                Markup('<p style="margin-top:12px">{}</p>').format(
                    link(model_href(other.id), f"Open {model_title(other)}")
                )
            ),
        )

    def __panel__(self) -> pn.Column:
        return stack(
            card(
                "Compare",
                self.choice,
                self.body,
                qualifier="models of the same dataset",
                help_text="Two scores may be compared only if their tests are alike. The text counts what differs and "
                "tests the difference on the recordings that both models tested (exact McNemar test).",
            )
        )
