"""The cards of the Explorer that are made of features: boxes, statistics, separability, beside the projection."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import pandas as pd
import panel as pn
from markupsafe import Markup

from pfd_panel.components import Live, grid, stack, surface
from pfd_panel.components.background import Background
from pfd_panel.components.markup import empty
from pfd_panel.components.plots import BoxPlot
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.pages.explorer import charts
from pfd_panel.pages.explorer.charts import Findings
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.extraction import Extraction
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.server.exchange import Download
from pfd_panel.services import exploring
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers
from pipelines.features import FEATURES

BOXES_HELP = (
    "The box holds the middle half of a class, the line is its median; whiskers reach to the farthest value within "
    "1.5 interquartile ranges (Tukey)."
)
SEPARABILITY_HELP = (
    "One-way ANOVA F: variance between the classes over variance within them, one feature at a time. It says nothing "
    "about new bearings: signals of one bearing resemble each other for other reasons than the fault."
)


class FeatureCards:
    """Shows what features say about the chosen signals.

    Parameters
    ----------
    context : Context
        Whose catalog.
    background : Background
        Where slow things are done.
    chosen : callable
        ``chosen(feature)`` when a feature is picked for the boxes.
    extracted : callable
        Called when missing features were extracted.
    beside : viewable
        The card that stands beside the boxes.
    """

    def __init__(
        self,
        context: Context,
        background: Background,
        chosen: Callable[[str], Any],
        extracted: Callable[[], Any],
        beside: Any,
    ) -> None:
        self.context, self.background, self._extracted = context, background, extracted
        self.findings: Findings | None = None
        self.extraction: Extraction | None = None
        self.feature, self.dataset = "", ""
        pick = {"feature": chosen}
        self.boxes = CardSlot(
            "Feature by class", BOXES_HELP, height=300, produce=self.features_csv, on=pick, style=CONTROLS
        )
        self.statistics = CardSlot("Statistics", height=160, produce=self.statistics_csv)
        self.separability = CardSlot("Separability", SEPARABILITY_HELP, height=160, produce=self.separability_csv)
        self._pick = pick
        self.view = pn.Column(margin=0, sizing_mode="stretch_width")
        self._filled = stack(
            grid((beside, 7), (self.boxes.view, 5)),
            grid((self.statistics.view, 7), (self.separability.view, 5)),
        )
        self.view[:] = [self._filled]

    @cached_property
    def _ranking(self) -> Live:
        return Live(on=self._pick, stylesheets=[CONTROLS], margin=0)

    @cached_property
    def _box_plot(self) -> BoxPlot:
        return BoxPlot(height=300, name="boxes")

    def ask(self, dataset: str, frame: Callable[[], tuple[pd.DataFrame, bool]], feature: str) -> None:
        """Compute everything anew in the thread; ``frame()`` gives the features and whether there are any at all."""
        self.dataset, self.feature = dataset, feature
        self.findings = None
        for slot in self._slots():
            slot.waiting()

        def compute() -> tuple[Findings, bool]:
            table, some = frame()
            return charts.compute(table), some

        self.background.do(compute, self._draw, self._failed)

    def show_feature(self, feature: str) -> None:
        """Another feature in the boxes."""
        self.feature = feature
        if self.findings is not None and not self.findings.frame.empty:
            self._draw_boxes(self.findings)

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
        self._draw_boxes(self.findings)
        count = f"{numbers.integer(len(self.findings.frame))} signals"
        self.statistics.show(charts.statistics_table(self.findings), qualifier=f"{count}, medians")
        self._draw_ranking(self.findings)

    def _draw_boxes(self, found: Findings) -> None:
        names = exploring.feature_columns(found.frame)
        feature = self.feature if self.feature in names else names[0]
        log = charts.fill_boxes(self._box_plot, found.frame, feature)
        options = Markup("").join(
            Markup('<option value="{}"{}>{}</option>').format(
                name, Markup(" selected") if name == feature else "", FEATURES[name].title
            )
            for name in names
        )
        picker = Markup(
            '<span class="controls plain"><select data-send="feature" aria-label="Feature">{}</select></span>'
        )
        self.boxes.show(self._box_plot.pane, qualifier="log axis" if log else "", right=picker.format(options))

    def _draw_ranking(self, found: Findings) -> None:
        if not found.ranking:
            self.separability.show(empty("Not computed", "It takes two labelled classes with several signals."))
            return
        self._ranking.html = str(charts.ranking_list(found.ranking))
        self.separability.show(
            self._ranking,
            qualifier="ANOVA F",
            right=f"{min(charts.RANKED, len(found.ranking))} of {len(found.ranking)}",
        )

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

    def separability_csv(self) -> Download:
        """F of every feature."""
        ranking = self.findings.ranking if self.findings else []
        return csv_file(
            f"{self.dataset}_separability.csv", ["feature", "anova_f"], [[name, value] for name, value in ranking]
        )
