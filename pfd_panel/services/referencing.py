"""The healthy reference of a dataset: declared, told, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data_catalog import datasets, references, signals
from data_catalog.errors import NotFoundError
from data_catalog.schema import HealthyReference
from data_catalog.signals import SignalQuery
from pfd_panel.errors import RequestError
from pfd_panel.services import querying
from pfd_panel.services.context import Context

MOST_IDS = 1000
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Reference:
    """Which signals of a dataset are healthy.

    Attributes
    ----------
    dataset_id : str
    signal_ids : list of str
        Empty where the query says which.
    query : str
    note : str
        Why these.
    declared_by : str
    declared_at : datetime
    signals : int
        How many there are now.
    """

    dataset_id: str
    signal_ids: list[str]
    query: str
    note: str
    declared_by: str
    declared_at: datetime
    signals: int


def find(context: Context, dataset: str) -> Reference | None:
    """The healthy reference of a dataset; None if none is declared."""
    context.require("read")
    with context.read() as session:
        found = references.find(session, datasets.get(session, dataset).id)
        if found is None:
            return None
        session.expunge(found)
    return _told(context, found)


def get(context: Context, dataset: str) -> Reference:
    """The healthy reference of a dataset.

    Raises
    ------
    NotFoundError
        None is declared.
    """
    found = find(context, dataset)
    if found is None:
        with context.read() as session:
            name = datasets.get(session, dataset).name
        raise NotFoundError(
            f"{name} has no healthy reference", hint="declare one: signals by their ids, or a query as fault:healthy"
        )
    return found


def declare(
    context: Context, dataset: str, *, signal_ids: Sequence[str] = (), query: str = "", note: str = ""
) -> Reference:
    """Say which signals of a dataset show its machines in good health, in place of what was said before.

    Parameters
    ----------
    signal_ids : sequence of str
        Signals of the dataset; or
    query : str
        a condition, as ``fault:healthy and load < 2``: what it finds later belongs to the reference too.
    note : str
        Why these.

    Raises
    ------
    RequestError
        Nothing was named or found, too much was, or a signal is not of the dataset.
    QueryError
        The query is none.
    """
    context.require("work")
    ids, query, note = list(dict.fromkeys(signal_ids)), query.strip(), note.strip()
    if len(ids) > MOST_IDS:
        raise RequestError(f"{len(ids)} ids are too many", hint=f"Name at most {MOST_IDS}, or give a query.")
    if len(note) > LONGEST_NOTE:
        raise RequestError(f"a note of {len(note)} characters is too long", hint=f"Use at most {LONGEST_NOTE}.")
    with context.read() as session:
        dataset_id = datasets.get(session, dataset).id
    asked = querying.prepared(context, SignalQuery(dataset_id=dataset_id, query=query, limit=1))
    with context.write() as session:
        if query and not signals.page(session, asked).total:
            raise RequestError(f"the query {query!r} finds no signal", hint="Try it in the Explorer first.")
        for signal_id in ids:
            signals.get(session, dataset_id, signal_id)
        found = references.declare(session, dataset_id, signal_ids=ids, query=query, note=note, owner=context.user.name)
        session.expunge(found)
    return _told(context, found)


def withdraw(context: Context, dataset: str) -> None:
    """Let a dataset have no healthy reference any more; the audit log keeps what it was."""
    context.require("work")
    with context.write() as session:
        references.withdraw(session, datasets.get(session, dataset).id, owner=context.user.name)


def _told(context: Context, found: HealthyReference) -> Reference:
    ids = [str(one) for one in found.signal_ids]
    if found.query:
        asked = querying.prepared(context, SignalQuery(dataset_id=found.dataset_id, query=found.query, limit=1))
        with context.read() as session:
            count = signals.page(session, asked).total
    else:
        with context.read() as session:
            count = sum(_there(session, found.dataset_id, one) for one in ids)
    return Reference(found.dataset_id, ids, found.query, found.note, found.declared_by, found.declared_at, count)


def _there(session: object, dataset_id: str, signal_id: str) -> bool:
    try:
        signals.get(session, dataset_id, signal_id)  # type: ignore[arg-type]
    except NotFoundError:
        return False
    return True
