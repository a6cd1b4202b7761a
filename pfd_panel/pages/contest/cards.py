"""The cards of a comparison: each shows one part of what was found."""

from collections.abc import Callable
from typing import Any

import panel as pn
from markupsafe import Markup

from pfd_panel.components import Live, card, static
from pfd_panel.components import markup as m
from pfd_panel.components.fields import select
from pfd_panel.components.plots.contest import BandLine, Bar, band_lines, interval_bars, middle_of, radar
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.table import DataTable, Rows
from pfd_panel.components.tabs import switch
from pfd_panel.pages.contest import words
from pfd_panel.pages.contest.style import STYLE
from pfd_panel.server.exchange import Download
from pfd_panel.services.contestants import CURVES
from pfd_panel.services.contesting import Contest
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look
from pfd_panel.theme.series import series_look

SCORES = {"recall": "Recall", "precision": "Precision", "f1": "F1"}
FEWEST_SPOKES = 3
ANSWERS = 12
"""Recordings on a page of those on which entries disagree."""

Choose = Callable[[str], Any]


def measures_card(found: Contest) -> pn.Column:
    """All measures of all entries."""

    def table() -> Download:
        rows = [
            [entry.name, entry.split, row.name, one.value, one.low, one.high, one.deviation, len(one.seeds)]
            for row in found.measures
            for entry, one in zip(found.entries, row.values, strict=True)
        ]
        header = ["entry", "held out", "measure", "mean", "low 95 %", "high 95 %", "sd over seeds", "seeds"]
        return csv_file("comparison.csv", header, rows)

    return card(
        "Measures",
        Live(words.measure_table(found), stylesheets=[STYLE], margin=0),
        qualifier="held out · mean of the seeds, 95 % interval below",
        download=table,
        help_text="The interval says how far another choice of recordings would move the mean: exact binomial or a "
        "bootstrap of what moves between training and test as a whole. ± is the standard deviation over the seeds: how "
        "far another seed would. Bold is the best value, which need not be beyond chance: see the paired tests.",
    )


def bars_card(found: Contest, metric: str, choose: Choose) -> pn.Column:
    """One measure as bars."""
    row = next(one for one in found.measures if one.name == metric)
    bars = [
        Bar(
            words.numbered(place, entry), series_look(place), one.value, one.low, one.high,
            [value for _, value in one.seeds] if len(one.seeds) > 1 else (),
        )
        for place, (entry, one) in enumerate(zip(found.entries, row.values, strict=True))
        if one.value is not None
    ]  # fmt: skip
    choice = select("metric", [(one.name, one.title) for one in found.measures], metric, label="Measure", bare=True)
    label = f"{row.title} ({row.unit or 'share'})"
    drawn: Any = (
        interval_bars("contest bars", bars, label, most=None if row.unit or not row.higher_is_better else 1.0)
        if bars
        else static(m.empty("No value yet", "No run has ended."))
    )
    how = next((one.how for one in row.values if one.how), "")
    return _styled(
        card(
            "One measure",
            drawn,
            qualifier=f"line: 95 %, {how}" if how else "no interval is known for this measure",
            right=choice,
            on={"metric": choose},
            help_text=f"{row.title}: {row.meaning}. Rings are single seeds, where there are several.",
        )
    )


def curves_card(found: Contest, curve: str, choose: Choose) -> pn.Column:
    """A column of the history over the epochs, with the band of the seeds."""
    known = list(dict.fromkeys(one.name for one in found.curves))
    if not known:
        why = "None of these is trained in epochs: only networks are."
        return card("Curves", static(m.empty("No curves", why)))
    shown = curve if curve in known else known[0]
    lines = [
        BandLine(
            words.numbered(one.entry, found.entries[one.entry]), series_look(one.entry), one.band.epochs, one.band.mean,
            one.band.low, one.band.high,
        )
        for one in found.curves
        if one.name == shown
    ]  # fmt: skip
    drawn = [one.entry for one in found.curves if one.name == shown]
    without = len(found.entries) - len(drawn)
    told = f"{without} without epochs" if without else "band: lowest to highest seed"
    choice = select("curve", [(name, CURVES[name]) for name in known], shown, label="Curve", bare=True)
    return _styled(
        card(
            "Curves",
            band_lines("contest curves", lines, "Epoch", CURVES[shown]),
            qualifier=told,
            legend=words.legend(found.entries, drawn),
            legend_below=True,
            right=choice,
            on={"curve": choose},
            help_text="The line is the mean of the seeds that reached an epoch, the band goes from the lowest to the "
            "highest of them. Of a run with folds the model that was kept is drawn, or the mean of its folds.",
        )
    )


def classes_cards(found: Contest, score: str, choose: Choose) -> list[tuple[pn.Column, int]]:
    """A score of each class: as a radar and as a table."""
    buttons = switch("score", list(SCORES.items()), score, "Score of the classes")
    table = card(
        "Per class",
        words.class_table(found, score),
        qualifier=f"{SCORES[score].lower()} in %, recordings, mean of the seeds",
        right=buttons,
        on={"score": choose},
        help_text="Precision: of those called this, how many were. Recall: of those that were, how many were called "
        "it. F1: their harmonic mean. Bold is the highest.",
    )
    _styled(table)
    if len(found.classes) < FEWEST_SPOKES:
        return [(table, 12)]
    values = [getattr(one, score) for one in found.classes]
    middle = middle_of([value for row in values for value in row])
    rows = [(series_look(place), [row[place] for row in values]) for place in range(len(found.entries))]
    names = [look(one.name).label for one in found.classes]
    picture = card(
        "Classes at a glance",
        radar("contest radar", names, rows, middle),
        qualifier=f"{SCORES[score].lower()}, rim 100 %, middle {100 * middle:.0f} %",
        legend=words.legend(found.entries),
        legend_below=True,
    )
    return [(picture, 5), (table, 7)]


def tests_card(found: Contest) -> pn.Column:
    """The paired tests, or why none is made."""
    notes = [Markup('<p class="note">{}</p>').format(note) for note in found.notes]
    if found.tests is None:
        told = found.refusal
        assert told is not None
        return card(
            "Paired tests",
            static(m.empty(Markup("No test is made"), f"{m.sentence(told.message)} {m.sentence(told.hint)}")),
            *(static(note) for note in notes),
            qualifier="what was found is shown all the same",
        )
    tests = found.tests
    ranks = ""
    if any(rank is not None for rank in tests.ranks):
        told_ranks = (f"{place + 1}: {numbers.fixed(rank, 2)}" for place, rank in enumerate(tests.ranks))
        ranks = f"Mean ranks (1 is best): {', '.join(told_ranks)}."
    below = [tests.omnibus, ranks, tests.correction, *tests.caveats]
    body = Markup('{}<div class="remarks">{}</div>').format(
        words.pair_table(tests.pairs),
        Markup("").join(Markup("<span>{}</span>").format(text) for text in below if text) + Markup("").join(notes),
    )
    return card(
        "Paired tests",
        Live(body, stylesheets=[STYLE], margin=0),
        qualifier=tests.title,
        help_text=Markup("{} {}.").format(tests.why, tests.citation),
    )


def reasons_card(found: Contest) -> pn.Column:
    """Why the best differs from each of the others, in words."""
    lines = Markup("").join(
        Markup("<p>{} against {} {}</p>").format(words.mark(one.first), words.mark(one.second), one.text)
        for one in found.reasons
    )
    shown = Live(Markup('<div class="reasons">{}</div>').format(lines), stylesheets=[STYLE], margin=0)
    return card("Why they differ", shown, qualifier="what was counted, for one run of each")


def settings_card(found: Contest) -> pn.Column:
    """What differs between the configurations."""
    alike = m.empty("Nothing differs", "Model, parameters, split, features, data and software are the same.")
    table = words.settings_table(found.settings, len(found.entries)) if found.settings else alike
    return card("Configuration", table, qualifier="only what differs")


class AnswersCard:
    """The recordings on which entries disagree: all, or those of one pair."""

    def __init__(self, found: Contest, pair: tuple[str, str], page: int, chosen: Callable[..., Any]) -> None:
        self.found, self._chosen = found, chosen
        self.places = {one.reference: place for place, one in enumerate(found.entries)}
        self.pair = pair
        self.bar = Live(
            on={
                "first": lambda one: self.choose(one, self.pair[1]),
                "second": lambda one: self.choose(self.pair[0], one),
            },
            stylesheets=[STYLE],
            margin=0,
        )
        self.table = DataTable(
            self._columns(), self._fetch, page=page, page_size=ANSWERS,
            nothing=("No disagreement", "They got the same recordings right, as often."),
        )  # fmt: skip
        self.table.param.watch(lambda event: self._chosen(page=event.new), "page")
        self._draw()
        self.view = card(
            "Where they disagree",
            self.bar,
            self.table,
            qualifier="held-out recordings, the widest apart first",
            help_text="A recording is listed when two entries did not get it right equally often. Its link opens the "
            "signal: look whether its spectrum tells which of them is right.",
        )

    def choose(self, first: str, second: str) -> None:
        """Show the recordings on which two entries disagree; empty: on which any do."""
        self.pair = (first, second)
        self._chosen(pair=self.pair, page=0)
        self.table.page = 0
        self.table.show(self._columns())
        self._draw()

    @property
    def shown(self) -> list[int]:
        """Places of the entries whose answers are shown."""
        among = [self.places[one] for one in self.pair if one in self.places]
        return among if len(set(among)) == len(self.pair) else list(range(len(self.found.entries)))

    def rows(self) -> list[Any]:
        """The recordings on which the shown entries disagree."""
        shown = self.shown
        found = []
        for one in self.found.disagreements:
            known = [right for place in shown if (right := one.right[place]) is not None]
            if len(known) > 1 and min(known) < max(known):
                found.append(one)
        return found

    def _columns(self) -> list[Any]:
        return words.answer_columns(self.shown, [len(one.seeds) for one in self.found.entries])

    def _fetch(self, _sort: str, _descending: bool, offset: int, limit: int) -> Rows:
        rows = self.rows()
        return Rows(rows[offset : offset + limit], len(rows))

    def _draw(self) -> None:
        names = [(one.reference, f"{place + 1} · {one.name}") for place, one in enumerate(self.found.entries)]
        options = [("", "any"), *names]
        self.bar.html = str(
            Markup('<div class="pairing">Between {} and {} <span class="note">{}</span></div>').format(
                select("first", options, self.pair[0], label="First", bare=True),
                select("second", options, self.pair[1], label="Second", bare=True),
                f"{numbers.integer(self.table.total)} recordings",
            )
        )


def _styled(made: pn.Column) -> pn.Column:
    """A card whose head has controls, with their style."""
    made[0].stylesheets = [*made[0].stylesheets, STYLE]
    return made
