"""What someone may not see: private datasets, models and experiments of others, and everything that tells of them.

One condition a table, added to every statement of a session by `limit_to`, so that a reader need not think of it and
cannot forget it. A session that is not limited sees everything: administrators, and the queue that runs jobs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Select, String, Table, and_, event, exists, func, not_, or_, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from data_catalog.errors import ConflictError
from data_catalog.schema import (
    Annotation,
    Base,
    Dataset,
    DatasetVersion,
    Experiment,
    ExperimentSummary,
    FeatureSet,
    HealthyReference,
    Job,
    JobEvent,
    JobStep,
    Member,
    ModelExport,
    ModelVersion,
    Prediction,
    Recording,
    Run,
    RunMetric,
    RunSummary,
    Signal,
    Split,
    StageChange,
    Tag,
)
from data_catalog.schema.shipping import ASKED_BY

Visibility = Literal["team", "private"]
TEAM: Visibility = "team"
PRIVATE: Visibility = "private"
VISIBILITIES = (TEAM, PRIVATE)


def _columns(table: type[Base]) -> Any:
    """Columns of a table under a name of its own, so that no statement around takes it for its own table."""
    return cast("Table", table.__table__).alias().c


_DATASET, _MODEL, _VERSION, _RECORDING = (_columns(one) for one in (Dataset, ModelVersion, DatasetVersion, Recording))
_MEMBER, _JOB, _SAID = (_columns(one) for one in (Member, Job, Prediction))
_EXPERIMENT, _RUN = (_columns(one) for one in (Experiment, Run))

_REFERENCE = _MODEL.name.concat(":").concat(cast_to(_MODEL.number, String))
_WORDS_OF_MODEL = (_MODEL.id, _MODEL.name, _REFERENCE, *(_MODEL.name.concat(f"@{stage}") for stage in ASKED_BY))

_HIDDEN = "hidden"
_Rules = list[tuple[type[Base], ColumnElement[bool]]]


@dataclass(frozen=True)
class Hidden:
    """What someone may not see.

    Private datasets are few and known by id and name. Private experiments and their models may be thousands, so these
    are only known to be there, and asked for in SQL by what they are.
    """

    viewer: str = ""
    datasets: frozenset[str] = frozenset()
    dataset_names: frozenset[str] = frozenset()
    others: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is anything that may not be seen."""
        return bool(self.datasets or self.others)

    def experiments(self, column: ColumnElement[str] = _EXPERIMENT.id) -> Select[str]:
        """Ids of the experiments that are hidden, or another column of them."""
        return select(column).where(not_(self.sees(_EXPERIMENT)))

    def models(self, column: ColumnElement[str] = _MODEL.id) -> Select[str]:
        """Ids of the model versions that are hidden, or another column of them."""
        left = select(_RUN.model_id).where(_RUN.experiment_id.in_(self.experiments()), _RUN.model_id.is_not(None))
        private = and_(_MODEL.visibility == PRIVATE, _MODEL.owner != self.viewer)
        return select(column).where(or_(private, _MODEL.dataset_id.in_(self.datasets), _MODEL.id.in_(left)))

    def sees(self, experiment: Any) -> ColumnElement[bool]:
        """Experiments that are the viewer's or the team's, on a dataset that is seen."""
        return and_(
            experiment.dataset_id.not_in(self.datasets),
            or_(experiment.visibility != PRIVATE, experiment.owner == self.viewer),
        )


def limit_to(session: Session, viewer: str) -> None:
    """Let a session see only what `viewer` may, from its next statement on.

    Of a private dataset its owner sees everything, others nothing: no version, recording, signal, tag, annotation,
    feature, split, experiment, model, prediction or job of it. A model or an experiment on it is as private as it is;
    one of a visible dataset may be private by itself, and an experiment hides its runs, models and jobs. A job that
    concerns what is hidden is seen by whoever submitted it.
    """
    hidden = _hidden_from(session, viewer)
    session.info[_HIDDEN] = hidden
    if not hidden.anything:
        return
    options = [with_loader_criteria(table, condition, include_aliases=True) for table, condition in _rules(hidden)]

    @event.listens_for(session, "do_orm_execute")
    def add_conditions(state: ORMExecuteState) -> None:
        state.statement = state.statement.options(*options)


def hides(session: Session) -> bool:
    """Whether anything is hidden from the viewer of a session."""
    hidden: Hidden = session.info.get(_HIDDEN, Hidden())
    return hidden.anything


def require_nameable(session: Session, params: Mapping[str, Any]) -> None:
    """Refuse parameters of a job that name what its submitter may not see: the queue would see it.

    Raises
    ------
    ConflictError
        The dataset or model exists, but not for this viewer.
    """
    hidden: Hidden = session.info.get(_HIDDEN, Hidden())
    for what, hides in (
        ("dataset", lambda word: word in hidden.datasets | hidden.dataset_names),
        ("model", lambda word: _names_model(session, hidden, [word])),
    ):
        several = params.get(f"{what}s")
        for named in (params.get(what), *(several if isinstance(several, list | tuple) else ())):
            if isinstance(named, str) and hides(named):
                raise ConflictError(f"the {what} name {named!r} is taken", hint="choose another one")


def names_hidden(session: Session, words: Iterable[str]) -> bool:
    """Whether one of the words is the id or the name of something that a limited session may not see."""
    hidden: Hidden = session.info.get(_HIDDEN, Hidden())
    asked = list(words)
    return (
        not (hidden.datasets | hidden.dataset_names).isdisjoint(asked)
        or _names_model(session, hidden, asked)
        or (hidden.anything and _any(session, hidden.experiments().where(_EXPERIMENT.id.in_(asked))))
    )


def _names_model(session: Session, hidden: Hidden, words: Iterable[Any]) -> bool:
    asked = [word for word in words if isinstance(word, str)]
    if not asked or not hidden.anything:
        return False
    return _any(session, hidden.models().where(or_(*(column.in_(asked) for column in _WORDS_OF_MODEL))))


def _any(session: Session, asked: Select[str]) -> bool:
    return session.execute(asked.limit(1)).first() is not None


def _hidden_from(session: Session, viewer: str) -> Hidden:
    private = select(_DATASET.id, _DATASET.name).where(_DATASET.visibility == PRIVATE, _DATASET.owner != viewer)
    rows = session.execute(private).all()
    found = Hidden(viewer, frozenset(row.id for row in rows), frozenset(row.name for row in rows))
    others = (
        select(columns.id).where(columns.visibility == PRIVATE, columns.owner != viewer)
        for columns in (_MODEL, _EXPERIMENT)
    )
    return replace(found, others=any(_any(session, asked) for asked in others))


def _rules(hidden: Hidden) -> _Rules:
    """Which rows of each table are seen. Inner statements name tables: classes would be limited."""
    experiments, models = hidden.experiments(), hidden.models()
    runs = select(_RUN.id).where(_RUN.experiment_id.in_(experiments))
    jobs = select(_JOB.id).where(_concerns(hidden), _JOB.owner != hidden.viewer)
    shown = exists().where(_MEMBER.signal_id == Signal.id, _MEMBER.dataset_id.not_in(hidden.datasets))
    tagged = exists().where(_MEMBER.signal_id == Tag.subject_id, _MEMBER.dataset_id.not_in(hidden.datasets))
    recordings = select(_RECORDING.id).where(_RECORDING.dataset_id.in_(hidden.datasets))
    of_dataset: tuple[
        type[DatasetVersion | Recording | Member | Annotation | HealthyReference | FeatureSet | Split], ...
    ]
    of_dataset = (DatasetVersion, Recording, Member, Annotation, HealthyReference, FeatureSet, Split)
    of_experiment: tuple[type[Run | ExperimentSummary], ...] = (Run, ExperimentSummary)
    of_run: tuple[type[RunMetric | RunSummary], ...] = (RunMetric, RunSummary)
    return [
        (Dataset, Dataset.id.not_in(hidden.datasets)),
        *((table, table.dataset_id.not_in(hidden.datasets)) for table in of_dataset),
        (Signal, shown),
        (ModelVersion, ModelVersion.id.not_in(models)),
        (Prediction, Prediction.model_id.not_in(models)),
        (Experiment, hidden.sees(Experiment)),
        *((table, table.experiment_id.not_in(experiments)) for table in of_experiment),
        *((table, table.run_id.not_in(runs)) for table in of_run),
        (StageChange, StageChange.model_id.not_in(models)),
        (ModelExport, ModelExport.model_id.not_in(models)),
        (Job, Job.id.not_in(jobs)),
        (JobEvent, JobEvent.job_id.not_in(jobs)),
        (JobStep, JobStep.job_id.not_in(jobs)),
        (
            Tag,
            and_(
                not_(and_(Tag.subject_kind == "dataset", Tag.subject_id.in_(hidden.datasets))),
                not_(and_(Tag.subject_kind == "model", Tag.subject_id.in_(models))),
                not_(and_(Tag.subject_kind == "experiment", Tag.subject_id.in_(experiments))),
                not_(and_(Tag.subject_kind == "recording", Tag.subject_id.in_(recordings))),
                or_(Tag.subject_kind != "signal", tagged),
            ),
        ),
    ]


def _concerns(hidden: Hidden) -> ColumnElement[bool]:
    """Jobs that worked on, made, or were asked about something hidden."""
    known = func.coalesce(_JOB.dataset_id, "")
    return or_(
        known.in_(hidden.datasets),
        # a job that makes a dataset knew no id of it when it was submitted, only the name
        and_(known == "", _JOB.dataset_name.in_(hidden.datasets | hidden.dataset_names)),
        and_(_JOB.model_name != "", or_(*(_JOB.model_name.in_(hidden.models(one)) for one in _WORDS_OF_MODEL))),
        # a job about several models is as private as the most private of them
        and_(_JOB.model_name.contains(" "), hidden.models().where(_JOB.model_name.contains(_MODEL.id)).exists()),
        _JOB.id.in_(
            select(_VERSION.job_id).where(_VERSION.dataset_id.in_(hidden.datasets), _VERSION.job_id.is_not(None))
        ),
        _JOB.id.in_(hidden.experiments(_EXPERIMENT.job_id).where(_EXPERIMENT.job_id.is_not(None))),
        _JOB.id.in_(hidden.models(_MODEL.job_id).where(_MODEL.job_id.is_not(None))),
        _JOB.id.in_(select(_SAID.job_id).where(_SAID.model_id.in_(hidden.models()), _SAID.job_id.is_not(None))),
    )
