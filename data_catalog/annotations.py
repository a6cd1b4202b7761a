"""Annotations: remarks on moments, stretches of time and frequencies of signals; SQL only.

Who may write and change them is asked by whoever calls. They are seen like everything else of their dataset.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.errors import CatalogError, NotFoundError
from data_catalog.schema import Annotation, Dataset, Member, utc_now
from data_catalog.visibility import in_version, live

Kind = Literal["point", "span", "frequency"]
KINDS: tuple[Kind, ...] = ("point", "span", "frequency")
FACETS = ("label", "author", "kind")
"""Columns whose values can be counted and chosen from."""

SORTS = ("newest", "changed", "place", "label", "author", "kind")


@dataclass(frozen=True)
class Mark:
    """What an annotation points at: a moment (`start_s`), a stretch (`start_s`, `stop_s`) or a frequency, Hz.

    Raises
    ------
    CatalogError
        It is none of the three, or a stretch that ends before it begins.
    """

    start_s: float | None = None
    stop_s: float | None = None
    frequency_hz: float | None = None

    def __post_init__(self) -> None:
        given = tuple(one is not None for one in (self.start_s, self.stop_s, self.frequency_hz))
        if given not in _KIND_OF:
            raise CatalogError(
                "an annotation points at one thing: a moment, a stretch of time, or a frequency",
                hint="Give the start in s, start and stop in s, or the frequency in Hz.",
            )
        if self.start_s is not None and self.stop_s is not None and not self.start_s < self.stop_s:
            raise CatalogError(
                f"the stretch from {self.start_s:g} s to {self.stop_s:g} s has no length",
                hint="Give a stop after the start, or no stop for a moment.",
            )

    @property
    def kind(self) -> Kind:
        """Which of the three it is."""
        return _KIND_OF[self.start_s is not None, self.stop_s is not None, self.frequency_hz is not None]


_KIND_OF: dict[tuple[bool, ...], Kind] = {
    (True, False, False): "point",
    (True, True, False): "span",
    (False, False, True): "frequency",
}


@dataclass(frozen=True)
class AnnotationQuery:
    """Which annotations, in which order, which slice of them.

    `text` keeps those that have every word of it in label, text, author, recording or channel; `label`, `author` and
    `kind` keep those with one of the values; `since` and `until` those written on these days (UTC) or between them.
    Annotations of signals that left the dataset are found through a `version` that still has them. `sort` is
    ``newest`` (first), ``changed`` (last changed first), ``place`` (recording, channel, then time and frequency) or
    one of `FACETS`; `reverse` is the other way round.
    """

    annotation_id: str | None = None
    dataset_id: str | None = None
    signal_id: str | None = None
    version: int | None = None
    text: str = ""
    label: Sequence[str] = field(default_factory=tuple)
    author: Sequence[str] = field(default_factory=tuple)
    kind: Sequence[str] = field(default_factory=tuple)
    since: date | None = None
    until: date | None = None
    deleted: bool = False
    sort: str = "newest"
    reverse: bool = False
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True)
class AnnotationRow:
    """One annotation with the names of what it sits on."""

    id: str
    dataset_id: str
    dataset: str
    signal_id: str
    recording: str
    channel: str
    kind: Kind
    start_s: float | None
    stop_s: float | None
    frequency_hz: float | None
    label: str
    text: str
    author: str
    created_at: datetime
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True)
class AnnotationPage:
    """One slice of what a query finds; `total` counts all of it."""

    rows: list[AnnotationRow]
    total: int


_OF_MEMBER = ("recording", "channel")
_OF_ANNOTATION = tuple(name for name in AnnotationRow.__dataclass_fields__ if name not in {*_OF_MEMBER, "dataset"})


def add(
    session: Session, dataset_id: str, signal_id: str, mark: Mark, *, label: str = "", text: str = "", author: str
) -> AnnotationRow:
    """Write on a signal of the current version of a dataset.

    Raises
    ------
    NotFoundError
        The dataset does not hold that signal, or the session may not see it.
    """
    if not session.scalar(
        select(Member.id).where(Member.dataset_id == dataset_id, Member.signal_id == signal_id, live())
    ):
        raise NotFoundError(f"no signal {signal_id!r} in dataset {dataset_id!r}", hint="it may have been removed")
    now = utc_now()
    made = Annotation(
        dataset_id=dataset_id,
        signal_id=signal_id,
        kind=mark.kind,
        **vars(mark),
        label=label,
        text=text,
        search=_searched(label, text, author),
        author=author,
        created_at=now,
        changed_by=author,
        changed_at=now,
    )
    session.add(made)
    session.flush()
    told = {"dataset": dataset_id, "signal": signal_id, "label": label, "text": text, **vars(mark)}
    audit.record(session, author, "add", "annotation", made.id, told)
    session.flush()
    return get(session, made.id)


def get(session: Session, annotation_id: str, *, deleted: bool = False) -> AnnotationRow:
    """One annotation of a signal that its dataset holds now.

    Raises
    ------
    NotFoundError
        There is none of that id that the session may see.
    """
    found = _rows(session, _conditions(AnnotationQuery(annotation_id=annotation_id, deleted=deleted)))
    if not found:
        hint = "it may have been deleted; see the list" if not deleted else "it may be gone for good"
        raise NotFoundError(f"no annotation has the id {annotation_id!r}", hint=hint)
    return found[0]


def page(session: Session, query: AnnotationQuery) -> AnnotationPage:
    """The annotations of one page and how many there are in all.

    Raises
    ------
    CatalogError
        An order that there is not.
    """
    if query.sort not in SORTS:
        raise CatalogError(f"annotations cannot be sorted by {query.sort!r}; known: {', '.join(SORTS)}")
    conditions = _conditions(query)
    total = session.scalar(_counted(conditions, func.count())) or 0
    return AnnotationPage(_rows(session, conditions, query), total)


def every(session: Session, query: AnnotationQuery, at_once: int = 1000) -> list[AnnotationRow]:
    """All annotations that a query finds, in its order; its offset and limit do not count."""
    found: list[AnnotationRow] = []
    while True:
        rows = page(session, replace(query, offset=len(found), limit=at_once)).rows
        found += rows
        if len(rows) < at_once:
            return found


def facets(session: Session, query: AnnotationQuery) -> dict[str, list[tuple[str, int]]]:
    """The labels, authors and kinds of what a query finds with their counts, most frequent first."""
    conditions = _conditions(query)
    found = {}
    for name in FACETS:
        column, amount = getattr(Annotation, name), func.count()
        counted = session.execute(_counted(conditions, column, amount).group_by(column).order_by(amount.desc(), column))
        found[name] = [(value, count) for value, count in counted]
    return found


def change(
    session: Session,
    annotation_id: str,
    *,
    mark: Mark | None = None,
    label: str | None = None,
    text: str | None = None,
    by: str,
) -> AnnotationRow:
    """Let an annotation say or point at something else; what is None stays.

    Raises
    ------
    NotFoundError
        There is none of that id that the session may see.
    """
    found = _locked(session, annotation_id)
    wanted: dict[str, Any] = {"label": label, "text": text}
    wanted = {name: value for name, value in wanted.items() if value is not None}
    if mark is not None:
        wanted |= {"kind": mark.kind, **vars(mark)}
    told = {name: [getattr(found, name), value] for name, value in wanted.items() if value != getattr(found, name)}
    for name, (_, value) in told.items():
        setattr(found, name, value)
    if told:
        found.search = _searched(found.label, found.text, found.author)
        found.changed_by, found.changed_at = by, utc_now()
        audit.record(session, by, "update", "annotation", found.id, told)
        session.flush()
    return get(session, annotation_id)


def remove(session: Session, annotation_id: str, *, by: str) -> None:
    """Take an annotation out of sight; it can be restored until it is purged.

    Raises
    ------
    NotFoundError
        There is none of that id that the session may see.
    """
    found = _locked(session, annotation_id)
    found.deleted_at = utc_now()
    told = {"dataset": found.dataset_id, "signal": found.signal_id, "label": found.label, "text": found.text}
    audit.record(session, by, "delete", "annotation", found.id, told)
    session.flush()


def restore(session: Session, annotation_id: str, *, by: str) -> AnnotationRow:
    """Bring a deleted annotation back; one that is there stays as it is.

    Raises
    ------
    NotFoundError
        There is none of that id that the session may see, or it was purged.
    """
    found = session.get(Annotation, annotation_id, populate_existing=True)
    if found is not None and found.deleted_at is not None:
        _locked(session, annotation_id, deleted=True).deleted_at = None
        audit.record(session, by, "restore", "annotation", annotation_id)
        session.flush()
    return get(session, annotation_id)


def _locked(session: Session, annotation_id: str, *, deleted: bool = False) -> Annotation:
    get(session, annotation_id, deleted=deleted)
    return session.scalars(
        select(Annotation)
        .where(Annotation.id == annotation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _searched(label: str, text: str, author: str) -> str:
    return f"{label}\n{text}\n{author}".casefold()


def _counted(conditions: Sequence[ColumnElement[bool]], *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Annotation)
        .join(Member, and_(Member.dataset_id == Annotation.dataset_id, Member.signal_id == Annotation.signal_id))
        .join(Dataset, Dataset.id == Annotation.dataset_id)
        .where(*conditions)
    )


def _rows(
    session: Session, conditions: Sequence[ColumnElement[bool]], query: AnnotationQuery | None = None
) -> list[AnnotationRow]:
    annotation = [getattr(Annotation, name) for name in _OF_ANNOTATION]
    member = [getattr(Member, name) for name in _OF_MEMBER]
    statement = _counted(conditions, Dataset.name.label("dataset"), *annotation, *member)
    if query is not None:
        statement = (
            statement.order_by(*_order(query.sort, reverse=query.reverse)).offset(query.offset).limit(query.limit)
        )
    return [AnnotationRow(**row) for row in session.execute(statement).mappings()]


def _conditions(query: AnnotationQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        live() if query.version is None else in_version(query.version),
        Dataset.deleted_at.is_(None),
        Annotation.deleted_at.is_not(None) if query.deleted else Annotation.deleted_at.is_(None),
    ]
    exact = {Annotation.id: query.annotation_id, Annotation.dataset_id: query.dataset_id}
    exact |= {Annotation.signal_id: query.signal_id}
    found += [column == value for column, value in exact.items() if value is not None]
    found += [getattr(Annotation, name).in_(getattr(query, name)) for name in FACETS if getattr(query, name)]
    if query.since is not None:
        found.append(Annotation.created_at >= datetime.combine(query.since, time(), UTC))
    if query.until is not None and query.until < date.max:
        found.append(Annotation.created_at < datetime.combine(query.until + timedelta(days=1), time(), UTC))
    found += [
        or_(Annotation.search.contains(word, autoescape=True), Member.search.contains(word, autoescape=True))
        for word in query.text.casefold().split()
    ]
    return found


def _order(sort: str, *, reverse: bool) -> list[Any]:
    latest = {"newest": Annotation.created_at, "changed": Annotation.changed_at}
    if sort in latest:
        return [latest[sort] if reverse else latest[sort].desc(), Annotation.id]
    of_facet = [getattr(Annotation, sort)] if sort in FACETS else []
    # no two databases agree on where what is unknown comes
    places = (Annotation.start_s, Annotation.stop_s, Annotation.frequency_hz)
    ordered = [part for column in places for part in (column.is_(None), column)]
    columns = [*of_facet, Member.recording, Member.channel, Member.dataset_id, Member.signal_id, *ordered]
    return [*(one.desc() if reverse else one for one in columns), Annotation.id]
