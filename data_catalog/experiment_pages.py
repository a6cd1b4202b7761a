"""Long lists of experiments: filtered, sorted and paged by the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from data_catalog import experiment_query, tags
from data_catalog.query_text import parse
from data_catalog.schema import Dataset, Experiment, ExperimentSummary, Job, Tag

SORTS: Mapping[str, InstrumentedAttribute[Any]] = {
    name: getattr(Experiment, name)
    for name in (
        "created_at", "updated_at", "started_at", "finished_at", "name", "model", "target", "folder", "state", "owner",
        "seeds", "record_accuracy", "record_accuracy_sd", "dataset_version",
    )
} | {"dataset": Dataset.name}  # fmt: skip
"""Columns that lists can be sorted by, besides summaries of measured numbers."""

FACETS = ("state", "model", "folder", "owner", "dataset", "tag")


@dataclass(frozen=True)
class ExperimentQuery:
    """Which experiments, in which order, which slice of them.

    Attributes
    ----------
    search : str
        Words that name, notes, model, target, split, folder or dataset must have, all of them.
    query : str
        A condition, see `experiment_query`.
    state, model : sequence of str
        Keep those with one of these.
    dataset : str
        Name or id of a dataset; '' for all.
    folder : str, optional
        Keep what lies in this folder or below it; '' keeps what lies in none, None everything.
    tags : sequence of str
        Keep those that carry all of these.
    archived, deleted : bool
        The archived or the deleted ones instead of the others.
    sort : str
        A name of `SORTS` or a summary of a measured number, as ``valid_loss.min``; a minus before it turns it round.
        What has no value comes last either way.
    columns : sequence of str
        Summaries of measured numbers that the rows shall have.
    measured : collection of str
        Names under which something may be measured.
    """

    search: str = ""
    query: str = ""
    state: Sequence[str] = ()
    model: Sequence[str] = ()
    dataset: str = ""
    folder: str | None = None
    tags: Sequence[str] = ()
    archived: bool = False
    deleted: bool = False
    sort: str = "-created_at"
    columns: Sequence[str] = ()
    measured: Collection[str] = field(default=(), repr=False)
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class ExperimentRow:
    """One experiment as lists and pages show it.

    The fields are those of the table; `dataset` is the name, `progress` the share of the job that is done (None: not
    known), `values` the summaries that were asked for.
    """

    id: str
    name: str
    notes: str
    folder: str
    dataset_id: str
    dataset: str
    dataset_version: int
    model: str
    target: str
    split_text: str
    config: dict[str, Any]
    state: str
    job_id: str | None
    owner: str
    visibility: str
    seeds: int
    record_accuracy: float | None
    record_accuracy_sd: float | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    archived_at: datetime | None
    deleted_at: datetime | None
    tags: list[str]
    progress: float | None
    values: dict[str, float | None]


@dataclass(frozen=True)
class ExperimentPage:
    """One slice of what a query finds; `total` counts all of it."""

    rows: list[ExperimentRow]
    total: int


_JOINED = {"dataset", "tags", "progress", "values"}
_COLUMNS = tuple(name for name in ExperimentRow.__dataclass_fields__ if name not in _JOINED)


def page(session: Session, query: ExperimentQuery) -> ExperimentPage:
    """The experiments of one page and how many there are in all.

    Raises
    ------
    CatalogError
        The query or the order cannot be read.
    """
    conditions = _conditions(session, query)
    total = session.scalar(select(func.count()).select_from(Experiment).where(*conditions)) or 0
    for column in query.columns:
        experiment_query.require_measured(session, column, query.measured)
    ids = _ids(session, conditions, query)
    # whole rows are read of this page alone
    found = _pairs(session, Experiment.id, Experiment, ids)
    return ExperimentPage(rows_of(session, [found[one] for one in ids], query.columns), total)


def rows_of(session: Session, found: Sequence[Experiment], columns: Sequence[str] = ()) -> list[ExperimentRow]:
    """Experiments with the name of their dataset, their tags, their progress and summaries of what they measured."""
    ids = [one.id for one in found]
    datasets = _pairs(session, Dataset.id, Dataset.name, {one.dataset_id for one in found})
    jobs = _pairs(session, Job.id, Job, {one.job_id for one in found if one.job_id})
    carried = tags.of(session, "experiment", ids)
    values = {column: _values(session, column, ids) for column in dict.fromkeys(columns)}
    return [
        ExperimentRow(
            **{name: getattr(one, name) for name in _COLUMNS},
            dataset=datasets.get(one.dataset_id, ""),
            tags=carried[one.id],
            progress=_progress(jobs.get(one.job_id or "")),
            values={column: told.get(one.id) for column, told in values.items()},
        )
        for one in found
    ]


def facets(session: Session, query: ExperimentQuery) -> dict[str, list[tuple[str, int]]]:
    """The values of each of `FACETS` among what a query finds, with their counts, most frequent first."""
    conditions = _conditions(session, query)
    found = {}
    for name in FACETS:
        counted = func.count()
        column: InstrumentedAttribute[str] = {"dataset": Dataset.name, "tag": Tag.tag}.get(name) or SORTS[name]
        asked = select(column, counted).select_from(Experiment).where(*conditions)
        if name == "dataset":
            asked = asked.join(Dataset, Dataset.id == Experiment.dataset_id)
        if name == "tag":
            asked = asked.join(Tag, (Tag.subject_id == Experiment.id) & (Tag.subject_kind == "experiment"))
        rows = session.execute(asked.group_by(column).order_by(counted.desc(), column))
        found[name] = [(value, count) for value, count in rows]
    return found


def measured_names(session: Session) -> list[str]:
    """Everything that was measured under some name, in alphabetical order."""
    return list(session.scalars(select(ExperimentSummary.name).distinct().order_by(ExperimentSummary.name)))


def _conditions(session: Session, query: ExperimentQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        Experiment.deleted_at.is_not(None) if query.deleted else Experiment.deleted_at.is_(None)
    ]
    if not query.deleted:
        # the words of the partial indexes, so that the database uses them
        found.append(Experiment.archived_at.is_not(None) if query.archived else Experiment.archived_at.is_(None))
    for column, values in ((Experiment.state, query.state), (Experiment.model, query.model)):
        if values:
            found.append(column.in_(values))
    if query.dataset:
        named = select(Dataset.id).where(or_(Dataset.id == query.dataset, Dataset.name == query.dataset))
        found.append(Experiment.dataset_id.in_(named))
    if query.folder is not None:
        below = [Experiment.folder.startswith(f"{query.folder}/", autoescape=True)] if query.folder else []
        found.append(or_(Experiment.folder == query.folder, *below))
    found += [experiment_query.tagged(tag) for tag in query.tags]
    if query.search.strip():
        found.append(experiment_query.containing(query.search))
    tree = parse(query.query)
    if tree is not None:
        found.append(experiment_query.condition(tree, session, query.measured))
    return found


def _ids(session: Session, conditions: Sequence[ColumnElement[bool]], query: ExperimentQuery) -> list[str]:
    """Ids of one page, in order; the usual orders come from indexes."""
    name = query.sort.removeprefix("-")
    column: InstrumentedAttribute[Any] | None = SORTS.get(name)
    asked = select(Experiment.id).where(*conditions)
    if column is None:
        return _by_measured(session, asked, query)
    if name == "dataset":
        asked = asked.outerjoin(Dataset, Dataset.id == Experiment.dataset_id)
    return _sliced(session, asked.order_by(*_order(column, query)), query.offset, query.limit)


def _by_measured(session: Session, asked: Select[str], query: ExperimentQuery) -> list[str]:
    """Those that measured the number in its order, then the others: outer joins would read all of them first."""
    number, column = experiment_query.require_measured(session, query.sort.removeprefix("-"), query.measured)
    known = (ExperimentSummary.name == number) & column.is_not(None)
    having = asked.join(ExperimentSummary, ExperimentSummary.experiment_id == Experiment.id).where(known)
    order = _order(column, query, ExperimentSummary.experiment_id)
    found = _sliced(session, having.order_by(*order), query.offset, query.limit)
    if len(found) < query.limit:
        before = session.scalar(select(func.count()).select_from(having.subquery())) or 0
        lacking = asked.where(Experiment.id.not_in(select(ExperimentSummary.experiment_id).where(known)))
        offset = max(0, query.offset - before)
        found += _sliced(session, lacking.order_by(*_order(None, query)), offset, query.limit - len(found))
    return found


def _order(
    column: InstrumentedAttribute[Any] | None,
    query: ExperimentQuery,
    identity: InstrumentedAttribute[str] = Experiment.id,
) -> list[ColumnElement[Any]]:
    down = query.sort.startswith("-")
    last: ColumnElement[Any] = identity.desc() if down else identity.asc()
    if column is None:
        return [last]
    first: ColumnElement[Any] = column.desc() if down else column.asc()
    return [first.nulls_last() if _has_gaps(column) else first, last]


def _has_gaps(column: InstrumentedAttribute[Any]) -> bool:
    """Whether something may have no value there; where nothing may, an index is read in either direction."""
    return column.class_ is Experiment and bool(Experiment.__table__.columns[column.key].nullable)


def _sliced(session: Session, asked: Select[str], offset: int, limit: int) -> list[str]:
    return list(session.scalars(asked.offset(offset).limit(limit)))


def _pairs(session: Session, key: Any, value: Any, ids: Collection[str]) -> dict[str, Any]:
    return {one: told for one, told in session.execute(select(key, value).where(key.in_(ids)))} if ids else {}  # noqa: C416 - a row is not a pair to mypy


def _values(session: Session, column: str, ids: Sequence[str]) -> dict[str, float | None]:
    number, summary = experiment_query.measured_column(column)
    rows = session.execute(
        select(ExperimentSummary.experiment_id, summary).where(
            ExperimentSummary.name == number, ExperimentSummary.experiment_id.in_(ids)
        )
    )
    return {experiment_id: value for experiment_id, value in rows}  # noqa: C416 - a row is not a pair to mypy


def _progress(job: Job | None) -> float | None:
    if job is None or not job.total_units:
        return None
    return min(1.0, job.done_units / job.total_units)
