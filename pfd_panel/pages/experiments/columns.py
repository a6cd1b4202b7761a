"""The columns of the list of experiments: what is known of each, and summaries of what its runs measured."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from urllib.parse import urlencode

from markupsafe import Markup

from data_catalog.experiment_pages import ExperimentRow
from pfd_panel.components import markup as m
from pfd_panel.components.jobs import state_chip
from pfd_panel.components.table import Column
from pfd_panel.pages.result.words import column_words, link
from pfd_panel.services.contestants import CURVES
from pfd_panel.theme import numbers

SHOWN = ("state", "record_accuracy", "split_text", "model", "seeds", "dataset", "created_at")
"""What is shown beside the name until something else is chosen."""

STATISTICS: Mapping[str, str] = {"best": "best", "last": "last", "min": "min", "max": "max"}
"""What may be shown of a measured number."""

TITLES: Mapping[str, str] = {
    **CURVES,
    "record_accuracy": "Recordings right",
    "record_balanced_accuracy": "Balanced accuracy",
    "record_macro_f1": "Macro F1",
    "record_log_loss": "Log loss (nat)",
    "window_accuracy": "Windows right",
    "stall_share": "Waited for data",
    "seconds": "Seconds an epoch (s)",
    "largest_gradient_norm": "Largest gradient norm",
}
_SHARES = ("accuracy", "macro_f1", "recall:", "stall_share")


def href(experiment_id: str) -> str:
    """Address of an experiment."""
    return f"/experiment?{urlencode({'id': experiment_id})}"


def known(titles: Mapping[str, str], synthetic: Collection[str]) -> dict[str, Column]:
    """Every column that is no measured number.

    Parameters
    ----------
    titles : mapping of str to str
        What models are called.
    synthetic : collection of str
        Ids of the datasets that are simulated.
    """
    columns = [
        Column("state", "State", _state),
        Column("record_accuracy", "Recordings right", _right, numeric=True),
        Column("split_text", "Held out", lambda row: row.split_text or numbers.DASH, sortable=False),
        Column("model", "Model", lambda row: titles.get(row.model, row.model)),
        Column("seeds", "Seeds", lambda row: numbers.integer(row.seeds), numeric=True),
        Column("dataset", "Dataset", partial(_dataset, synthetic)),
        Column("target", "Predicts", lambda row: column_words(row.target)),
        Column("folder", "Folder", lambda row: row.folder or numbers.DASH),
        Column("owner", "Owner", lambda row: row.owner),
        Column("created_at", "Created", lambda row: numbers.ago(row.created_at), numeric=True),
        Column("finished_at", "Ended", lambda row: numbers.ago(row.finished_at), numeric=True),
        Column("took", "Took", _took, numeric=True, sortable=False),
        Column("notes", "Notes", lambda row: _cut(row.notes) or numbers.DASH, sortable=False),
    ]
    return {column.name: column for column in columns}


def shown(names: Sequence[str], of: Mapping[str, Column], measured: Collection[str]) -> list[Column]:
    """The name, then the columns that are named; what is not known is left out."""
    own = [Column("name", "Experiment", _name)]
    return own + [of[name] if name in of else _measured(name) for name in names if name in of or name in measured]


def measured_title(name: str) -> str:
    """What a measured number is called: ``Validation loss (nat), min`` of ``valid_loss.min``."""
    number, _, statistic = name.rpartition(".")
    if number.startswith("recall:"):
        return f"Recall of {column_words(number.removeprefix('recall:'))}, {statistic}"
    return f"{TITLES.get(number, column_words(number))}, {statistic}"


def _measured(name: str) -> Column:
    share = any(part in name for part in _SHARES)

    def value(row: ExperimentRow) -> str:
        found = row.values.get(name)
        return numbers.percent(found) if share else numbers.number(found)

    return Column(name, measured_title(name), value, numeric=True)


def _name(row: ExperimentRow) -> Markup:
    words = Markup("").join(Markup(" {}").format(m.chip("unknown", tag)) for tag in row.tags)
    private = Markup(' <span class="muted">private</span>') if row.visibility == "private" else Markup("")
    return Markup(
        '<span style="display:block;white-space:normal;min-width:180px" title="{}"><b>{}</b>{}{}</span>'
    ).format(row.notes or row.name, link(href(row.id), row.name), words, private)


def _state(row: ExperimentRow) -> Markup:
    if row.state not in ("running", "paused") or row.progress is None:
        return state_chip(row.state)
    done = numbers.percent(row.progress, 0)
    return Markup('<span class="row" style="flex-wrap:nowrap">{}{}<span class="note">{}</span></span>').format(
        state_chip(row.state), m.bar(row.progress, label=f"{done} done"), done
    )


def _dataset(synthetic: Collection[str], row: ExperimentRow) -> Markup:
    chip = m.chip("unknown", "Synthetic") if row.dataset_id in synthetic else Markup("")
    return Markup("{} <span class=muted>v{}</span> {}").format(row.dataset, row.dataset_version, chip)


def _right(row: ExperimentRow) -> Markup:
    # a score never stands without how its test was kept apart, whatever columns are shown
    spread = ""
    if row.record_accuracy_sd is not None:
        spread = f"±{numbers.fixed(100 * row.record_accuracy_sd)}"
    return Markup('<span title="{}"><b>{}</b> <span class="muted">{}</span></span>').format(
        f"held out {row.split_text}", numbers.percent(row.record_accuracy), spread
    )


def _took(row: ExperimentRow) -> str:
    if row.started_at is None or row.finished_at is None:
        return numbers.DASH
    return numbers.duration((row.finished_at - row.started_at).total_seconds())


def _cut(text: str, most: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
