"""Datasets as HTML: cards, versions, and what was deleted."""

from collections.abc import Sequence
from urllib.parse import quote

from markupsafe import Markup

from data_catalog.datasets import DatasetSummary
from data_catalog.schema import Dataset, DatasetVersion
from pfd_panel.components.markup import bar_list, button, chip, key_values
from pfd_panel.components.table import Column, simple_table
from pfd_panel.theme import looks, numbers

CLASSES_SHOWN = 6
CARD_STYLE = """
.dataset { display: flex; flex-direction: column; gap: 8px; height: 100%; }
.dataset h2 { font-size: 15px; line-height: 20px; font-weight: 700; }
.dataset .title { display: flex; justify-content: space-between; gap: 8px; align-items: flex-start; }
.dataset .row:last-child { margin-top: auto; padding-top: 8px; }
"""


def address(path: str, dataset: str, parameter: str = "dataset") -> str:
    """A page about one dataset."""
    return f"{path}?{parameter}={quote(dataset)}"


def kind_chip(synthetic: bool) -> Markup:
    """Whether it was measured or simulated."""
    return chip("unknown", "Synthetic") if synthetic else Markup('<span class="note">Measured</span>')


def counts(summary: DatasetSummary) -> str:
    """``59 signals in 21 recordings``."""
    return f"{numbers.integer(summary.signals)} signals in {numbers.integer(summary.recordings)} recordings"


def classes(summary: DatasetSummary, most: int = CLASSES_SHOWN) -> Markup:
    """Bars of the largest classes, and how many more there are."""
    looked = looks(label or None for label in summary.classes)
    ranked = sorted(summary.classes.items(), key=lambda pair: (pair[0] != "healthy", -pair[1], pair[0]))
    if not ranked:
        return Markup('<span class="note">No signals yet.</span>')
    bars = bar_list([(looked[label or None], count) for label, count in ranked[:most]], summary.signals)
    more = len(ranked) - most
    return bars + (Markup('<div class="note">and {} more classes</div>').format(more) if more > 0 else "")


def version_words(summary: DatasetSummary) -> Markup:
    """``v2 · 7c9e12ab`` with the full hash on the pointer."""
    if not summary.version:
        return Markup('<span class="muted">no version yet</span>')
    return Markup('<span class="mono" title="manifest {}">v{} · {}</span>').format(
        summary.manifest_hash, summary.version, summary.manifest_hash[:8]
    )


def dataset_card(summary: DatasetSummary) -> Markup:
    """One dataset on the overview."""
    rows: list[tuple[str, Markup | str]] = [("Version", version_words(summary))]
    rows.append(("Changed", numbers.ago(summary.updated_at)))
    notes = Markup('<p class="note">{}</p>').format(summary.notes) if summary.notes else ""
    return Markup(
        '<article class="dataset"><div class="title"><h2><a href="{0}">{1}</a></h2>{2}</div>'
        '<div class="muted">{3}</div>'
        "{4}{5}{6}<div class=row>{7}{8}</div></article>"
    ).format(
        address("/datasets", summary.name, "name"),
        summary.name,
        kind_chip(summary.synthetic),
        counts(summary),
        classes(summary),
        key_values(rows),
        notes,
        button("Open", icon_name="folder_open", href=address("/datasets", summary.name, "name")),
        button("Explore", icon_name="scatter_plot", href=address("/explorer", summary.name)),
    )


def versions_table(versions: Sequence[DatasetVersion]) -> Markup:
    """Every version: number, hash, what it holds, why, who, when."""
    return simple_table(
        [
            Column("number", "Version", lambda row: f"v{row.number}", strong=True),
            Column("hash", "Manifest hash", _hash),
            Column("signals", "Signals", lambda row: numbers.integer(row.signal_count), numeric=True),
            Column("recordings", "Recordings", lambda row: numbers.integer(row.recording_count), numeric=True),
            Column("reason", "Why", lambda row: Markup('<span class="wrap">{}</span>').format(row.reason or "–")),
            Column("owner", "Who", lambda row: row.owner),
            Column("created_at", "When", lambda row: numbers.clock(row.created_at)),
        ],
        versions,
    )


def _hash(row: DatasetVersion) -> Markup:
    return Markup('<span class="mono" title="{}">{}</span>').format(row.manifest_hash, row.manifest_hash[:12])


def deleted_table(rows: Sequence[Dataset]) -> Markup:
    """What can be brought back."""
    return simple_table(
        [
            Column("name", "Dataset", lambda row: row.name),
            Column("deleted", "Deleted", lambda row: numbers.ago(row.deleted_at)),
            Column("back", "", _bring_back, numeric=True),
        ],
        rows,
    )


def _bring_back(row: Dataset) -> Markup:
    return button(f"Bring back {row.name}", icon_name="restore", send="restore", value=row.id, needs="work")
