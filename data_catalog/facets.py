"""How many signals there are of each value of a column, under the rest of a query.

Classes, tags and marks are counted together: one walk over the index of living members says which of them the query
finds, and in which combination of classes each is. What is chosen of these facets is applied here, because a facet is
counted without its own choice, and each would otherwise be a walk of its own.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from data_catalog.class_codes import CLASSES, class_codes, ids_as_text, numbers_of
from data_catalog.id_places import IdPlaces
from data_catalog.marks import MARKED
from data_catalog.schema import Member, Tag
from data_catalog.signal_query import COUNTED, FACETS, SignalQuery, chosen_ids, column_of, conditions_of, require

Counts = list[tuple[Any, int]]
Mask = NDArray[np.bool_]


def facets(session: Session, query: SignalQuery, columns: Sequence[str]) -> dict[str, Counts]:
    """The values of each column with their counts, most frequent first.

    A column's own choice in `query.where` is left out for that column, so that its other values can still be chosen.

    Raises
    ------
    CatalogError
        A column that is not one of `FACETS`.
    """
    for name in columns:
        require(name, FACETS)
    together = [name for name in columns if name in (*CLASSES, "tag", *MARKED)]
    counted = _count_together(session, query, together) if together else {}
    for name in columns:
        if name not in counted:
            column, amount = column_of(name, COUNTED), func.count(Member.id)
            conditions = conditions_of(_without(query, [name]))
            found = session.execute(select(column, amount).where(*conditions).group_by(column))
            counted[name] = [(value, count) for value, count in found]
    return {name: sorted(counted[name], key=_most_frequent_first) for name in columns}


class _Walked:
    """What a query finds: members, or where nobody asks for these, combinations of classes with their amounts."""

    def __init__(self, session: Session, query: SignalQuery, *, members: bool) -> None:
        conditions = conditions_of(query)
        self.ids = np.empty(0, np.int64)
        self.amounts: NDArray[np.int64] | None = None
        if not members:
            grouped = [getattr(Member, name) for name in CLASSES]
            rows = session.execute(select(*grouped, func.count(Member.id)).where(*conditions).group_by(*grouped)).all()
            self.combinations = [tuple(row[:-1]) for row in rows]
            self.amounts = np.array([row[-1] for row in rows], np.int64)
            self.combination = np.arange(len(rows))
            return
        known = query.marks.classes if query.marks else None
        places = None
        if known is not None:
            self.ids = chosen_ids(session, conditions)
            places = known.of(self.ids)
        if known is None or places is None:  # a version that was sealed since they were read has others
            known = class_codes(session, conditions)
            self.ids, places = known.ids, known.places
        self.combinations, self.combination = known.combinations, places

    def meeting(self, name: str, values: Collection[Any]) -> Mask:
        """Which of them have one of the values of a class."""
        at, wanted = CLASSES.index(name), set(values)
        return np.array([one[at] in wanted for one in self.combinations], bool)[self.combination]

    def count(self, names: Sequence[str], seen: Mask) -> dict[str, Counts]:
        """The classes of those that are seen."""
        weights = None if self.amounts is None else self.amounts[seen]
        amounts = np.bincount(self.combination[seen], weights, minlength=len(self.combinations)).astype(int).tolist()
        counted: dict[str, Counter[Any]] = {name: Counter() for name in names}
        for one, amount in zip(self.combinations, amounts, strict=True):
            if amount:
                for name in names:
                    counted[name][one[CLASSES.index(name)]] += amount
        return {name: list(counts.items()) for name, counts in counted.items()}


class _Tagged:
    """Which of the members that were walked over carry which tag."""

    def __init__(self, carrying: Sequence[tuple[str, str]], ids: NDArray[np.int64]) -> None:
        order = np.argsort(ids)
        known = IdPlaces(ids[order])
        self.tags = [tag for tag, _ in carrying]
        self.members: list[NDArray[np.int64]] = []
        self.some = np.zeros(len(ids), bool)
        for _, text in carrying:
            place = known.of(numbers_of(text))
            found = order[place[place >= 0]]
            self.members.append(found)
            self.some[found] = True

    def meeting(self, values: Collection[str | None]) -> Mask:
        """Which of them carry one of the tags; None: none at all."""
        met = ~self.some if None in values else np.zeros(len(self.some), bool)
        for tag, members in zip(self.tags, self.members, strict=True):
            if tag in values:
                met[members] = True
        return met

    def count(self, seen: Mask) -> Counts:
        """How many of those that are seen carry each tag, and how many carry none if some do."""
        amounts = [int(seen[members].sum()) for members in self.members]
        found: Counts = [(tag, amount) for tag, amount in zip(self.tags, amounts, strict=True) if amount]
        bare = int((seen & ~self.some).sum())
        return [*found, *([(None, bare)] if found and bare else [])]


def _count_together(session: Session, query: SignalQuery, columns: Sequence[str]) -> dict[str, Counts]:
    """Counts of classes, tags and marks, from one walk over the index and one over the tags."""
    marks = query.marks
    carrying = _carrying(session, query) if "tag" in columns else []
    apart = {*CLASSES, *(MARKED if marks else ()), *(("tag",) if "tag" in columns else ())}
    chosen = {name: values for name, values in query.where.items() if name in apart}
    members = bool(carrying) or (marks is not None and not {*columns, *chosen}.isdisjoint(MARKED))
    walked = _Walked(session, _without(query, apart), members=members)
    tagged = _Tagged(carrying, walked.ids) if carrying else None
    told = marks.places(walked.ids) if marks and members else np.empty(0, np.int64)
    met: dict[str, Mask] = {}
    for name, values in chosen.items():
        if name in CLASSES:
            met[name] = walked.meeting(name, values)
        elif name != "tag":
            assert marks is not None
            met[name] = marks.meeting(name, values)[told]
        elif tagged is not None:
            met[name] = tagged.meeting(values)
        else:
            met[name] = np.full(len(walked.combination), None in values)

    def seen(name: str) -> Mask:
        others = [one for facet, one in met.items() if facet != name]
        return np.logical_and.reduce(others) if others else np.ones(len(walked.combination), bool)

    free = [name for name in columns if name in CLASSES and name not in met]
    counted = walked.count(free, seen("")) if free else {}
    for name in columns:
        if name in CLASSES and name in met:
            counted |= walked.count([name], seen(name))
        elif name == "tag":
            counted[name] = tagged.count(seen(name)) if tagged else []
        elif name in MARKED:
            counted[name] = marks.count(name, told[seen(name)]) if marks else []
    return counted


def _carrying(session: Session, query: SignalQuery) -> list[tuple[str, str]]:
    """Tags with the ids of the members that carry them, whatever else is asked; there are far fewer than members."""
    counted = cast("Table", Tag.__table__).alias().c  # named as a table, see `query_conditions.carrying`
    every = conditions_of(SignalQuery(query.dataset_id, query.version))
    joined = select(counted.tag, ids_as_text()).join_from(
        Member, counted.tag.table, counted.subject_id == Member.signal_id
    )
    found = session.execute(joined.where(counted.subject_kind == "signal", *every).group_by(counted.tag))
    return [(tag, text) for tag, text in found]


def _without(query: SignalQuery, columns: Collection[str]) -> SignalQuery:
    return replace(query, where={name: values for name, values in query.where.items() if name not in columns})


def _most_frequent_first(counted: tuple[Any, int]) -> tuple[int, bool, Any]:
    value, count = counted
    return -count, value is None, 0 if value is None else value
