"""ROC and precision-recall curves of one class against the rest."""

from typing import Any

import panel as pn
import param
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.schema import ModelVersion
from pfd_panel.components import Live, card, grid, stack
from pfd_panel.components import markup as m
from pfd_panel.components.fields import FIELD_STYLE, select
from pfd_panel.components.plots import operating_plot
from pfd_panel.components.slot import Slot
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.table import Column, simple_table
from pfd_panel.components.tabs import TAB_STYLE, switch
from pfd_panel.pages.result.later import Later
from pfd_panel.pages.result.words import bounds_words
from pfd_panel.server.exchange import Download
from pfd_panel.services import judging
from pfd_panel.services.context import Context
from pfd_panel.services.judged import OperatingCurves, OperatingPoints
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look, looks

LEVELS = (("recording", "Recordings"), ("signal", "Signals"))
ROC_HELP = (
    "How many of the class are found, against how many of the others are called so, for every threshold on the "
    "probability of the class. The area is the chance that one of the class is given more than one of the others; 0.5 "
    "is guessing (dashed)."
)
PR_HELP = (
    "How many alarms for the class are right, against how many of the class are found. Where a class is rare this "
    "shows false alarms that the ROC hides. Average precision is the mean over the steps; guessing reaches the share "
    "of the class (dashed)."
)


class Operating(Viewer):
    """Curves of the chosen class, and the areas of all."""

    level = param.Selector(default="recording", objects=["recording", "signal"], doc="What is counted.")
    chosen = param.String(doc="Class that stands out.")

    def __init__(self, context: Context, model: ModelVersion, **params: Any) -> None:
        super().__init__(**params)
        self.context, self.model = context, model
        self.classes = list(model.metrics["classes"])
        self.tools = Live(
            on={"class": lambda value: setattr(self, "chosen", value), "level": lambda v: setattr(self, "level", v)},
            stylesheets=[FIELD_STYLE, TAB_STYLE],
            margin=0,
        )
        self.found: OperatingCurves | None = None
        self.plots, self.areas = Slot(), Slot()
        self.later = Later("Not computed", 300, 160)
        if self.chosen not in self.classes:
            self.chosen = self.classes[0]
        self._ask()

    @param.depends("level", watch=True)
    def _ask(self) -> None:
        self._tools()
        level = self.level
        self.later.fill(
            lambda: judging.operating_curves(self.context, self.model.id, level),
            self._shown,
            m.button("Train again", icon_name="model_training", href=f"/train?dataset={self.model.dataset_id}"),
        )

    def _shown(self, found: OperatingCurves) -> pn.Column:
        self.found = found
        self._draw()
        return stack(self.plots, self.areas)

    def _tools(self) -> None:
        named = looks(self.classes)
        self.tools.html = str(
            Markup('<div class="row"><span class="muted">Class</span>{}{}</div>').format(
                select(
                    "class",
                    [(name, named[name].label) for name in self.classes],
                    self.chosen,
                    label="Class against the rest",
                    bare=True,
                ),
                switch("level", LEVELS, self.level, "What is counted"),
            )
        )

    @param.depends("chosen", watch=True)
    def _draw(self) -> None:
        if self.chosen not in self.classes:
            self.chosen = self.classes[0]
            return
        self._tools()
        if self.found is None:
            return
        self.plots.put(grid(self._plot("roc"), self._plot("precision_recall")))
        self.areas.put(self._areas(self.found))

    def _of(self, kind: str) -> list[OperatingPoints]:
        assert self.found is not None
        return [one for one in self.found.curves if one.kind == kind]

    def _plot(self, kind: str) -> pn.Column:
        assert self.found is not None
        curves = self._of(kind)
        place = self.classes.index(self.chosen)
        one, named = curves[place], looks(self.classes)
        roc = kind == "roc"
        title = "ROC" if roc else "Precision and recall"
        if not one.x:
            return card(title, m.empty("No curve", f"{one.words}.".replace(f"{one.name!r}", look(one.name).label)))

        def points() -> Download:
            header = ["class", "threshold", *(("false alarm rate", "recall") if roc else ("recall", "precision"))]
            rows = [
                (of.name, threshold, x, y)
                for of in curves
                for threshold, x, y in zip(of.threshold, of.x, of.y, strict=True)
            ]
            return csv_file(f"{self.model.name}-{kind}.csv", header, rows)

        return card(
            title,
            operating_plot(
                [(named[of.name], of.x, of.y, of.threshold) for of in curves],
                place,
                x_label="Others called so (false alarms)" if roc else "Share of the class that is found (recall)",
                y_label="Share of the class that is found" if roc else "Share of alarms that are right",
                chance=one.chance,
                rising=roc,
            ),
            qualifier=f"{named[one.name].label}: {one.positives} against {one.negatives} {self.found.level}s",
            right=Markup("{} <b>{}</b> <span class=muted>{}</span>").format(
                "Area" if roc else "Average precision",
                numbers.fixed(one.area.value, 3),
                bounds_words(one.area, share=False, parentheses=True),
            ),
            help_text=ROC_HELP if roc else PR_HELP,
            download=points,
        )

    def _areas(self, found: OperatingCurves) -> pn.Column:
        named = looks(self.classes)
        rows = [{"roc": roc, "pr": pr} for roc, pr in zip(self._of("roc"), self._of("precision_recall"), strict=True)]
        columns = [
            Column(
                "class",
                "Class",
                lambda r: Markup(
                    '<button type="button" class="link" data-send="class" data-value="{}" aria-label="Show {}">{}'
                    "</button>"
                ).format(r["roc"].name, named[r["roc"].name].label, m.class_name(named[r["roc"].name])),
            ),
            Column("n", f"{found.level.capitalize()}s", lambda r: numbers.integer(r["roc"].positives), numeric=True),
            Column("roc", "Area under ROC", lambda r: numbers.fixed(r["roc"].area.value, 3), numeric=True, strong=True),
            Column("roc_i", "95 %", lambda r: bounds_words(r["roc"].area, share=False), numeric=True),
            Column(
                "pr", "Average precision", lambda r: numbers.fixed(r["pr"].area.value, 3), numeric=True, strong=True
            ),
            Column("pr_i", "95 %", lambda r: bounds_words(r["pr"].area, share=False), numeric=True),
            Column("chance", "Guessing", lambda r: numbers.fixed(r["pr"].chance, 3), numeric=True),
        ]
        units = "recordings" if found.units == found.tested else "groups that stay together"
        return card(
            "All classes",
            Live(
                simple_table(columns, rows),
                on={"class": lambda value: setattr(self, "chosen", value)},
                margin=0,
            ),
            qualifier=f"mean area {numbers.fixed(found.macro_roc, 3)}, mean average precision "
            f"{numbers.fixed(found.macro_precision, 3)} · intervals by bootstrap over {found.units} {units}",
        )

    def __panel__(self) -> pn.Column:
        return stack(self.tools, self.later.slot)
