"""Healthy references of datasets: which signals show a machine as it should be; SQL only.

Who may declare one is asked by whoever calls. A reference is seen like everything else of its dataset.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.errors import CatalogError, NotFoundError
from data_catalog.schema import HealthyReference, utc_now


def find(session: Session, dataset_id: str) -> HealthyReference | None:
    """The healthy reference of a dataset, if one is declared and the session may see it."""
    return session.scalars(select(HealthyReference).where(HealthyReference.dataset_id == dataset_id)).first()


def declare(
    session: Session, dataset_id: str, *, signal_ids: Sequence[str] = (), query: str = "", note: str = "", owner: str
) -> HealthyReference:
    """Say which signals are healthy, in place of what was said before.

    Raises
    ------
    CatalogError
        Neither ids nor a query, or both.
    """
    if bool(signal_ids) == bool(query):
        raise CatalogError(
            "a reference is named by ids of signals or by a query, one of the two",
            hint="Give the signals, or a query such as fault:healthy.",
        )
    said = {"signal_ids": list(signal_ids), "query": query, "note": note, "declared_by": owner}
    found = find(session, dataset_id)
    if found is None:
        found = HealthyReference(dataset_id=dataset_id, **said)
        session.add(found)
    else:
        for name, value in said.items():
            setattr(found, name, value)
        found.declared_at = utc_now()
    audit.record(session, owner, "declare", "reference", dataset_id, {name: said[name] for name in _TOLD})
    session.flush()
    return found


def withdraw(session: Session, dataset_id: str, *, owner: str) -> None:
    """Let a dataset have no healthy reference any more; the audit log keeps what it was.

    Raises
    ------
    NotFoundError
        None is declared, or the session may not see it.
    """
    found = find(session, dataset_id)
    if found is None:
        raise NotFoundError("this dataset has no healthy reference", hint="declare one first")
    audit.record(session, owner, "withdraw", "reference", dataset_id, {name: getattr(found, name) for name in _TOLD})
    session.delete(found)
    session.flush()


_TOLD = ("signal_ids", "query", "note")
