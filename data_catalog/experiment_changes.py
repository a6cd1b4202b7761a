"""Changes of experiments, one or many at once: all of them or none, each with its entry in the audit log."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog import audit, jobs, tags
from data_catalog.batches import batches
from data_catalog.datasets import require_visibility
from data_catalog.errors import CatalogError, ConflictError, NotFoundError
from data_catalog.experiments import folder_named, named, searched
from data_catalog.schema import Experiment, utc_now


def several(session: Session, experiment_ids: Sequence[str], *, deleted: bool = False) -> list[Experiment]:
    """The experiments of these ids, in their order, each once.

    Raises
    ------
    NotFoundError
        The session sees no such experiment; none is returned.
    CatalogError
        None is named.
    """
    wanted = list(dict.fromkeys(experiment_ids))
    if not wanted:
        raise CatalogError("no experiment is named", hint="name at least one")
    found: dict[str, Experiment] = {}
    for chunk in batches(wanted, 500):
        gone = Experiment.deleted_at.is_not(None) if deleted else Experiment.deleted_at.is_(None)
        rows = session.scalars(select(Experiment).where(Experiment.id.in_(chunk), gone).with_for_update())
        found |= {one.id: one for one in rows}
    absent = [one for one in wanted if one not in found]
    if absent:
        what = "deleted experiment" if deleted else "experiment"
        raise NotFoundError(f"no {what} has the id {absent[0]!r}", hint="see the list of experiments")
    return [found[one] for one in wanted]


def rename(session: Session, found: Sequence[Experiment], name: str, *, by: str) -> None:
    """Give experiments a name."""
    _set(session, found, {"name": named(name)}, by)


def describe(session: Session, found: Sequence[Experiment], notes: str, *, by: str) -> None:
    """Rewrite the notes of experiments."""
    _set(session, found, {"notes": notes}, by)


def move(session: Session, found: Sequence[Experiment], folder: str, *, by: str) -> None:
    """Put experiments into a folder; '' is the top."""
    _set(session, found, {"folder": folder_named(folder)}, by)


def archive(session: Session, found: Sequence[Experiment], *, by: str) -> None:
    """Take experiments out of the usual lists."""
    _mark(session, found, "archive", by, lambda one: {"archived_at": one.archived_at or utc_now()})


def unarchive(session: Session, found: Sequence[Experiment], *, by: str) -> None:
    """Bring archived experiments back into the usual lists."""
    _mark(session, found, "unarchive", by, lambda one: {"archived_at": None})


def delete(session: Session, found: Sequence[Experiment], *, by: str) -> None:
    """Take experiments out of sight until they are purged after 30 days; their models stay.

    Raises
    ------
    ConflictError
        One of them has not ended.
    """
    open_ones = [one for one in found if one.state not in jobs.FINISHED]
    if open_ones:
        first = open_ones[0]
        raise ConflictError(
            f"experiment {first.name!r} is {first.state}", hint="cancel its job first, then delete the experiment"
        )
    _mark(session, found, "delete", by, lambda one: {"deleted_at": utc_now()})


def restore(session: Session, found: Sequence[Experiment], *, by: str) -> None:
    """Bring deleted experiments back."""
    _mark(session, found, "restore", by, lambda one: {"deleted_at": None})


def set_visibility(session: Session, found: Sequence[Experiment], visibility: str, *, by: str) -> None:
    """Let the team see experiments with their runs, models and jobs, or only their owner and administrators.

    Raises
    ------
    CatalogError
        `visibility` is neither ``team`` nor ``private``.
    """
    require_visibility(visibility)
    meant = [one for one in found if one.visibility != visibility]
    _mark(session, meant, visibility, by, lambda one: {"visibility": visibility})


def tag(session: Session, found: Sequence[Experiment], words: Sequence[str], *, by: str) -> None:
    """Put tags on experiments."""
    for word in dict.fromkeys(words):
        tags.add(session, "experiment", [one.id for one in found], word, owner=by)
    _touch(session, found)


def untag(session: Session, found: Sequence[Experiment], words: Sequence[str], *, by: str) -> None:
    """Take tags off experiments."""
    for word in dict.fromkeys(words):
        tags.remove(session, "experiment", [one.id for one in found], word, owner=by)
    _touch(session, found)


def _touch(session: Session, found: Sequence[Experiment]) -> None:
    for one in found:
        one.updated_at = utc_now()
    session.flush()


def _set(session: Session, found: Sequence[Experiment], wanted: Mapping[str, Any], by: str) -> None:
    for one in found:
        told = {name: [getattr(one, name), value] for name, value in wanted.items() if getattr(one, name) != value}
        if told:
            for name, (_, value) in told.items():
                setattr(one, name, value)
            one.search, one.updated_at = searched(one), utc_now()
            audit.record(session, by, "update", "experiment", one.id, told)
    session.flush()


def _mark(
    session: Session,
    found: Sequence[Experiment],
    action: str,
    by: str,
    wanted: Callable[[Experiment], Mapping[str, Any]],
) -> None:
    for one in found:
        for name, value in wanted(one).items():
            setattr(one, name, value)
        one.updated_at = utc_now()
        audit.record(session, by, action, "experiment", one.id, {"name": one.name})
    session.flush()
