"""The recordings worth looking at: the surest mistakes, the hardest ones, and every wrong signal."""

from collections.abc import Sequence

import panel as pn
from markupsafe import Markup

from data_catalog.schema import ModelVersion, Prediction
from pfd_panel.components import card, grid, stack
from pfd_panel.components import markup as m
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.table import Column, DataTable, Rows
from pfd_panel.pages.result.confusion import signal_table
from pfd_panel.pages.result.later import Later
from pfd_panel.pages.result.words import TOGETHER, plural, signal_href, together_link
from pfd_panel.server.exchange import Download
from pfd_panel.services import judging
from pfd_panel.services.context import Context
from pfd_panel.services.judged import JudgedRecording, Mistakes
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look

PARTS = 3
"""Parts of a recording's name that are shown: folders can be many."""


def mistakes_tab(context: Context, model: ModelVersion, wrong: Sequence[Prediction], signals: int) -> pn.Column:
    """Both lists of recordings, then the wrong signals one by one."""
    later = Later("Not computed", 200)
    later.fill(lambda: judging.mistakes(context, model.id), lambda found: _lists(model, found))
    return stack(
        later.slot,
        card(
            "Wrong signals",
            signal_table(model, wrong, ("No mistakes", "Every held-out signal was recognised."), size=15),
            qualifier=f"{plural(len(wrong), 'signal')} of {numbers.integer(signals)}, the surest first",
            help_text="Signals that were called something else while held out. A mistake made with high probability is "
            "either a wrong label or something the features do not show: open the signal and look at its spectrum.",
        ),
    )


def _lists(model: ModelVersion, found: Mistakes) -> pn.Column:
    return grid(
        _list(
            model,
            "Most confident mistakes",
            found.confident,
            f"{plural(found.wrong, 'recording')} of {numbers.integer(found.tested)} wrong",
            ("No mistakes", "Every held-out recording was recognised."),
            "Wrong, the surest first: look here for wrong labels.",
        ),
        _list(
            model,
            "Hardest recordings",
            found.hardest,
            "right or wrong",
            ("Nothing tested", "No recording was held out."),
            "The least probability of what they are, right or wrong: look here for what the model has not understood.",
        ),
    )


def _list(
    model: ModelVersion,
    title: str,
    rows: Sequence[JudgedRecording],
    qualifier: str,
    nothing: tuple[str, str],
    help_text: str,
) -> pn.Column:
    columns = [
        Column(
            "recording",
            "Recording",
            lambda r: _named(model, r),
            sortable=False,
        ),
        Column("true", "Actual", lambda r: m.class_name(look(r.true)), sortable=False),
        Column("predicted", "Said", lambda r: m.class_name(look(r.predicted)), sortable=False),
        Column("p", "Probability (%)", lambda r: numbers.fixed(100 * r.confidence), numeric=True, sortable=False),
        Column(
            "of_truth",
            "Of the actual (%)",
            lambda r: numbers.fixed(100 * r.probability_of_truth),
            numeric=True,
            strong=True,
            sortable=False,
        ),
    ]

    def table() -> Download:
        header = ["recording", "fold", "actual", "said", "probability", "probability of the actual"]
        told = [(r.recording, r.fold + 1, r.true, r.predicted, r.confidence, r.probability_of_truth) for r in rows]
        return csv_file(f"{model.name}-{title.lower().replace(' ', '-')}.csv", header, told)

    together = [row.signal_id for row in rows[:TOGETHER]]
    return card(
        title,
        DataTable(
            columns, lambda _s, _d, at, most: Rows(rows[at : at + most], len(rows)), page_size=8, nothing=nothing
        ),
        qualifier=qualifier,
        right=together_link(model.dataset_id, together) if len(together) > 1 else "",
        help_text=help_text,
        download=table if rows else None,
    )


def _named(model: ModelVersion, row: JudgedRecording) -> Markup:
    """The end of a recording's name, which tells those of one dataset apart, with the whole of it to read."""
    short = "/".join(row.recording.rpartition("#")[2].split("/")[-PARTS:])
    return Markup('<a href="{}" title="{}">{}</a>').format(
        signal_href(model.dataset_id, row.signal_id), row.recording, short
    )
