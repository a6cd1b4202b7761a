"""The card that ranks features by how well they tell the classes apart."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from markupsafe import Markup

from pfd_panel.components import Live
from pfd_panel.components.markup import empty
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.tabs import switch
from pfd_panel.pages.explorer import charts
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.server.exchange import Download
from pfd_panel.services.statistics import FeatureRanking
from pfd_panel.theme import numbers

HELP = (
    "How well features tell the labelled classes apart. F (one-way ANOVA): variance between the classes over variance "
    "within them. Mutual information: how much a feature says about the class, by nearest neighbours (Ross 2014), "
    "seeded. mRMR: features chosen one after another, each for what it adds (Peng 2005). None of them says anything "
    "about new bearings: signals of one bearing resemble each other for other reasons than the fault."
)
CHOICES = (("anova", "F"), ("mutual_information", "Information"), ("mrmr", "mRMR"))
MEANINGS = {
    "anova": "How far the class means lie apart, against the spread within a class; one feature at a time.",
    "mutual_information": "Nats that a feature says about the class, by any relation; all there is to say: {}.",
    "mrmr": "In the order of choice: what a feature says about the class, less what those above it say already (nats).",
}


class SeparabilityCard:
    """A ranking by one of three scores.

    Parameters
    ----------
    pick : callable
        ``pick(feature)`` when a feature of the list is chosen.
    reorder : callable
        ``reorder(method)`` when another score is chosen.
    dataset : callable
        Name of the dataset, for the file that is downloaded.
    """

    def __init__(self, pick: Callable[[str], Any], reorder: Callable[[str], Any], dataset: Callable[[], str]) -> None:
        self._pick, self._reorder, self._dataset = pick, reorder, dataset
        self.ranking: FeatureRanking | None = None
        self.slot = CardSlot("Separability", HELP, height=160, produce=self.csv)

    @cached_property
    def body(self) -> Live:
        """Switch, list and what its numbers mean."""
        return Live(on={"feature": self._pick, "ranking": self._reorder}, stylesheets=[CONTROLS], margin=0)

    def show(self, ranking: FeatureRanking, entropy: float) -> None:
        """Show a ranking; `entropy` of the classes is the most that a feature could say, in nats."""
        self.ranking = ranking
        if not ranking.features:
            self.slot.show(empty("Not computed", "It takes two labelled classes with several signals."))
            return
        words = MEANINGS[ranking.method].format(numbers.number(entropy, 3))
        self.body.html = str(
            Markup('<div class="controls plain marked">{}</div>{}<p class="note">{}</p>').format(
                switch("ranking", CHOICES, ranking.method, "Score"), charts.ranking_list(ranking.features), words
            )
        )
        some = f", {numbers.integer(ranking.count)} signals drawn at random" if ranking.drawn else ""
        shown = min(charts.RANKED, len(ranking.features))
        self.slot.show(self.body, qualifier=f"{shown} of {len(ranking.features)} features{some}")

    def csv(self) -> Download:
        """The score of every feature."""
        ranking = self.ranking
        rows: list[list[object]] = [[name, score] for name, score in ranking.features] if ranking else []
        method = ranking.method if ranking else "score"
        return csv_file(f"{self._dataset()}_separability.csv", ["feature", method], rows)
