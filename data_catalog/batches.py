"""Statements over more rows than a database takes parameters."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from data_catalog.schema import Base


def batches[T](items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """`items` in order, at most `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def insert_all(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows, past the unit of work."""
    for chunk in batches(rows, 500):
        session.execute(_table(table).insert(), list(chunk))


def changed(session: Session, statement: Delete | Update) -> int:
    """Execute a statement over many rows and say how many it met; objects already loaded are not looked at."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount


def insert_new(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows whose key does not exist yet and leave the others as they are, also against other transactions."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    for chunk in batches(rows, 500):
        session.execute(dialect.insert(_table(table)).on_conflict_do_nothing(), list(chunk))


def _table(mapped: type[Base]) -> Table:
    return cast("Table", mapped.__table__)
