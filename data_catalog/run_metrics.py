"""What is measured while runs learn: one row a number and epoch, and summaries for lists."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, delete, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from data_catalog import experiments
from data_catalog.batches import batches, changed, insert_all
from data_catalog.experiments import Finding, Summary
from data_catalog.schema import Experiment, ExperimentSummary, Run, RunMetric, RunSummary, utc_now

KEPT = "kept"
"""The part in which the model that is kept learns; folds are ``fold 1`` and so on."""

BEST = "best"
"""The number that says, by 1, at which epochs the weights were the best so far."""

SUMMARIES = ("last", "best", "minimum", "maximum")

Epochs = Mapping[int, Mapping[str, float | None]]


def measure(session: Session, run: Run, part: str, epochs: Epochs) -> None:
    """Keep what was measured in epochs of a part; an epoch that is told again replaces itself.

    The summaries of the run are those of this part until its model is kept: whoever watches sees the newest.
    """
    _upsert(session, list(_rows(run.id, part, epochs)))
    _summarise(session, run.id, summaries_of(_epochs_of(session, run.id, part)))
    _tell_experiment(session, run.experiment_id)


def finish(session: Session, run: Run, found: Finding) -> None:
    """A run is done: its model, its accuracy, and everything it measured in place of what was told on the way."""
    now = utc_now()
    run.state, run.model_id, run.record_accuracy, run.message = "done", found.model_id, found.record_accuracy, ""
    run.started_at, run.finished_at = run.started_at or now, now
    session.flush()
    changed(session, delete(RunMetric).where(RunMetric.run_id == run.id))
    rows = [row for part, epochs in found.epochs.items() for row in _rows(run.id, part, epochs)]
    insert_all(session, RunMetric, rows)
    _summarise(session, run.id, summaries_of(found.epochs.get(KEPT, {})) | dict(found.results))
    _tell_experiment(session, run.experiment_id)
    experiments.tell_accuracy(session, session.get_one(Experiment, run.experiment_id))


def summaries_of(epochs: Epochs) -> dict[str, Summary]:
    """The summary of each number over epochs; `best` is its value at the last epoch that was the best so far."""
    order = sorted(epochs)
    chosen = [epoch for epoch in order if epochs[epoch].get(BEST) == 1.0]
    found = {}
    for name in dict.fromkeys(name for epoch in order for name in epochs[epoch] if name != BEST):
        known = [value for epoch in order if (value := _finite(epochs[epoch].get(name))) is not None]
        if known:
            best = _finite(epochs[chosen[-1]].get(name)) if chosen else None
            found[name] = Summary(_finite(epochs[order[-1]].get(name)), best, min(known), max(known))
    return found


def history(
    session: Session, experiment_id: str, *, run: int | None = None, names: Sequence[str] | None = None
) -> list[tuple[int, int, str, int, str, float | None]]:
    """Run, seed, part, epoch, name and value of what an experiment's runs measured, in this order."""
    asked = (
        select(Run.number, Run.seed, RunMetric.part, RunMetric.epoch, RunMetric.name, RunMetric.value)
        .join(Run, Run.id == RunMetric.run_id)
        .where(Run.experiment_id == experiment_id)
        .order_by(Run.number, RunMetric.epoch, RunMetric.name)
    )
    if run is not None:
        asked = asked.where(Run.number == run)
    if names is not None:
        asked = asked.where(RunMetric.name.in_(names))
    rows = [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in session.execute(asked)]
    return sorted(rows, key=lambda row: (row[0], _place(row[2])))


def summaries(session: Session, experiment_id: str) -> dict[str, Summary]:
    """The means of the summaries of an experiment's runs, by name."""
    rows = session.scalars(
        select(ExperimentSummary)
        .where(ExperimentSummary.experiment_id == experiment_id)
        .order_by(ExperimentSummary.name)
    )
    return {row.name: Summary(row.last, row.best, row.minimum, row.maximum) for row in rows}


def forget(session: Session, experiment_ids: Iterable[str]) -> None:
    """Remove the numbers and the runs of experiments."""
    for chunk in batches(list(experiment_ids), 500):
        theirs = select(Run.id).where(Run.experiment_id.in_(chunk))
        for table in (RunMetric, RunSummary):
            changed(session, delete(table).where(table.run_id.in_(theirs)))
        changed(session, delete(ExperimentSummary).where(ExperimentSummary.experiment_id.in_(chunk)))
        changed(session, delete(Run).where(Run.experiment_id.in_(chunk)))


def _place(part: str) -> tuple[bool, int, str]:
    """Folds by their number, the model that is kept last."""
    number = part.rpartition(" ")[2]
    return part == KEPT, int(number) if number.isdecimal() else 0, part


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _rows(run_id: str, part: str, epochs: Epochs) -> Iterable[dict[str, Any]]:
    for epoch, numbers in epochs.items():
        for name, value in numbers.items():
            yield {"run_id": run_id, "part": part, "epoch": epoch, "name": name, "value": _finite(value)}


def _upsert(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    table = RunMetric.__table__
    assert isinstance(table, Table)
    for chunk in batches(rows, 500):
        given = dialect.insert(table)
        replaced = given.on_conflict_do_update(
            index_elements=["run_id", "part", "epoch", "name"], set_={"value": given.excluded.value}
        )
        session.execute(replaced, list(chunk))


def _epochs_of(session: Session, run_id: str, part: str) -> dict[int, dict[str, float | None]]:
    found: dict[int, dict[str, float | None]] = {}
    for epoch, name, value in session.execute(
        select(RunMetric.epoch, RunMetric.name, RunMetric.value).where(
            RunMetric.run_id == run_id, RunMetric.part == part
        )
    ):
        found.setdefault(epoch, {})[name] = value
    return found


def _summarise(session: Session, run_id: str, found: Mapping[str, Summary]) -> None:
    changed(session, delete(RunSummary).where(RunSummary.run_id == run_id))
    insert_all(session, RunSummary, [{"run_id": run_id, "name": name, **vars(one)} for name, one in found.items()])


def _tell_experiment(session: Session, experiment_id: str) -> None:
    """The means over the runs, counted anew in the database."""
    changed(session, delete(ExperimentSummary).where(ExperimentSummary.experiment_id == experiment_id))
    means = [func.avg(getattr(RunSummary, column)) for column in SUMMARIES]
    counted = (
        select(literal(experiment_id), RunSummary.name, *means)
        .join(Run, Run.id == RunSummary.run_id)
        .where(Run.experiment_id == experiment_id)
        .group_by(RunSummary.name)
    )
    session.execute(insert(ExperimentSummary).from_select(["experiment_id", "name", *SUMMARIES], counted))
