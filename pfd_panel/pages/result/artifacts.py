"""What the training wrote, and what of the result can be taken along."""

import json
from collections.abc import Callable, Sequence

import panel as pn
from markupsafe import Markup

from data_catalog.schema import ModelVersion, Prediction
from pfd_panel.components import card, grid, stack
from pfd_panel.components import markup as m
from pfd_panel.components.card import download_link
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.table import Column, simple_table
from pfd_panel.pages.result.later import Later
from pfd_panel.pages.result.words import link, plural
from pfd_panel.server.exchange import Download
from pfd_panel.services import documenting
from pfd_panel.services.context import Context
from pfd_panel.services.judged import WrittenFile
from pfd_panel.theme import numbers

SPELLED = 16
"""Digits of a checksum that are shown; the whole one is in the title."""


def artifacts_tab(context: Context, model: ModelVersion, predictions: Sequence[Prediction]) -> pn.Column:
    """Files with ids, bytes and hashes; rows of the catalog; downloads."""
    later = Later("Not read", 120)
    later.fill(lambda: documenting.written_files(context, model.id), _files)
    return stack(later.slot, grid((_rows(model, predictions), 5), (_downloads(context, model, predictions), 7)))


def _files(found: Sequence[WrittenFile]) -> pn.Column:
    columns = [
        Column("what", "File", lambda r: r.what, strong=True),
        Column("bytes", "Size", lambda r: numbers.size(r.bytes), numeric=True),
        Column("id", "Id", lambda r: _code(r.id)),
        Column("checksum", "Checksum", lambda r: _code(r.checksum)),
        Column("method", "By", lambda r: r.method),
        Column("created", "Written", lambda r: numbers.clock(r.created_at)),
        Column("detail", "", lambda r: Markup('<span class="muted">{}</span>').format(r.detail)),
    ]
    return card(
        "Files",
        simple_table(columns, found),
        qualifier=f"{plural(len(found), 'file')} · {numbers.size(sum(one.bytes for one in found))}",
        help_text="A model is stored under the hash of its content: the same bytes are one file, and a changed byte is "
        "noticed when it is read. Features are shared by every model of the same feature set.",
    )


def _code(text: str) -> Markup:
    return Markup('<code title="{}">{}</code>').format(text, text[:SPELLED])


def _rows(model: ModelVersion, predictions: Sequence[Prediction]) -> pn.Column:
    told = model.metrics
    return card(
        "In the catalog",
        m.key_values(
            [
                ("Model version", _code(model.id)),
                ("Split", _code(model.split_id)),
                ("Feature set", _code(model.feature_set_id)),
                ("Dataset manifest", Markup("<code>{}</code>").format(model.manifest_hash[:SPELLED])),
                ("Held-out answers", f"{numbers.integer(len(predictions))} signals"),
                ("Recordings judged", numbers.integer(len(told["recordings"]))),
                ("Job", link(f"/jobs?id={model.job_id}", "log and settings") if model.job_id else numbers.DASH),
            ]
        ),
        qualifier="rows that this version is traced by",
    )


def _downloads(context: Context, model: ModelVersion, predictions: Sequence[Prediction]) -> pn.Column:
    classes = model.metrics["classes"]

    def answers() -> Download:
        header = ["recording", "channel", "signal_id", "fold", "actual", "said", *(f"p_{name}" for name in classes)]
        rows = [
            (
                one.recording,
                one.channel,
                one.signal_id,
                int(one.detail.get("fold", 0)) + 1,
                one.truth,
                one.label,
                *(one.detail.get(f"p_{name}") for name in classes),
            )
            for one in predictions
        ]
        return csv_file(f"{model.name}-held-out.csv", header, rows)

    def epochs() -> Download:
        frame = documenting.epochs(context, model.id)
        return csv_file(f"{model.name}-epochs.csv", list(frame.columns), frame.itertuples(index=False))

    def plain(name: str, value: object) -> Callable[[], Download]:
        def made() -> Download:
            return Download(f"{model.name}-{name}.json", json.dumps(value, indent=2).encode(), "application/json")

        return made

    offered: list[tuple[str, str, Callable[[], Download]]] = [
        ("Evaluation", "scores, intervals, calibration, leaks, as JSON", plain("evaluation", model.metrics)),
        ("Configuration", "what to ask for to train it again, as JSON", plain("configuration", model.config)),
        ("Split", "which signals stood on which side of each fold, as JSON", plain("split", model.metrics["split"])),
        ("Held-out answers", "every signal with its probabilities, as CSV", answers),
    ]
    if model.metrics.get("history"):
        offered.append(("Epochs", "the training of each fold, as CSV", epochs))
    lines = Markup("").join(
        Markup('<div><b style="flex:0 0 140px">{}</b><span class="grow muted">{}</span>{}</div>').format(
            name, words, download_link(produce, f"Download: {name}")
        )
        for name, words, produce in offered
    )
    return card(
        "To take along",
        Markup('<div class="lines">{}</div>').format(lines),
        qualifier="made when you ask for it",
    )
