"""Checks of the doctor between rows."""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import delete, exists, or_, select

from data_catalog import experiment_states, jobs, leases, signals
from data_catalog.batches import changed
from data_catalog.catalog import Catalog
from data_catalog.membership import manifest_hash
from data_catalog.problems import Problem
from data_catalog.schema import (
    Annotation,
    Dataset,
    DatasetVersion,
    Experiment,
    Job,
    Member,
    ModelVersion,
    Recording,
    Signal,
    Tag,
)

_SUBJECTS = (
    ("dataset", Dataset.id),
    ("signal", Signal.id),
    ("recording", Recording.id),
    ("model", ModelVersion.id),
    ("experiment", Experiment.id),
)


def version_manifests(catalog: Catalog) -> Iterator[Problem]:
    """Whether every dataset version still says what its hash says."""
    with catalog.read() as session:
        versions = session.execute(
            select(DatasetVersion, Dataset.name).join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        ).all()
        for version, name in versions:
            found, count = manifest_hash(session, version.dataset_id, version.number)
            if found != version.manifest_hash:
                what = (
                    f"version {version.number} of {name!r} is not as sealed: {count} signals, hash {found[:12]}, "
                    f"against {version.signal_count}, {version.manifest_hash[:12]}"
                )
                yield Problem("error", what, version.dataset_id)


def pending_members(catalog: Catalog) -> Iterator[Problem]:
    """Signals that wait for a job that will never seal them: it was cancelled, or there is no such job."""
    unsealed = select(Member.pending).where(Member.added_version.is_(None)).distinct()
    with catalog.read() as session:
        dead = session.scalars(
            unsealed.outerjoin(Job, Job.id == Member.pending).where(or_(Job.id.is_(None), Job.state == "cancelled"))
        ).all()
    for job_id in dead:
        repair = partial(_discard, catalog, job_id or "")
        yield Problem("note", "signals were imported but never became part of a version", job_id or "", repair)


def jobs_without_coordinator(catalog: Catalog) -> Iterator[Problem]:
    """Jobs that claim to run while nobody holds the lease to run them."""
    with catalog.read() as session:
        if leases.current(session, jobs.COORDINATOR) is not None:
            return
        running = session.scalars(select(Job).where(Job.state == "running")).all()
    for job in running:
        yield Problem("note", f"job {job.title!r} was interrupted; it goes on when the server is started", job.id)


def experiments_beside_their_jobs(catalog: Catalog) -> Iterator[Problem]:
    """Experiments that say another state than the job that runs them."""
    with catalog.read() as session:
        apart = session.execute(
            select(Experiment.name, Experiment.state, Job.state, Job.id)
            .join(Job, Job.id == Experiment.job_id)
            .where(Experiment.state != Job.state)
        ).all()
    for name, told, state, job_id in apart:
        repair = partial(_follow, catalog, job_id)
        yield Problem("warning", f"experiment {name!r} is called {told}, and its job is {state}", job_id, repair)


def tags_of_nothing(catalog: Catalog) -> Iterator[Problem]:
    """Tags whose subject is gone."""
    for kind, key in _SUBJECTS:
        lost = (Tag.subject_kind == kind, ~exists().where(key == Tag.subject_id))
        with catalog.read() as session:
            subjects = session.scalars(select(Tag.subject_id).where(*lost).distinct()).all()
        for subject in subjects:
            repair = partial(_untag, catalog, kind, subject)
            yield Problem(
                "note",
                f"a tag sits on {'an' if kind == 'experiment' else 'a'} {kind} that does not exist",
                subject,
                repair,
            )


def annotations_of_nothing(catalog: Catalog) -> Iterator[Problem]:
    """Annotations of signals that never were in their dataset."""
    its_signal = exists().where(Member.dataset_id == Annotation.dataset_id, Member.signal_id == Annotation.signal_id)
    with catalog.read() as session:
        lost = session.scalars(select(Annotation.id).where(~its_signal)).all()
    for annotation_id in lost:
        repair = partial(_remove_annotation, catalog, annotation_id)
        yield Problem("note", "an annotation sits on a signal that is not in its dataset", annotation_id, repair)


def _discard(catalog: Catalog, job_id: str) -> None:
    with catalog.write() as session:
        signals.discard_pending(session, job_id)


def _follow(catalog: Catalog, job_id: str) -> None:
    with catalog.write() as session:
        experiment_states.follow(session, job_id)


def _untag(catalog: Catalog, kind: str, subject: str) -> None:
    with catalog.write() as session:
        changed(session, delete(Tag).where(Tag.subject_kind == kind, Tag.subject_id == subject))


def _remove_annotation(catalog: Catalog, annotation_id: str) -> None:
    with catalog.write() as session:
        changed(session, delete(Annotation).where(Annotation.id == annotation_id))
