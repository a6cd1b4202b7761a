"""Models: every trained version with the test it passed, and the way to train another."""

from typing import Any

import panel as pn
import param
from markupsafe import Markup

from data_catalog.schema import ModelVersion
from pfd_panel.components import Live, card, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.fields import FIELD_STYLE, field, fields, select
from pfd_panel.components.table import Column, DataTable, Rows
from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.result.stage_chip import STAGE_WORDS, stage_chip
from pfd_panel.pages.result.words import interval, link, model_href, model_title, right_of, synthetic_chip
from pfd_panel.pages.view import PageView
from pfd_panel.services import collections, training
from pfd_panel.theme import numbers


class Models(PageView):
    """The list of model versions, newest first, of all datasets or one."""

    dataset = param.String(doc="Only models of this dataset; empty: all.")
    stage = param.String(doc="Only versions in this stage; empty: all.")
    page = param.Integer(default=0, bounds=(0, None), doc="Page of the table, from 0.")
    in_address = ("dataset", "stage", "page")

    def __init__(self, context: Any = None, query: Any = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.titles = {declared.name: declared.title for declared in training.declared()}
        self.datasets = {one.id: one.name for one in collections.listing(self.context)}
        if self.dataset not in self.datasets.values():
            self.dataset = ""
        if self.stage not in STAGE_WORDS:
            self.stage = ""
        self.table = DataTable(
            self._columns(),
            self._fetch,
            page=self.page,
            page_size=15,
            note="A score is worth what its test was worth: compare only models with the same split.",
            nothing=(
                "No models yet",
                "Train a model on a dataset: it takes seconds and shows what its test was worth.",
            ),
        )
        self.table.param.watch(lambda event: setattr(self, "page", event.new), "page")
        self.filter = Live(on={"dataset": self.choose, "stage": self.choose_stage}, stylesheets=[FIELD_STYLE], margin=0)
        self._draw_filter()

    def choose(self, dataset: str) -> None:
        """Show the models of one dataset, or of all."""
        self.dataset = dataset
        self._draw_filter()
        self.table.page = 0
        self.table.refresh()

    def choose_stage(self, stage: str) -> None:
        """Show the versions of one stage, or of all."""
        self.stage = stage
        self._draw_filter()
        self.table.page = 0
        self.table.refresh()

    def _draw_filter(self) -> None:
        options = [("", "All datasets"), *((name, name) for name in sorted(self.datasets.values()))]
        staged = [("", "All stages"), *STAGE_WORDS.items()]
        self.filter.html = str(
            Markup('<div style="margin-bottom:16px">{}</div>').format(
                fields(
                    field("Dataset", select("dataset", options, self.dataset)),
                    field("Stage", select("stage", staged, self.stage)),
                )
            )
        )

    def _fetch(self, _sort: str, _descending: bool, offset: int, limit: int) -> Rows:
        chosen = {"dataset": self.dataset or None, "stage": self.stage or None}
        return Rows(*training.page(self.context, **chosen, offset=offset, limit=limit))

    def _columns(self) -> list[Column]:
        def on(row: ModelVersion) -> Markup:
            name = self.datasets.get(row.dataset_id, str(row.config.get("dataset", "")))
            return Markup("{} <span class=muted>v{}</span> {}").format(name, row.dataset_version, synthetic_chip(row))

        def right(row: ModelVersion) -> Markup:
            scores = row.metrics["recording"]
            return Markup("<b>{} / {}</b> <span class=muted>{}</span>").format(
                numbers.integer(right_of(scores)),
                numbers.integer(scores["tested"]),
                interval(row.metrics["exact_accuracy"]),
            )

        return [
            Column(
                "name", "Model version", lambda r: link(model_href(r.id), model_title(r)), sortable=False, strong=True
            ),
            Column("stage", "Stage", lambda r: stage_chip(r.stage) or numbers.DASH, sortable=False),
            Column("right", "Recordings right (exact 95 %)", right, numeric=True, sortable=False),
            Column("split", "Held out", training.split_named, sortable=False),
            Column(
                "windows",
                "Windows right",
                lambda r: numbers.percent(r.metrics["window"]["accuracy"]),
                numeric=True,
                sortable=False,
            ),
            Column("dataset", "Dataset", on, sortable=False),
            Column("model", "Model", lambda r: self.titles.get(r.model, r.model), sortable=False),
            Column("created", "Trained", lambda r: numbers.ago(r.created_at), numeric=True, sortable=False),
        ]

    def __panel__(self) -> pn.Column:
        return stack(
            static(
                m.page_head(
                    "Models",
                    "Baselines and networks with honest tests: every score names what was kept apart.",
                    m.button("Train a model", icon_name="model_training", href="/train", kind="primary"),
                )
            ),
            card("Model versions", self.filter, self.table, qualifier="newest first"),
        )


PAGE = PageDeclaration("/models", "Models", "inventory_2", lambda context, query: Models(context, query))
