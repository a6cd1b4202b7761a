"""How many signals there are of each value of a column, under the rest of a query."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from data_catalog.marks import MARKED
from data_catalog.schema import Member, Tag
from data_catalog.signal_query import COUNTED, FACETS, SignalQuery, chosen_ids, column_of, conditions_of, require

_CLASSES = ("fault", "fault_size", "load", "severity", "position", "bearing", "asset", "channel", "rate_hz")
"""The leading columns of the index of living members: few values, counted together in the order of the index."""


def facets(session: Session, query: SignalQuery, columns: Sequence[str]) -> dict[str, list[tuple[Any, int]]]:
    """The values of each column with their counts, most frequent first.

    A column's own choice in `query.where` is left out for that column, so that its other values can still be chosen.

    Raises
    ------
    CatalogError
        A column that is not one of `FACETS`.
    """
    for name in columns:
        require(name, FACETS)
    together = [name for name in columns if name in _CLASSES]
    counted = _count_classes(session, query, together) if together else {}
    if "tag" in columns:
        counted["tag"] = _count_tags(session, _without(query, ["tag"]))
    if set(MARKED) & set(columns):
        counted |= _count_marks(session, query)
    for name in columns:
        if name not in counted:
            column, amount = column_of(name, COUNTED), func.count(Member.id)
            conditions = conditions_of(_without(query, [name]))
            found = session.execute(select(column, amount).where(*conditions).group_by(column))
            counted[name] = [(value, count) for value, count in found]
    return {name: sorted(counted[name], key=_most_frequent_first) for name in columns}


def _count_classes(session: Session, query: SignalQuery, columns: Sequence[str]) -> dict[str, list[tuple[Any, int]]]:
    """Counts of several columns from one walk over the index: every combination of classes, summed up here."""
    grouped = [getattr(Member, name) for name in _CLASSES]
    rows = session.execute(
        select(*grouped, func.count(Member.id)).where(*conditions_of(_without(query, _CLASSES))).group_by(*grouped)
    ).all()
    chosen = {_CLASSES.index(name): set(values) for name, values in query.where.items() if name in _CLASSES}
    counted: dict[str, Counter[Any]] = {name: Counter() for name in columns}
    for row in rows:
        outside = [at for at, values in chosen.items() if row[at] not in values]
        for name in columns:
            at = _CLASSES.index(name)
            if not outside or outside == [at]:
                counted[name][row[at]] += row[-1]
    return {name: list(counts.items()) for name, counts in counted.items()}


def _count_marks(session: Session, query: SignalQuery) -> dict[str, list[tuple[Any, int]]]:
    """Counts of flags and of what the model said, from one scan of an index."""
    if query.marks is None:
        return {name: [] for name in MARKED}
    return query.marks.counted(chosen_ids(session, conditions_of(_without(query, MARKED))), query.where)


def _count_tags(session: Session, query: SignalQuery) -> list[tuple[Any, int]]:
    """How many signals carry each tag, and how many carry none if some do."""
    counted = cast("Table", Tag.__table__).alias().c  # named as a table, see `carrying`
    conditions = (counted.subject_kind == "signal", *conditions_of(query))
    joined = select(Member.id).join(counted.tag.table, counted.subject_id == Member.signal_id).where(*conditions)
    amounts = joined.with_only_columns(counted.tag, func.count(Member.id)).group_by(counted.tag)
    found = session.execute(amounts).all()
    if not found:
        return []
    total = session.scalar(select(func.count(Member.id)).where(*conditions_of(query))) or 0
    carrying = session.scalar(joined.with_only_columns(func.count(Member.id.distinct()))) or 0
    return [*((tag, count) for tag, count in found), *([(None, total - carrying)] if total > carrying else [])]


def _without(query: SignalQuery, columns: Sequence[str]) -> SignalQuery:
    return replace(query, where={name: values for name, values in query.where.items() if name not in columns})


def _most_frequent_first(counted: tuple[Any, int]) -> tuple[int, bool, Any]:
    value, count = counted
    return -count, value is None, 0 if value is None else value
