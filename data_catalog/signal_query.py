"""Find signals of datasets, in SQL only: one page, the values of a column, the one before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import eq
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from data_catalog.batches import batches
from data_catalog.class_codes import ids_as_text, numbers_of
from data_catalog.errors import CatalogError, NotFoundError
from data_catalog.listed_texts import listed
from data_catalog.marks import MARKED, Marks
from data_catalog.packed_numbers import PackedNumbers
from data_catalog.query_conditions import NAMES, between, carrying, condition, cost, marked
from data_catalog.query_text import parse
from data_catalog.schema import Dataset, Member, Recording, Signal
from data_catalog.visibility import in_version, live

COUNTED = (
    "recording",
    "channel",
    "fault",
    "fault_size",
    "position",
    "load",
    "severity",
    "bearing",
    "asset",
    "rate_hz",
    "speed_rpm",
    "unit",
)
FACETS = (*COUNTED, "tag", *MARKED)
"""What can be counted and chosen from: columns, tags (any number a signal), and marks of the members of a version."""

SORTS = (*COUNTED, "length", "rms", "peak", "crest_factor", "kurtosis", "id")
"""Columns that order a page or bound a range."""

DATES = ("date", "imported")
"""What bounds a range besides: days or moments, in UTC."""


@dataclass(frozen=True)
class SignalQuery:
    """Which signals, in which order, which slice of them.

    `where` keeps rows whose column has one of the values (None among them: is unknown); `ranges` bounds are inclusive
    and may be None; `text` keeps rows that have every word of it in recording, channel, fault, bearing, asset or
    notes; `tags` keeps signals that carry all of them; `only` keeps signals of these ids, however many;
    `query` is a condition in the language of `query_text`. Unknown
    values sort last in both directions. `features` are numbers besides the columns, by name: they bound ranges, order
    pages and can be named in `query`. `marks` say what is wrong with samples and whether a model agrees with labels;
    `model` says which one (the newest that was tested on the dataset without), for whoever looks them up.
    """

    dataset_id: str | None = None
    version: int | None = None
    where: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    text: str = ""
    ranges: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    tags: Sequence[str] = ()
    query: str = ""
    only: Sequence[str] | None = None
    features: Mapping[str, PackedNumbers] = field(default_factory=dict, repr=False, compare=False)
    marks: Marks | None = field(default=None, repr=False, compare=False)
    model: str | None = None
    sort: str = "recording"
    descending: bool = False
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True)
class SignalRow:
    """One signal as a member of one dataset: its attributes, its statistics and where its samples lie."""

    member_id: int
    dataset_id: str
    dataset: str
    signal_id: str
    recording_id: str
    recording: str
    channel: str
    rate_hz: float
    rate_source: str
    speed_rpm: float | None
    speed_source: str
    unit: str
    fault: str | None
    fault_size: float | None
    position: str | None
    load: float | None
    severity: str | None
    bearing: str | None
    asset: str | None
    labels: dict[str, Any]
    findings: list[Any]
    notes: str
    attributes_hash: str
    segment_id: str
    row: int
    length: int
    mean: float
    rms: float
    peak: float
    crest_factor: float | None
    kurtosis: float | None
    nan_count: int
    clipped_fraction: float


@dataclass(frozen=True)
class SignalPage:
    """One slice of what a query finds; `total` counts all of it."""

    rows: list[SignalRow]
    total: int


class Neighbours(NamedTuple):
    """Signal ids before and after one in the order of a query; `position` counts from 1."""

    previous: str | None
    next: str | None
    position: int
    total: int


_OF_SIGNAL = ("segment_id", "row", "mean", "nan_count", "clipped_fraction")
_OF_MEMBER = tuple(name for name in SignalRow.__dataclass_fields__ if name not in {*_OF_SIGNAL, "member_id", "dataset"})


def page(session: Session, query: SignalQuery) -> SignalPage:
    """The rows of one page and how many rows there are in all.

    Raises
    ------
    CatalogError
        A column that cannot be filtered or sorted by.
    """
    # the ids come from an index alone; only the rows of the page are read
    ask = _ids_by_feature if query.sort not in SORTS and query.features else _ids_by_index
    ids, total = (_ids_once if ask is _ids_by_index and _costly(query) else ask)(session, query)
    found = {row.member_id: row for row in _rows(session, Member.id.in_(ids))}
    return SignalPage([found[member_id] for member_id in ids], total)


def _costly(query: SignalQuery) -> bool:
    """Whether conditions cost more, asked twice of each member, than to keep and sort what they let through."""
    tree = parse(query.query)
    return tree is not None and query.sort != "recording" and cost(tree) > 0


def _ids_by_index(session: Session, query: SignalQuery) -> tuple[Sequence[int], int]:
    """Members of a page, and how many there are in all: two statements, of which the second may end early."""
    conditions = conditions_of(query)
    total = session.scalar(select(func.count(Member.id)).where(*conditions)) or 0
    asked = select(Member.id).where(*conditions).order_by(*_order(query)).offset(query.offset).limit(query.limit)
    return session.scalars(asked).all(), total


def _ids_once(session: Session, query: SignalQuery) -> tuple[Sequence[int], int]:
    """The same in one statement, which asks costly conditions of each member once."""
    keys = _keys(query)
    labelled = (value.label(f"key_{at}") for at, (value, _) in enumerate(keys))
    chosen = select(*labelled).where(*conditions_of(query)).cte("chosen")
    order = [column.desc() if falling else column.asc() for column, (_, falling) in zip(chosen.c, keys, strict=True)]
    total = select(func.count()).select_from(chosen).scalar_subquery()
    member_id = chosen.c[f"key_{len(keys) - 1}"]
    asked = select(member_id, total).order_by(*order).offset(query.offset).limit(query.limit)
    rows = session.execute(asked).all()
    if not rows and query.offset:
        return [], session.scalar(select(func.count(Member.id)).where(*conditions_of(query))) or 0
    return [row[0] for row in rows], rows[0][1] if rows else 0


def _ids_by_feature(session: Session, query: SignalQuery) -> tuple[Sequence[int], int]:
    """The same in the order of a feature: the database says which members, the numbers at hand in what order."""
    _sorted_by(query)
    chosen = chosen_ids(session, conditions_of(query))
    count = min(query.offset + query.limit, len(chosen))
    first = query.features[query.sort].first(chosen, count, descending=query.descending)
    return first[query.offset :].tolist(), len(chosen)


def chosen_ids(session: Session, conditions: Sequence[ColumnElement[bool]]) -> np.ndarray:
    """Ids of the members that meet conditions, int64; in the order in which they were found."""
    return numbers_of(session.scalar(select(ids_as_text()).where(*conditions)))


def ids(session: Session, query: SignalQuery) -> list[str]:
    """Ids of all signals that a query finds, in its order; its offset and limit do not count."""
    statement = select(Member.signal_id).where(*conditions_of(query)).order_by(*_order(query))
    return list(session.scalars(statement))


def get(session: Session, dataset_id: str, signal_id: str) -> SignalRow:
    """One signal of the current version of a dataset.

    Raises
    ------
    NotFoundError
        The dataset does not hold it.
    """
    rows = _rows(session, and_(Member.dataset_id == dataset_id, Member.signal_id == signal_id, live()))
    if not rows:
        raise NotFoundError(
            f"no signal {signal_id!r} in dataset {dataset_id!r}", hint="it may have been removed; see the signal table"
        )
    return rows[0]


def neighbours(session: Session, query: SignalQuery, signal_id: str) -> Neighbours:
    """Which signals come before and after one, and at which place it stands.

    Raises
    ------
    NotFoundError
        The query does not find that signal.
    """
    conditions = conditions_of(query)
    column, _ = _sorted_by(query)
    here = session.execute(
        select(Member.id, column).where(*conditions, Member.signal_id == signal_id).order_by(*_order(query)).limit(1)
    ).first()
    if here is None:
        raise NotFoundError(f"signal {signal_id!r} is not among those chosen", hint="widen the filter")
    before = _before(query, column, here[0], here[1])
    position = session.scalar(select(func.count(Member.id)).where(*conditions, before)) or 0
    total = session.scalar(select(func.count(Member.id)).where(*conditions)) or 0
    ordered = select(Member.id).where(*conditions)
    after = ordered.where(not_(before), Member.id != here[0]).order_by(*_order(query)).limit(1)
    ahead = ordered.where(before).order_by(*_order(query, backwards=True)).limit(1)
    previous, following = (
        session.scalar(select(Member.signal_id).where(Member.id == one.scalar_subquery())) for one in (ahead, after)
    )
    return Neighbours(previous, following, position + 1, total)


def _rows(session: Session, condition: ColumnElement[bool]) -> list[SignalRow]:
    members = [getattr(Member, name) for name in _OF_MEMBER]
    signals = [getattr(Signal, name) for name in _OF_SIGNAL]
    rows = session.execute(
        select(Member.id.label("member_id"), Dataset.name.label("dataset"), *members, *signals)
        .join(Signal, Signal.id == Member.signal_id)
        .join(Dataset, Dataset.id == Member.dataset_id)
        .where(condition)
    )
    return [SignalRow(**row) for row in rows.mappings()]


def require(name: str, allowed: Sequence[str]) -> None:
    if name not in allowed:
        raise CatalogError(f"signals have no column {name!r} to choose by; known: {', '.join(allowed)}")


def column_of(name: str, allowed: Sequence[str]) -> InstrumentedAttribute[Any]:
    require(name, allowed)
    column: InstrumentedAttribute[Any] = getattr(Member, name)
    return column


def conditions_of(query: SignalQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [live() if query.version is None else in_version(query.version)]
    if query.dataset_id is not None:
        found.append(Member.dataset_id == query.dataset_id)
    else:
        found.append(Member.dataset_id.in_(select(Dataset.id).where(Dataset.deleted_at.is_(None))))
    found.extend(_one_of(name, values, query.marks) for name, values in query.where.items())
    for name, (low, high) in query.ranges.items():
        require(name, [*SORTS, *DATES, *query.features])
        if low is not None or high is not None:
            found.append(between(name, low, high, query.features))
    found.extend(Member.search.contains(word, autoescape=True) for word in query.text.casefold().split())
    found.extend(carrying(partial(eq, tag)) for tag in query.tags)
    if query.only is not None:
        found.append(Member.signal_id.in_(listed(query.only)))
    asked = parse(query.query)
    if asked is not None:
        found.append(condition(asked, query.features, query.marks))
    return found


def _one_of(name: str, values: Sequence[Any], marks: Marks | None) -> ColumnElement[bool]:
    """Rows whose column has one of the values; None: is unknown."""
    if name in MARKED:
        return marked(marks, name, values)
    known = [value for value in values if value is not None]
    if name == "tag":
        choice, unknown = carrying(lambda tag: tag.in_(known)), not_(carrying())
    else:
        column = column_of(name, FACETS)
        choice, unknown = column.in_(known), column.is_(None)
    return or_(choice, unknown) if len(known) < len(values) else choice


def _sorted_by(query: SignalQuery) -> tuple[ColumnElement[Any], bool]:
    """What a page is ordered by, and whether some have none of it."""
    if query.sort not in SORTS and query.sort in query.features:
        return query.features[query.sort].ordered, True
    column: Any = column_of(query.sort, SORTS)
    return column, bool(Member.__table__.columns[query.sort].nullable)


def _order(query: SignalQuery, *, backwards: bool = False) -> list[ColumnElement[Any]]:
    return [value.desc() if falling else value.asc() for value, falling in _keys(query, backwards=backwards)]


def _keys(query: SignalQuery, *, backwards: bool = False) -> list[tuple[ColumnElement[Any], bool]]:
    """What a page is ordered by, one behind the other, and which of it falls; the last is the member's id."""
    column, gaps = _sorted_by(query)
    nulls: list[tuple[ColumnElement[Any], bool]] = []
    if query.sort not in SORTS:
        column = query.features[query.sort].order_keys(unknown_greatest=not query.descending)
    elif gaps:
        nulls = [(column.is_(None), backwards)]
    return [*nulls, (column, query.descending != backwards), (Member.id.expression, backwards)]


def _before(query: SignalQuery, column: ColumnElement[Any], member_id: int, value: Any) -> ColumnElement[bool]:
    """Rows that come before (value, member_id) in the order of `_order`."""
    if value is None:
        return or_(column.is_not(None), Member.id < member_id)
    ahead = column > value if query.descending else column < value
    # coalesced to false, because the negation of an unknown is unknown and would lose the rows without a value
    return func.coalesce(or_(ahead, and_(column == value, Member.id < member_id)), False)


def labels(session: Session, dataset_id: str, version: int) -> dict[str, str | None]:
    """The label that each signal of a version has."""
    asked = select(Member.signal_id, Member.fault).where(Member.dataset_id == dataset_id, in_version(version))
    return dict(session.execute(asked).all())


def spans(session: Session, query: SignalQuery, columns: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    """The least and the greatest value of numbers and dates among what a query finds; None where there is none."""
    dated = [name for name in columns if name in DATES]
    plain = [name for name in columns if name not in DATES]
    found: dict[str, tuple[Any, Any]] = {}
    for names, of in ((plain, None), (dated, Recording)):
        if not names:
            continue
        values = [NAMES[name].column if of else column_of(name, SORTS) for name in names]
        asked = select(*(end(value) for value in values for end in (func.min, func.max)))
        asked = asked.join_from(Member, Recording, Member.recording_id == Recording.id) if of else asked
        row = session.execute(asked.where(*conditions_of(query))).one()
        found |= {name: (row[2 * at], row[2 * at + 1]) for at, name in enumerate(names)}
    return {name: found[name] for name in columns}


def places(session: Session, signal_ids: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Segment and row of each signal, for workers that read the store themselves."""
    found: dict[str, tuple[str, int]] = {}
    for chunk in batches(list(signal_ids), 500):
        rows = session.execute(select(Signal.id, Signal.segment_id, Signal.row).where(Signal.id.in_(chunk)))
        found |= {signal_id: (segment_id, row) for signal_id, segment_id, row in rows}
    return found
