"""When the model should not answer with one class: sets of classes, and recordings unlike the training data."""

from typing import Any

import panel as pn
import param
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.schema import ModelVersion
from pfd_panel.components import Live, card, grid, stack, static, surface
from pfd_panel.components import markup as m
from pfd_panel.components.fields import FIELD_STYLE, tick
from pfd_panel.components.plots import distance_plot
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.table import Column, DataTable, Rows, simple_table
from pfd_panel.components.tabs import TAB_STYLE, switch
from pfd_panel.pages.result.later import Later
from pfd_panel.pages.result.words import bounds_words, plural, said
from pfd_panel.server.exchange import Download
from pfd_panel.services import judging
from pfd_panel.services.context import Context
from pfd_panel.services.judged import Bounds, ConformalAnswer, Unfamiliar
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look, looks
from pfd_panel.theme.tokens import TRACE

COVERAGES = (("0.8", "80 %"), ("0.9", "90 %"), ("0.95", "95 %"), ("0.99", "99 %"))
SETS_HELP = (
    "Instead of one class the model can name all that cannot be ruled out, so that the true one is among them as often "
    "as promised, whatever the model. Thresholds come from held-out recordings of other recordings (or groups), so no "
    "set is judged by its own. The promise holds for recordings like these; for a new machine hold machines out."
)
GATE_HELP = (
    "A model names a class for anything. Each recording's windows are therefore compared with those of the training "
    "side by their features; one that is farther from it than the recordings there are from each other is refused. "
    "Here each held-out recording is asked of the gate of its own fold."
)


def share_words(found: Bounds) -> str:
    """``94.1 % (89.0–97.2)``."""
    return f"{numbers.percent(found.value)} {bounds_words(found, parentheses=True)}".strip()


class Sets(Viewer):
    """Conformal sets at a chosen coverage."""

    coverage = param.Selector(default="0.9", objects=[value for value, _ in COVERAGES], doc="What sets shall hold.")
    per_class = param.Boolean(doc="Promise it to each class.")
    calibration = param.String(default="none", doc="Calibration that comes before.")

    def __init__(self, context: Context, model: ModelVersion, **params: Any) -> None:
        super().__init__(**params)
        self.context, self.model = context, model
        self.found: ConformalAnswer | None = None
        self.tools = Live(
            on={
                "coverage": lambda value: setattr(self, "coverage", value),
                "per-class": lambda _, on: setattr(self, "per_class", on),
            },
            stylesheets=[TAB_STYLE, FIELD_STYLE],
            margin=0,
        )
        self.later = Later("No sets", 90, 120)
        self._ask()

    @param.depends("coverage", "per_class", "calibration", watch=True)
    def _ask(self) -> None:
        self.tools.html = str(
            Markup('<div class="row" style="gap:16px">{}{}</div>').format(
                switch("coverage", COVERAGES, self.coverage, "Share of sets that shall hold the true class"),
                tick("per-class", "1", "For each class by itself", on=self.per_class),
            )
        )
        asked = {"coverage": float(self.coverage), "per_class": self.per_class, "calibration": self.calibration}
        self.later.fill(lambda: judging.conformal_sets(self.context, self.model.id, **asked), self._shown)

    def _shown(self, found: ConformalAnswer) -> pn.Column:
        self.found = found
        named = looks(one.name for one in found.classes)
        kept = found.covered.high is not None and found.covered.high >= found.coverage
        state = m.chip("healthy", "As promised") if kept else m.chip("watch", "Below the promise")
        stats = grid(
            surface(
                m.stat(
                    "True class in the set",
                    numbers.percent(found.covered.value),
                    f"asked {numbers.percent(found.coverage, 0)}",
                    f"95 % {bounds_words(found.covered)} %",
                    state,
                )
            ),
            surface(
                m.stat("Classes in a set", numbers.fixed(found.mean_size, 2), "on average", f"of {len(named)} classes")
            ),
            surface(
                m.stat(
                    "One class named",
                    numbers.percent(found.one),
                    "of recordings",
                    f"{share_words(found.one_right)} of them right" if found.one_right.value is not None else "none",
                )
            ),
            surface(
                m.stat(
                    "“I don't know”",
                    numbers.percent(found.unknown),
                    "of recordings",
                    f"no class fits {numbers.percent(found.none)} · all are possible {numbers.percent(found.all)}",
                )
            ),
            phone_pairs=True,
        )
        columns = [
            Column("name", "Class", lambda r: m.class_name(named[r.name])),
            Column(
                "held", "True class in the set (%)", lambda r: numbers.fixed(100 * r.covered.value), numeric=True,
                strong=True,
            ),
            Column("bounds", "95 %", lambda r: bounds_words(r.covered), numeric=True),
            Column("bar", "", lambda r: m.bar(r.covered.value, TRACE, found.coverage, f"{r.name}: {r.covered.value}")),
        ]  # fmt: skip
        words = said(self.model, found.statement)
        tested = plural(found.recordings, "recording")
        few = "" if found.recordings >= found.needed else f" Only {tested} could be held out."
        return stack(
            stats,
            static(simple_table(columns, found.classes)),
            static(Markup('<p class="note">{}{}</p>').format(words, few)),
        )

    def __panel__(self) -> pn.Column:
        return card(
            "Sets of classes",
            self.tools,
            pn.Column(self.later.slot, margin=(12, 0, 0, 0), sizing_mode="stretch_width"),
            qualifier="conformal, cross-fitted on held-out recordings",
            help_text=SETS_HELP,
        )


def unfamiliar_card(model: ModelVersion, found: Unfamiliar) -> pn.Column:
    """The gate for recordings unlike the training data: how often it refuses, and whether that spares mistakes."""
    named = looks(one.true for one in found.recordings)
    points = [(named[one.true], one.recording, one.novelty, one.right) for one in found.recordings if one.novelty]
    refused = [one for one in found.recordings if one.refused]
    facts = m.key_values(
        [
            ("Refused (“I don't know”)", share_words(found.refused)),
            ("Right among the answered", share_words(found.answered_right)),
            ("Right among the refused", share_words(found.refused_right)),
            ("Largest familiar distance", f"{numbers.number(found.threshold, 3)} (kept model)"),
            (
                "of the folds",
                f"{numbers.number(min(found.thresholds), 3)} to {numbers.number(max(found.thresholds), 3)}",
            ),
        ]
    )

    def table() -> Download:
        rows = [(one.recording, one.true, one.right, one.novelty, one.refused, one.reason) for one in found.recordings]
        header = ["recording", "true", "right", "distance over the limit", "refused", "reason"]
        return csv_file(f"{model.name}-distances.csv", header, rows)

    columns = [
        Column("recording", "Refused recording", lambda r: r.recording, sortable=False),
        Column("true", "Actual", lambda r: m.class_name(look(r.true)), sortable=False),
        Column(
            "right",
            "Would have been",
            lambda r: m.chip("healthy", "Right") if r.right else m.chip("alarm", "Wrong"),
            sortable=False,
        ),
        Column("novelty", "Distance (1 = limit)", lambda r: numbers.fixed(r.novelty, 2), numeric=True, sortable=False),
        Column("reason", "Reason", lambda r: r.reason, sortable=False),
    ]
    parts: list[Any] = [
        grid(
            (distance_plot(points, y_label="Distance to training (1 = limit)"), 8),
            (static(facts), 4),
        )
    ]
    if refused:
        parts.append(
            DataTable(columns, lambda _s, _d, at, most: Rows(refused[at : at + most], len(refused)), page_size=8)
        )
    return card(
        "Unlike the training data",
        Markup('<p style="margin:0 0 8px">{}</p>').format(found.words),
        *parts,
        qualifier="out-of-distribution gate, fold by fold",
        legend=Markup('<span class="legend"><span>● right</span><span>✕ wrong</span></span>'),
        help_text=GATE_HELP,
        download=table,
    )
