"""Splits, stored under the hash of what they say."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from data_catalog.batches import insert_new
from data_catalog.canonical import digest
from data_catalog.errors import NotFoundError
from data_catalog.schema import Split


def save(
    session: Session, dataset_id: str, dataset_version: int, config: Mapping[str, Any], content: Mapping[str, Any]
) -> Split:
    """Store a split, or find the equal one that is stored already."""
    said = {
        "dataset_id": dataset_id,
        "dataset_version": dataset_version,
        "config": dict(config),
        "content": dict(content),
    }
    split_id = digest(said)
    insert_new(session, Split, [said | {"id": split_id}])
    return get(session, split_id)


def get(session: Session, split_id: str) -> Split:
    """One split.

    Raises
    ------
    NotFoundError
        None has that id.
    """
    found = session.get(Split, split_id)
    if found is None:
        raise NotFoundError(f"no split has the id {split_id!r}")
    return found
