"""The cards of the Explorer that are made of features: boxes, statistics, separability, beside the projection."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import panel as pn

from pfd_panel.components import grid, stack, surface
from pfd_panel.components.background import Background
from pfd_panel.components.markup import empty
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.pages.explorer import charts
from pfd_panel.pages.explorer.charts import Findings
from pfd_panel.pages.explorer.class_card import ClassCard
from pfd_panel.pages.explorer.relations_card import RelationsCard
from pfd_panel.pages.explorer.separability_card import SeparabilityCard
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.extraction import Extraction
from pfd_panel.server.exchange import Download
from pfd_panel.services import statistics
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers
from pipelines.statistics import Method


class FeatureCards:
    """Shows what features say about the chosen signals.

    Parameters
    ----------
    context : Context
        Whose catalog.
    background : Background
        Where slow things are done.
    chosen : callable
        ``chosen(name, value)`` when a feature, the shape of its distribution or the score of features is picked.
    extracted : callable
        Called when missing features were extracted.
    beside : viewable
        The card that stands beside the boxes.
    """

    def __init__(
        self,
        context: Context,
        background: Background,
        opened: Callable[[str], Any],
        chosen: Callable[[str, Any], Any],
        extracted: Callable[[], Any],
        beside: Any,
    ) -> None:
        self.context, self.background, self._extracted = context, background, extracted
        self.findings: Findings | None = None
        self.extraction: Extraction | None = None
        self.feature, self.shape, self.dataset = "", "box", ""
        self.method: Method = "anova"
        pick = partial(chosen, "feature")
        self.by_class = ClassCard(pick, partial(chosen, "shape"), self.features_csv)
        self.boxes = self.by_class.slot
        self.statistics = CardSlot("Statistics", height=160, produce=self.statistics_csv)
        self.ranked = SeparabilityCard(pick, partial(chosen, "ranking"), lambda: self.dataset)
        self.separability = self.ranked.slot
        self.relations = RelationsCard(context, background, opened, self._frame, partial(chosen, "relation"))
        self.view = pn.Column(margin=0, sizing_mode="stretch_width")
        self._filled = stack(
            grid((beside, 7), (self.boxes.view, 5)),
            grid((self.statistics.view, 7), (self.separability.view, 5)),
            self.relations.slot.view,
        )
        self.view[:] = [self._filled]

    def ask(self, dataset: str, frame: Callable[[], tuple[pd.DataFrame, bool]]) -> None:
        """Compute everything anew in the thread; ``frame()`` gives the features and whether there are any at all."""
        self.dataset = dataset
        self.findings = None
        for slot in self._slots():
            slot.waiting()

        def compute() -> tuple[Findings, bool]:
            table, some = frame()
            return charts.compute(table), some

        self.background.do(compute, self._draw, self._failed)

    def choose(self, feature: str, shape: str, method: Method) -> None:
        """Another feature, shape or score."""
        ranked_anew = method != self.method
        self.feature, self.shape, self.method = feature, shape, method
        if self.findings is None or self.findings.frame.empty:
            return
        frame = self.findings.frame
        self.by_class.show(frame, feature, shape)
        if ranked_anew:
            self._rank(frame)

    def relate(self, state: Mapping[str, Any]) -> None:
        """Something else is looked at below."""
        self.relations.follow(self.dataset, state)

    def _rank(self, frame: pd.DataFrame) -> None:
        """Anew in the thread: some scores take seconds, and the other cards do not wait for them."""
        self.separability.waiting()
        method = self.method
        self.background.do(
            lambda: statistics.ranked(frame, method=method),
            lambda found: self.ranked.show(found, charts.class_entropy(frame)),
            self.separability.failed,
        )

    def _frame(self) -> pd.DataFrame | None:
        return self.findings.frame if self.findings else None

    def _slots(self) -> tuple[CardSlot, ...]:
        return (self.boxes, self.statistics, self.separability)

    def _failed(self, failure: BaseException) -> None:
        for slot in self._slots():
            slot.failed(failure)

    def _draw(self, found: tuple[Findings, bool]) -> None:
        self.findings, some = found
        if not some:
            self.extraction = Extraction(
                self.context,
                self.dataset,
                self._extracted,
                "Statistics, box plots, projection and separability are made of features.",
            )
            self.view[:] = [surface(self.extraction.view)]
            return
        if self.view.objects != [self._filled]:
            self.view[:] = [self._filled]
        if self.findings.frame.empty:
            for slot in self._slots():
                slot.show(empty("Nothing to show", "No signal of this filter has features."))
            return
        self.by_class.show(self.findings.frame, self.feature, self.shape)
        count = f"{numbers.integer(len(self.findings.frame))} signals"
        self.statistics.show(charts.statistics_table(self.findings), qualifier=f"{count}, medians")
        self._rank(self.findings.frame)
        self.relate(self.relations.state)

    # ---- downloads -------------------------------------------------------------------------------------------------

    def features_csv(self) -> Download:
        """The whole feature table of the filter."""
        frame = self.findings.frame if self.findings else pd.DataFrame()
        rows = frame.reset_index().itertuples(index=False)
        return csv_file(f"{self.dataset}_features.csv", [str(frame.index.name or ""), *map(str, frame.columns)], rows)

    def statistics_csv(self) -> Download:
        """Median and quantiles by class."""
        names = [f"{name}_{part}" for name in charts.STATISTICS for part in ("low", "median", "high")]
        rows: list[list[object]] = [
            [
                one["label"],
                one["signals"],
                *(one[name][part] for name in charts.STATISTICS for part in ("low", "median", "high")),
            ]
            for one in (self.findings.statistics if self.findings else [])
        ]
        return csv_file(f"{self.dataset}_statistics.csv", ["class", "signals", *names], rows)
